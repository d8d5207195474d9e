"""How far each pair of quantiles stands from the median: by how few days are known, and learned day by day
from what the pair held.

Belongs here: those factors and applying them. Does not: which quantiles are drawn (see mixing).

A pair of quantiles that stand for 80 % and held 70 % of a day's truths is drawn out, one that held 90 % is
drawn in, by a step in proportion to what it missed, in the logarithm: so each pair tends to hold what it says
(Gibbs and Candès 2021, "Adaptive conformal inference under distribution shift"; Angelopoulos, Candès and
Tibshirani 2023, "Conformal PID control"). What was learned fades, since a season's errors say little of the
next's.

Before they can tell, what was fitted to few days is too narrow: center and size are themselves uncertain.
Where both are estimated from n independent errors the next one has Student's t with n degrees of freedom,
√(1 + 1/n) times as wide (Geisser 1993, "Predictive inference"); rows of one day err together, so n is
the days whose truth is known.
"""

import numpy as np
from scipy.special import ndtri, stdtrit

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.features.axes import DAY
from weather_platform.core.model.by_day import ByDay, days_of

_LEVELS = np.array(QUANTILE_LEVELS)
_MEDIAN = QUANTILE_LEVELS.index(0.5)
_PACE = 0.1  # of the logarithm, for each unit of share that a pair missed on a day
_KEPT_BY_DAY = 0.97
_FURTHEST = np.log(2.0)
_FEWEST_DAYS = 2.0  # of one, Student's t has no width to speak of


def learn_widths(quantiles: np.ndarray, observed: np.ndarray, known: np.ndarray) -> ByDay:
    """Factors by level, 1 at the median, of `quantiles` (row × QUANTILE_LEVELS) from truths known at `known`
    (int64 microseconds; rows without a truth or without quantiles teach nothing, but every day with a truth
    counts: parts are fitted to all of them).

    A day counts as if it had been forecast with the factors of the day before, so that long leads, whose
    truth comes late, do not make them swing.
    """
    days, rows = days_of(known, ~np.isnan(observed) & ~np.isnan(quantiles[:, 0]))
    all_days = np.unique(known[~np.isnan(observed)] // DAY)
    known_before = np.searchsorted(all_days, np.append(days, np.inf))
    few_before, few_after = _of_few(known_before), _of_few(known_before[:-1] + 1)
    learned, logs = np.zeros(len(_LEVELS)), [few_before[0]]
    for gap, of_day, before, after in zip(
        np.diff(days, prepend=days[:1]), rows, few_before[:-1], few_after, strict=True
    ):
        learned = learned * _KEPT_BY_DAY**gap
        made = drawn(quantiles[of_day], np.exp(learned + before))
        learned = np.clip(learned + _PACE * _missed(made, observed[of_day, None]), -_FURTHEST, _FURTHEST)
        logs.append(learned + after)
    return ByDay(days, np.exp(np.array(logs)))


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


def _of_few(days: np.ndarray) -> np.ndarray:
    """Day × level: logarithm of Student's quantile over the normal's, after so many days; 0 at the median."""
    n = np.maximum(days, _FEWEST_DAYS)[:, None]
    normal = np.where(_LEVELS == 0.5, 1.0, ndtri(_LEVELS))
    student = np.where(_LEVELS == 0.5, 1.0, stdtrit(n, _LEVELS) * np.sqrt(1 + 1 / n))
    return np.log(student / normal)
