"""CRPS learning: how much of each forecast, learned day by day from those whose truth is known by then.

Belongs here: weights and averaging by them. Does not: what is averaged (see mixing).

Forecasts are averaged level by level, which keeps quantiles in order. Their weights follow the gradient of
the average's pinball loss (Berrisch and Ziel 2023, "CRPS learning") by Bernstein online aggregation
(Wintenberger 2017): each forecast has a learning rate of its own, which falls with what it has shown, so
that there is nothing to tune, a bad forecast is unlearned by itself and the average does in the long run no
worse than the best of them.
"""

import numpy as np

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.model.by_day import ByDay, days_of

_LEVELS = np.array(QUANTILE_LEVELS)
_TINY = 1e-12
_PRIOR_DAYS = 1  # before what each forecast has shown of its scale counts half; two or three do as well


def average(quantiles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Row × level of `quantiles` (forecast × row × level) by `weights` (row × forecast, or one by forecast).

    A forecast that is NaN is left out and the others share its weight; NaN where there is none.
    """
    known = ~np.isnan(quantiles[:, :, 0])
    share = np.broadcast_to(weights, known.T.shape).T * known
    with np.errstate(invalid="ignore"):
        share = share / share.sum(axis=0)
    total = np.zeros(quantiles.shape[1:])
    for each, part, said in zip(quantiles, share, known, strict=True):
        total += np.where(said[:, None], each, 0.0) * part[:, None]
    return total


def learn(quantiles: np.ndarray, observed: np.ndarray, known: np.ndarray) -> ByDay:
    """Weights by forecast, the first of `quantiles`' axes (forecast × row × QUANTILE_LEVELS), from truths
    known at `known` (int64 microseconds; rows without a truth are passed over). At first
    all weigh the same."""
    days, rows = days_of(known, ~np.isnan(observed) & ~np.isnan(quantiles[:, :, 0]).all(axis=0))
    state = _State(len(quantiles))
    weights = [np.full(len(quantiles), 1 / len(quantiles))]
    for of_day in rows:
        weights.append(state.step(_advantage(quantiles[:, of_day], observed[of_day], weights[-1])))
    return ByDay(days, np.array(weights))


def _advantage(quantiles: np.ndarray, observed: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """By how much each forecast would have lowered the average's mean pinball loss, to first order; NaN for
    one that said nothing."""
    said = ~np.isnan(quantiles[:, :, 0])
    made = average(quantiles, weights)
    slope = np.where(observed[:, None] > made, -_LEVELS, 1 - _LEVELS)
    gain = np.nan_to_num((slope * (made - quantiles)).mean(axis=2)) * said
    return np.where(said.any(axis=1), gain.mean(axis=1), np.nan)


class _State:
    """What Bernstein online aggregation remembers of each forecast: regret, its squares, its largest."""

    def __init__(self, forecasts: int) -> None:
        self._heard = np.zeros(forecasts, bool)
        self._regret, self._squares, self._largest = (np.zeros(forecasts) for _ in range(3))
        self._days = 0

    def step(self, advantage: np.ndarray) -> np.ndarray:
        """Weights after a day on which each forecast had this advantage over the average; NaN for one that
        was silent."""
        self._welcome(~np.isnan(advantage) & ~self._heard)
        gain = np.nan_to_num(advantage)
        self._days += 1
        self._largest = np.maximum(self._largest, np.abs(gain))
        self._squares += gain**2
        heard = max(int(self._heard.sum()), 2)  # of one alone the rate would be 0
        rate = np.minimum(
            1 / np.maximum(2 * self._drawn(self._largest), _TINY),
            np.sqrt(np.log(heard) / np.maximum(self._drawn(self._squares), _TINY**2)),
        )
        rate = np.where(self._heard, rate, rate[self._heard].min())
        self._regret += gain * (1 - rate * gain)
        power = rate * self._regret
        weights = rate * np.exp(power - power.max())
        return weights / weights.sum()

    def _drawn(self, memory: np.ndarray) -> np.ndarray:
        """Each forecast's own, drawn to the mean of all by few days: one that said on the first day what the
        average said would else seem never to gain or lose anything, and take all the weight."""
        share = self._days / (self._days + _PRIOR_DAYS)
        return share * memory + (1 - share) * memory[self._heard].mean()

    def _welcome(self, new: np.ndarray) -> None:
        """A newcomer starts at the others' mean pace: its first small gain would else be all that counts."""
        if self._heard.any():
            for memory in (self._squares, self._largest):
                memory[new] = memory[self._heard].mean()
        self._heard |= new
