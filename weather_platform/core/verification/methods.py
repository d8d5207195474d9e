"""Every method of the leaderboard as scores row by row, from predictions, features and truth side by
side.

Belongs here: which methods there are and their scores. Does not: summing (see score) or ranking (see
leaderboard).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from weather_platform.core.baselines import points
from weather_platform.core.contracts.learned import QUANTILES
from weather_platform.core.model.distributions import DISTRIBUTIONS, WET_MM, emos_quantiles
from weather_platform.core.scoring import crps_of_quantiles
from weather_platform.core.variables import ACCUMULATED

OURS, EMOS, IDEAL = "ours", "emos", "ideal"
OURS_WITHOUT_FEEDS = "ours_without_feeds"
_AT = {name: QUANTILES.index(name) for name in ("q05", "q10", "q50", "q90", "q95")}


@dataclass(frozen=True)
class RowScores:
    """Arrays by row, NaN where the method says nothing. Without quantiles the coverage columns are all
    NaN."""

    error: np.ndarray
    crps: np.ndarray
    covered80: np.ndarray
    covered90: np.ndarray
    width80: np.ndarray
    width90: np.ndarray
    brier: np.ndarray


def row_scores(rows: pd.DataFrame, variable: str) -> dict[str, RowScores]:
    """Scores by method. `rows`: of one variable, features and predictions merged, with `observed`, and with
    `ideal_value` and `ideal_sd` where a reference is known."""
    observed = rows["observed"].to_numpy(np.float64)
    found = {name: _of_point(point, observed, variable) for name, point in points(rows).items()}
    location, scale = (rows[name].to_numpy(np.float64) for name in ("emos_location", "emos_scale"))
    if not np.isnan(location).all():
        emos = emos_quantiles(location, scale, variable)
        found[EMOS] = _of_quantiles(emos, observed, _wet(location, scale, variable))
    if "ideal_value" in rows and rows["ideal_value"].notna().any():
        value, sd = (rows[name].to_numpy(np.float64) for name in ("ideal_value", "ideal_sd"))
        scale = sd / DISTRIBUTIONS[variable].sd
        found[IDEAL] = _of_quantiles(
            emos_quantiles(value, scale, variable), observed, _wet(value, scale, variable)
        )
    ours = rows[list(QUANTILES)].to_numpy(np.float64)
    found[OURS] = _of_quantiles(ours, observed, rows["probability"].to_numpy(np.float64))
    return found


def _wet(location: np.ndarray, scale: np.ndarray, variable: str) -> np.ndarray:
    if variable not in ACCUMULATED:
        return np.full(len(location), np.nan)
    return 1 - DISTRIBUTIONS[variable].below(WET_MM, location, scale)


def _of_point(point: np.ndarray, observed: np.ndarray, variable: str) -> RowScores:
    """A single value: its CRPS is its absolute error, its chance of rain is 0 or 1."""
    nothing = np.full(len(point), np.nan)
    chance = np.where(np.isnan(point), np.nan, point >= WET_MM) if variable in ACCUMULATED else nothing
    error = point - observed
    return RowScores(error, np.abs(error), nothing, nothing, nothing, nothing, _brier(chance, observed))


def _of_quantiles(q: np.ndarray, observed: np.ndarray, chance: np.ndarray) -> RowScores:
    low90, low80, median, high80, high90 = (q[:, _AT[name]] for name in ("q05", "q10", "q50", "q90", "q95"))
    known = ~np.isnan(median)

    def covered(low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.where(known, (observed >= low) & (observed <= high), np.nan)

    return RowScores(
        median - observed,
        crps_of_quantiles(observed, q),
        covered(low80, high80),
        covered(low90, high90),
        high80 - low80,
        high90 - low90,
        _brier(chance, observed),
    )


def _brier(chance: np.ndarray, observed: np.ndarray) -> np.ndarray:
    return (chance - (observed >= WET_MM)) ** 2
