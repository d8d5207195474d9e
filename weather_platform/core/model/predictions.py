"""Our forecast of every row of features: by the model where there is one and it has seen such rows, by the
blend where not, and by the past alone where no feed stands.

Belongs here: choosing between the three, and the shape of the result. Does not: the model (see
core.model), or which version may be used for a cycle (see infra.models.registry: never one trained after
the cycle began).
"""

from collections.abc import Mapping

import pandas as pd

from weather_platform.core.contracts.learned import PREDICTION, QUANTILES
from weather_platform.core.model.fallback import from_blend, from_past
from weather_platform.core.model.forecasts import Forecast
from weather_platform.core.model.trained import Trained
from weather_platform.core.tables.schema import conform, empty

FALLBACK = "bias_corrected"


def predict(
    features: pd.DataFrame, models: Mapping[str, Trained], versions: Mapping[str, str]
) -> pd.DataFrame:
    """Predictions (PREDICTION) of all rows of `features` (FEATURES).

    `models` and `versions` by variable; a variable without a model is predicted from the blend of
    the corrected feeds with the error to expect of it. Quantiles never cross and keep to its range.
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
    # No model was trained on rows of whose feeds no error is known yet, and its widths are of others.
    able = has_feed & (model is not None) & rows["expected_error"].notna().to_numpy(bool)
    blended, past = rows[has_feed & ~able], rows[~has_feed]
    frames = [
        _frame(blended, from_blend(blended, variable), FALLBACK),
        _frame(past, from_past(past, variable), FALLBACK),
    ]
    if model is not None and able.any():
        frames.append(_frame(rows[able], model.forecast(rows[able]), version))
    return pd.concat([frame for frame in frames if len(frame)], ignore_index=True)


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
