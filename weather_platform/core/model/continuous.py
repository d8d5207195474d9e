"""Trees for all but amounts, on EMOS' standardised residual: for its centre and for its size.

Belongs here: fitting those trees, how much of them held out of fold, quantiles. Does not: folds (see
train).

quantile = location + scale × (a·ẑ + exp(b·ŝ) × Q), where ẑ is the trees' centre of the standardised
residual, ŝ their logarithm of its size, a and b the shares of each that held out of fold, and Q the
quantiles of what was left there. Monotone by construction.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.model.calibration import looked_up, quantile_table, slope
from weather_platform.core.model.distributions import in_range
from weather_platform.core.model.trees import fit, predict, regressor

CLIP = 4.0  # standardised residuals beyond are mistakes of instruments more often than of forecasts
_SMALLEST = 0.02
MOST_ROWS = 40_000


def fit_trees(x: np.ndarray, observed: np.ndarray, location: np.ndarray, scale: np.ndarray) -> dict[str, Any]:
    """Trees by name, from the matrix of features and EMOS on the same rows, of which MOST_ROWS are enough."""
    z = np.clip((observed - location) / scale, -CLIP, CLIP)
    center = fit(regressor(iterations=38, leaves=15), x, z)
    size = fit(regressor(iterations=15, leaves=7), x, log_size(z - predict(center, x)))
    return {"center": center, "size": size}


def signals(trees: Mapping[str, Any], x: np.ndarray) -> dict[str, np.ndarray]:
    """What the trees say of each row."""
    return {name: predict(trees[name], x) for name in ("center", "size")}


def log_size(left: np.ndarray) -> np.ndarray:
    """Logarithm of the size of what is left, around 0."""
    made: np.ndarray = np.log(np.maximum(np.abs(left), _SMALLEST))
    return made - made.mean()


def calibrate(said: Mapping[str, np.ndarray], observed: np.ndarray, lead: np.ndarray) -> dict[str, Any]:
    """The shares and the quantile table, from rows that neither trees nor EMOS were fitted on; JSON
    types."""
    left = (observed - said["location"]) / said["scale"]
    share = slope(np.clip(left, -CLIP, CLIP), said["center"])
    left = left - share * said["center"]
    size_share = slope(log_size(left), said["size"] - said["size"].mean())
    table = quantile_table(left / np.exp(size_share * said["size"]), lead, np.array(QUANTILE_LEVELS))
    return {"share": share, "size_share": size_share, "table": table}


def quantiles(
    said: Mapping[str, np.ndarray], calibration: Mapping[str, Any], lead: np.ndarray, *, variable: str
) -> np.ndarray:
    """Row × level, in the variable's unit."""
    center = said["location"] + said["scale"] * calibration["share"] * said["center"]
    width = said["scale"] * np.exp(calibration["size_share"] * said["size"])
    return in_range(center[:, None] + width[:, None] * looked_up(calibration["table"], lead), variable)
