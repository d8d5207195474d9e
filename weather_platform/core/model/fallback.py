"""What is said without a trained model: the blend of the corrected feeds, or the past alone, each with the
error to expect of it; and the same of `bias_corrected`, a yardstick.

Belongs here: those distributions. Does not: when they are used (see core.model.predictions); every model
is held to them before it is promoted (see evidence).
"""

import numpy as np
import pandas as pd

from weather_platform.core.model.distributions import DISTRIBUTIONS, emos_quantiles
from weather_platform.core.model.forecasts import Forecast
from weather_platform.core.model.own_blend import correlation_of, with_blend
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.quantities.variables import ACCUMULATED
from weather_platform.core.quantities.wet import WET_MM

_DEGRADED_WIDENING = 1.2
# Scale over amount: amounts err in proportion, and a forecast of none is mostly right. By the least CRPS on
# the first two thirds of six recorded archives of rain, in 1 to 72 hours.
_OF_BLEND, _OF_PAST = 0.5, 0.9


def blend_terms(rows: pd.DataFrame, variable: str) -> tuple[np.ndarray, np.ndarray]:
    """Location and scale of the variable's distribution around the blend of `rows` (see with_blend), which
    have at least one feed."""
    center = rows["blend"].to_numpy(np.float64)
    error = rows["blend_error"].to_numpy(np.float64)
    unknown = np.fmax(rows["spread"].to_numpy(np.float64), KNOWN[variable].unknown_error)
    return center, _scale(center, np.where(np.isnan(error), unknown, error), variable, _OF_BLEND)


def from_blend(rows: pd.DataFrame, variable: str) -> Forecast:
    """The model's blend with the error to expect of it; rows have at least one feed."""
    return _blended(rows, variable, correlation_of(variable))


def from_bias_corrected(rows: pd.DataFrame, variable: str) -> Forecast:
    """The blend that weighs by 1/MSE alone, with the error to expect of it; rows have at least one feed."""
    return _blended(rows, variable, 0.0)


def _blended(rows: pd.DataFrame, variable: str, correlation: float) -> Forecast:
    return _around(*blend_terms(with_blend(rows, variable, correlation), variable), variable)


def from_past(rows: pd.DataFrame, variable: str) -> Forecast:
    """Climatology of 28 days, somewhat wider than it was; for rows that no feed reaches."""
    center = rows["climatology"].to_numpy(np.float64)
    error = rows["climatology_sd"].to_numpy(np.float64)
    unknown = 2 * KNOWN[variable].unknown_error
    error = _DEGRADED_WIDENING * np.where(np.isnan(error), unknown, error)
    return _around(center, _scale(center, error, variable, _OF_PAST), variable)


def _scale(center: np.ndarray, error: np.ndarray, variable: str, of_amount: float) -> np.ndarray:
    """Of the variable's distribution, from the error to expect, for amounts from the amount."""
    if variable in ACCUMULATED:
        return 0.05 + of_amount * center
    return np.maximum(error / DISTRIBUTIONS[variable].sd, 1e-3)


def _around(location: np.ndarray, scale: np.ndarray, variable: str) -> Forecast:
    """The variable's distribution around a value."""
    no_emos = np.full(len(location), np.nan)
    chance = no_emos
    if variable in ACCUMULATED:
        chance = 1 - DISTRIBUTIONS[variable].below(WET_MM, location, scale)
    return Forecast(emos_quantiles(location, scale, variable), chance, no_emos, no_emos)
