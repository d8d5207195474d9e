"""Every method of the leaderboard as scores row by row, from predictions, features and truth side by
side.

Belongs here: which methods there are and their scores. Does not: summing (see score) or ranking (see
leaderboard).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import QUANTILES
from weather_platform.core.model.distributions import DISTRIBUTIONS, emos_quantiles
from weather_platform.core.quantities.variables import ACCUMULATED
from weather_platform.core.quantities.wet import WET_MM, is_wet
from weather_platform.core.scoring.baselines import points
from weather_platform.core.scoring.scores import RowScores, score_quantiles, score_value

OURS, EMOS, IDEAL = "ours", "emos", "ideal"
OURS_WITHOUT_FEEDS = "ours_without_feeds"


@dataclass(frozen=True)
class MethodScores(RowScores):
    """Scores of a row, and the Brier score of at least 0.1 mm; NaN for what is no amount."""

    brier: np.ndarray


def row_scores(rows: pd.DataFrame, variable: str) -> dict[str, MethodScores]:
    """Scores by method. `rows`: of one variable, features and predictions merged, with `observed`, and with
    `ideal_value` and `ideal_sd` where a reference is known."""
    observed = rows["observed"].to_numpy(np.float64)
    found = {
        name: _scored(score_value(point, observed), _certain(point, variable), observed)
        for name, point in points(rows).items()
    }
    location, scale = (rows[name].to_numpy(np.float64) for name in ("emos_location", "emos_scale"))
    if not np.isnan(location).all():
        emos = emos_quantiles(location, scale, variable)
        found[EMOS] = _scored(score_quantiles(emos, observed), _wet(location, scale, variable), observed)
    if "ideal_value" in rows and rows["ideal_value"].notna().any():
        value, sd = (rows[name].to_numpy(np.float64) for name in ("ideal_value", "ideal_sd"))
        scale = sd / DISTRIBUTIONS[variable].sd
        ideal = score_quantiles(emos_quantiles(value, scale, variable), observed)
        found[IDEAL] = _scored(ideal, _wet(value, scale, variable), observed)
    ours = score_quantiles(rows[list(QUANTILES)].to_numpy(np.float64), observed)
    found[OURS] = _scored(ours, rows["probability"].to_numpy(np.float64), observed)
    return found


def _wet(location: np.ndarray, scale: np.ndarray, variable: str) -> np.ndarray:
    if variable not in ACCUMULATED:
        return np.full(len(location), np.nan)
    return 1 - DISTRIBUTIONS[variable].below(WET_MM, location, scale)


def _certain(point: np.ndarray, variable: str) -> np.ndarray:
    """Chance of rain that a single value gives: 0 or 1."""
    if variable not in ACCUMULATED:
        return np.full(len(point), np.nan)
    return np.where(np.isnan(point), np.nan, is_wet(point))


def _scored(scores: RowScores, chance: np.ndarray, observed: np.ndarray) -> MethodScores:
    return MethodScores(**vars(scores), brier=(chance - is_wet(observed)) ** 2)
