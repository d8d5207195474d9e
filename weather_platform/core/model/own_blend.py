"""The blend on which the model stands: feeds less their recent bias, weighted as correlated errors ask for.

Belongs here: its two columns, made of the feeds' own. Does not: the arithmetic (core.features.blend), or the
blend that everybody knows, `bias_corrected`, which weighs by 1/MSE alone: models are held to that and to an
EMOS on it, and a yardstick must not grow with what it measures.
"""

import numpy as np
import pandas as pd

from weather_platform.core.features.blend import ERROR_CORRELATION, blend
from weather_platform.core.feed_columns import KINDS
from weather_platform.core.model.matrix import feeds_of, per_feed
from weather_platform.core.quantities.targets import KNOWN


def correlation_of(variable: str) -> float:
    """Between feeds' errors, as the weights know it. Of amounts and shares none: most errors there are no
    error at all, feeds being dry or clear together, and who erred least of late says little."""
    return ERROR_CORRELATION if KNOWN[variable].continuous else 0.0


def with_blend(features: pd.DataFrame, variable: str, correlation: float) -> pd.DataFrame:
    """`features` with `blend`, in the variable's unit, and `blend_error`, the error to expect of it; NaN
    where there is no feed, the error also where none is known. Without a correlation they are
    `bias_corrected` and `expected_error`."""
    made = features.copy(deep=False)  # `assign` copies fifty columns for two, half of the time of all this
    made["blend"], made["blend_error"] = _blended(features, variable, correlation)
    return made


def _blended(features: pd.DataFrame, variable: str, correlation: float) -> tuple[np.ndarray, np.ndarray]:
    feeds = feeds_of(features)
    if correlation == 0 or len(feeds) < 2:
        return features["bias_corrected"].to_numpy(), features["expected_error"].to_numpy()
    values, bias, rmse = (per_feed(features, kind, feeds) for kind in KINDS)
    made = blend(values, bias, rmse, KNOWN[variable].range, correlation)
    return made.bias_corrected, made.expected_error
