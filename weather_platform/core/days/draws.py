"""Days as they may come: values of a day's eight hours drawn together from the quantiles of each.

Belongs here: drawing. Does not: how long errors last (see memory), or what is said of a day (see daily).

The hours' distributions are a model's; how they hang together is a Gaussian copula's (Pinson et al. 2009,
doi 10.1002/we.284): where truth falls among the quantiles of one hour, in normal scores, is correlated with
where it falls h hours later by exp(-h / memory).
"""

from functools import cache

import numpy as np
from scipy.stats import norm, qmc

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.days.lengths import STEPS
from weather_platform.core.model.distributions import in_range
from weather_platform.core.quantities.variables import STEP_HOURS

# What is said of a day is off by 2 to 4 % of its hours' spread; twice as many take twice as long.
DRAWS = 512
_SEED = 20260831
# Beyond the outer quantiles a tail is a normal's, as wide as the two of that side are apart; a draw of 512
# does not come farther out than this.
_FARTHEST = 3.5
_SCORES = norm.ppf(QUANTILE_LEVELS)
_NODES = np.concatenate([[-_FARTHEST], _SCORES, [_FARTHEST]])


def drawn(quantiles: np.ndarray, memory_hours: float, target: str) -> np.ndarray:
    """Day × step × draw: values of days whose steps have `quantiles` (day × step × level), within the range
    of the target. The same draws for every day, so that equal forecasts of two places are equal in each.
    """
    nodes = _with_tails(quantiles)
    scores = np.clip(_scores(memory_hours), -_FARTHEST, _FARTHEST)
    left = np.clip(np.searchsorted(_NODES, scores, side="right") - 1, 0, len(_NODES) - 2)
    share = (scores - _NODES[left]) / (_NODES[left + 1] - _NODES[left])
    step = np.arange(STEPS)[:, None]
    low, values = nodes[:, step, left], nodes[:, step, left + 1]
    values -= low
    values *= share
    values += low
    return in_range(values, target)


def _with_tails(quantiles: np.ndarray) -> np.ndarray:
    """With a value at each of _NODES."""
    low = (quantiles[..., :1] - quantiles[..., 1:2]) / (_SCORES[1] - _SCORES[0])
    high = (quantiles[..., -1:] - quantiles[..., -2:-1]) / (_SCORES[-1] - _SCORES[-2])
    farther = _FARTHEST - _SCORES[-1]
    return np.concatenate(
        [quantiles[..., :1] + farther * low, quantiles, quantiles[..., -1:] + farther * high], axis=-1
    )


@cache
def _scores(memory_hours: float) -> np.ndarray:
    """Step × draw: normal scores, correlated by exp(-h / memory) over h hours; independent without memory. Of
    each step they are the same values in another order, so that its own distribution is kept as it is."""
    hours = STEP_HOURS * np.abs(np.arange(STEPS)[:, None] - np.arange(STEPS))
    alike = np.exp(-hours / memory_hours) if memory_hours > 0 else np.eye(STEPS)
    # The sequence's first dimensions are its most even ones, and go to what most of a day's variance is of.
    variance, patterns = np.linalg.eigh(alike)
    variance, patterns = variance[::-1], patterns[:, ::-1] * np.where(patterns[0, ::-1] < 0, -1.0, 1.0)
    parts = (patterns * np.sqrt(np.maximum(variance, 0.0)))[:, :, None] * _independent()
    # Not `@`: another kernel of BLAS adds up to other bits, and draws that are near change places.
    order = np.argsort(np.argsort(parts.sum(axis=1), axis=1, kind="stable"), axis=1)
    return np.asarray(norm.ppf((order + 0.5) / DRAWS))


@cache
def _independent() -> np.ndarray:
    """Step × draw: points of a scrambled Sobol sequence, which fill a space more evenly than chance does."""
    points = qmc.Sobol(STEPS, rng=np.random.default_rng(_SEED)).random(DRAWS)
    return np.asarray(norm.ppf(points)).T
