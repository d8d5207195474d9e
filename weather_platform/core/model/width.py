"""How far each pair of quantiles stands from the median, learned day by day from what the pair held.

Belongs here: learning those factors and applying them. Does not: which quantiles are drawn (see mixing).

A pair of quantiles that stand for 80 % and held 70 % of a day's truths is drawn out, one that held 90 % is
drawn in, by a step in proportion to what it missed, in the logarithm: so each pair tends to hold what it says
(Gibbs and Candès 2021, "Adaptive conformal inference under distribution shift"; Angelopoulos, Candès and
Tibshirani 2023, "Conformal PID control"). What was learned fades, since a season's errors say little of the
next's. Rows of one day err together: a day is one step, however many rows it has.
"""

from dataclasses import dataclass

import numpy as np

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.features.axes import DAY

_LEVELS = np.array(QUANTILE_LEVELS)
_MEDIAN = QUANTILE_LEVELS.index(0.5)
_PACE = 0.1  # of the logarithm, for each unit of share that a pair missed on a day
_KEPT_BY_DAY = 0.97
_FURTHEST = np.log(2.0)


@dataclass(frozen=True)
class Widths:
    """`factors` (one more than days × level, 1 at the median): before the first of the UTC `days` on which a
    truth became known, and after each of them."""

    days: np.ndarray
    factors: np.ndarray

    def at(self, times: np.ndarray) -> np.ndarray:
        """Row × level: what was learned on days that were over at `times` (int64 microseconds)."""
        return self.factors[np.searchsorted(self.days, times // DAY, side="left")]

    @property
    def newest(self) -> np.ndarray:
        """Factors after all that was learned."""
        return self.factors[-1]


def learn_widths(quantiles: np.ndarray, observed: np.ndarray, known: np.ndarray) -> Widths:
    """Factors of `quantiles` (row × QUANTILE_LEVELS) from truths known at `known` (int64 microseconds; rows
    without a truth or without quantiles are passed over).

    A day counts as if it had been forecast with the factors of the day before, so that long leads, whose
    truth comes late, do not make them swing.
    """
    rows = np.flatnonzero(~np.isnan(observed) & ~np.isnan(quantiles[:, 0]))
    rows = rows[np.argsort(known[rows], kind="stable")]
    days, starts = np.unique(known[rows] // DAY, return_index=True)
    logs = [np.zeros(len(_LEVELS))]
    for index, of_day in enumerate(np.split(rows, starts[1:]) if len(rows) else []):
        faded = logs[-1] * _KEPT_BY_DAY ** (days[index] - days[max(index - 1, 0)])
        step = _PACE * _missed(drawn(quantiles[of_day], np.exp(faded)), observed[of_day, None])
        logs.append(np.clip(faded + step, -_FURTHEST, _FURTHEST))
    return Widths(days, np.exp(np.array(logs)))


def drawn(quantiles: np.ndarray, factors: np.ndarray | float) -> np.ndarray:
    """Quantiles (row × level) drawn from their median by factors (row × level, or one by level, or one), in
    order."""
    middle = quantiles[:, [_MEDIAN]]
    return np.sort(middle + (quantiles - middle) * factors, axis=1)


def _missed(quantiles: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """By level: the share of truths outside its pair, less what should be; 0 at the median."""
    below = (observed < quantiles[:, :_MEDIAN]).mean(axis=0) - _LEVELS[:_MEDIAN]
    above = (observed > quantiles[:, _MEDIAN + 1 :]).mean(axis=0) - (1 - _LEVELS[_MEDIAN + 1 :])
    outside = below + above[::-1]
    return np.concatenate([outside, [0.0], outside[::-1]])
