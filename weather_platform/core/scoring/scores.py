"""Scores of forecasts row by row, by scoringrules; a single value is scored as the quantiles' limit.

Belongs here: the scores of a row, of quantiles or of one value. Does not: how sure a difference of two is
(see differences), sums, tables, or which methods there are.

A feed gives one value, not a distribution, and the CRPS of one value is its absolute error. That is what
its user is left with, but it favours us: so every table shows the absolute error of our median beside it.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import scoringrules

from weather_platform.core.contracts.learned import QUANTILE_LEVELS, QUANTILES

_ROUNDING = 1e-12
# A quantile stands for the twentieth of the distribution around it, an outer one for all beyond it as well.
# What they say is then a distribution of steps, whose CRPS is exact: a pinball loss is linear in the level,
# so that a twentieth's is that of its middle. A plain mean of the pinball losses at QUANTILE_LEVELS knows
# nothing of the tails, and is 5 % too large for a distribution beside the absolute error of a single value.
_STANDS_FOR = np.diff([0.0, *(np.array(QUANTILE_LEVELS[1:]) + QUANTILE_LEVELS[:-1]) / 2, 1.0])
_MIDDLE = np.cumsum(_STANDS_FOR) - _STANDS_FOR / 2
# Mean of a normal below its 5 % quantile, in distances from that quantile to the 10 % one.
_TAIL = 1.15
_AT = {name: QUANTILES.index(name) for name in ("q05", "q10", "q50", "q90", "q95")}


@dataclass(frozen=True)
class RowScores:
    """Arrays by row, NaN where the method says nothing. Without quantiles all but `error` and `crps` are NaN
    everywhere."""

    error: np.ndarray
    crps: np.ndarray
    expected_crps: np.ndarray
    covered80: np.ndarray
    covered90: np.ndarray
    width80: np.ndarray
    width90: np.ndarray


def gain(ours: pd.Series, theirs: pd.Series) -> pd.Series:
    """By what share our error is below theirs: 1 − ours / theirs. NaN where they made none, as forecasts of
    rain do in a dry week, or none but that of adding up floats."""
    return 1 - ours / theirs.where(theirs > _ROUNDING)


def relative(theirs: pd.Series, ours: pd.Series) -> pd.Series:
    """Their error over ours, by which methods are ranked; 1 where both are equal, also at 0."""
    return (theirs / ours).mask(theirs == ours, 1.0)


def score_value(value: np.ndarray, observed: np.ndarray) -> RowScores:
    """Of single values: the CRPS is the absolute error."""
    nothing = np.full(len(value), np.nan)
    error = value - observed
    return RowScores(error, np.abs(error), nothing, nothing, nothing, nothing, nothing)


def score_quantiles(quantiles: np.ndarray, observed: np.ndarray) -> RowScores:
    """Of quantiles (row × level), the median as the point forecast."""
    low90, low80, median, high80, high90 = (quantiles[:, index] for index in _AT.values())
    known = ~np.isnan(median)

    def covered(low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.where(known, (observed >= low) & (observed <= high), np.nan)

    return RowScores(
        median - observed,
        crps_of_quantiles(observed, quantiles),
        expected_crps(quantiles),
        covered(low80, high80),
        covered(low90, high90),
        high80 - low80,
        high90 - low90,
    )


def expected_crps(quantiles: np.ndarray) -> np.ndarray:
    """CRPS to expect by row if truth were as the quantiles (row × level) say: equally often in each of the
    twenty intervals, halfway between two quantiles, beyond the outer two at a normal tail's mean."""
    # Not `@`: BLAS adds up a row otherwise at another place of the frame, and a day alone differed by a bit.
    return np.asarray((np.ascontiguousarray(quantiles) * _expectation()).sum(axis=1))


@cache
def _expectation() -> np.ndarray:
    """What each quantile adds to it: pinball losses are linear where the order of truth and quantiles is
    known."""
    count = len(QUANTILE_LEVELS)
    each = np.eye(count)
    truth = np.vstack(
        [
            each[0] - _TAIL * (each[1] - each[0]),
            (each[1:] + each[:-1]) / 2,
            each[-1] + _TAIL * (each[-1] - each[-2]),
        ]
    )
    pull = _STANDS_FOR * (_MIDDLE - (np.arange(count) >= np.arange(count + 1)[:, None]))
    return 2 / (count + 1) * (pull.sum(axis=1) @ truth - pull.sum(axis=0))


def crps_of_quantiles(observed: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """CRPS by row of the steps that quantiles at QUANTILE_LEVELS (row × level) say: the integral of twice the
    pinball loss over all levels (Gneiting and Ranjan 2011). Within 1 % of the distribution's they come from;
    the absolute error where all are one value."""
    losses = scoringrules.quantile_score(observed[:, None], quantiles, _MIDDLE)
    return 2.0 * np.asarray((np.ascontiguousarray(losses) * _STANDS_FOR).sum(axis=1))  # as above: not `@`
