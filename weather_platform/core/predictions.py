"""Our forecast of every row of features: by the model where there is one, by the blend where there is
none, and by the past alone where no feed stands.

Belongs here: choosing between the three, and the shape of the result. Does not: the model (see
core.model), or which version may be used for a cycle (see infra.model_registry: never one trained after
the cycle began).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import PREDICTION, QUANTILES
from weather_platform.core.model.distributions import DISTRIBUTIONS, WET_MM, emos_quantiles
from weather_platform.core.model.mixing import Forecast
from weather_platform.core.model.trained import Trained
from weather_platform.core.schema import conform, empty
from weather_platform.core.variables import ACCUMULATED

FALLBACK = "bias_corrected"

# Errors to expect before anything is known: about what raw models show at stations, in each variable's unit.
_UNKNOWN_ERROR = {"temperature_c": 2.0, "wind_speed_m_s": 1.5}
_DEGRADED_WIDENING = 1.2


def predict(
    features: pd.DataFrame, models: Mapping[str, Trained], versions: Mapping[str, str]
) -> pd.DataFrame:
    """Predictions (PREDICTION) of all rows of `features` (FEATURES).

    `models` and `versions` by variable; a variable without a model is predicted from the bias-corrected
    blend with the error to expect of it. Quantiles never cross and keep to the variable's range.
    """
    frames = [
        _variable(rows, str(variable), models.get(str(variable)), versions.get(str(variable), FALLBACK))
        for variable, rows in features.groupby("variable", sort=True)
    ]
    return (
        conform(pd.concat(frames, ignore_index=True), PREDICTION).reset_index(drop=True)
        if frames
        else empty(PREDICTION)
    )


def _variable(rows: pd.DataFrame, variable: str, model: Trained | None, version: str) -> pd.DataFrame:
    has_feed = (rows["feeds_present"] > 0).to_numpy(bool)
    fed, past = rows[has_feed], rows[~has_feed]
    if model is None:
        frames = [_frame(fed, from_blend(fed, variable), FALLBACK)]
    else:
        frames = [_frame(fed, model.forecast(fed), version)] if len(fed) else []
    frames.append(_frame(past, from_past(past, variable), FALLBACK))
    return pd.concat([frame for frame in frames if len(frame)], ignore_index=True)


def from_blend(rows: pd.DataFrame, variable: str) -> Forecast:
    """The bias-corrected blend with the error to expect of it; rows have at least one feed."""
    center = rows["bias_corrected"].to_numpy(np.float64)
    error = rows["expected_error"].to_numpy(np.float64)
    unknown = np.fmax(rows["spread"].to_numpy(np.float64), _UNKNOWN_ERROR.get(variable, 0.0))
    return _around(center, np.where(np.isnan(error), unknown, error), variable)


def from_past(rows: pd.DataFrame, variable: str) -> Forecast:
    """Climatology of 28 days, somewhat wider than it was; for rows that no feed reaches."""
    center = rows["climatology"].to_numpy(np.float64)
    error = rows["climatology_sd"].to_numpy(np.float64)
    unknown = 2 * _UNKNOWN_ERROR.get(variable, 0.0)
    return _around(center, _DEGRADED_WIDENING * np.where(np.isnan(error), unknown, error), variable)


def _around(center: np.ndarray, error: np.ndarray, variable: str) -> Forecast:
    """The variable's distribution around a value. Amounts err in proportion, and a forecast of none is
    mostly right."""
    distribution = DISTRIBUTIONS[variable]
    no_emos = np.full(len(center), np.nan)
    if variable not in ACCUMULATED:
        values = emos_quantiles(center, np.maximum(error / distribution.sd, 1e-3), variable)
        return Forecast(values, no_emos, no_emos, no_emos)
    scale = 0.05 + center / 3
    chance = 1 - distribution.below(WET_MM, center, scale)
    return Forecast(emos_quantiles(center, scale, variable), chance, no_emos, no_emos)


def _frame(rows: pd.DataFrame, made: Forecast, version: str) -> pd.DataFrame:
    quantiles = pd.DataFrame(made.quantiles, columns=list(QUANTILES), index=rows.index)
    keys = rows[["variable", "location_id", "cycle", "valid_time", "known_at", "lead_hours", "feeds_present"]]
    return pd.concat([keys, quantiles], axis=1).assign(
        probability=made.probability,
        center=quantiles["q50"],
        emos_location=made.location,
        emos_scale=made.scale,
        model_version=version,
        degraded=(rows["feeds_present"] == 0).to_numpy(bool),
    )
