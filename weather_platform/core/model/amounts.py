"""Features as matrices of an amount of rain: roots, in which it is more even, and who says that it is wet.

Belongs here: the columns that only the hurdle (core.model.hurdle) sees. Does not: fitting, or the columns of
all variables (core.model.matrix).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from weather_platform.core.model.matrix import corrected, feeds_of, per_feed
from weather_platform.core.quantities.wet import WET_MM, is_wet

_AMOUNT_ROOTS = (
    "bias_corrected",
    "equal_weight",
    "spread",
    "climatology",
    "persistence",
    "expected_error",
    "lagged_mean",
)
COMMON_AMOUNTS = len(_AMOUNT_ROOTS) + 3


def common_amounts(features: pd.DataFrame) -> np.ndarray:
    """Row × COMMON_AMOUNTS columns of what all feeds say together of an amount, as roots, in which rain is
    more even; NaN where unknown."""
    roots = np.sqrt(features[list(_AMOUNT_ROOTS)].to_numpy(np.float64))
    blend = features["bias_corrected"].to_numpy(np.float64)
    height = features["elevation_m"].to_numpy(np.float64)
    return np.column_stack([roots, np.log(blend + WET_MM), _wet_share(features), height])


def feed_amounts(features: pd.DataFrame, feeds: Sequence[str]) -> np.ndarray:
    """Row × 2 feeds: the root of each feed's amount less the blend's, and whether it is wet less the share of
    feeds that are; NaN where the feed is missing."""
    each = corrected(features, "precipitation_mm", feeds)
    center = np.sqrt(features["bias_corrected"].to_numpy(np.float64))
    value = per_feed(features, "value", feeds)
    wet = np.where(np.isnan(value), np.nan, is_wet(value))
    return np.hstack([np.sqrt(each) - center[:, None], wet - _wet_share(features)[:, None]])


def _wet_share(features: pd.DataFrame) -> np.ndarray:
    """Share of the feeds present that say at least 0.1 mm."""
    value = per_feed(features, "value", feeds_of(features))
    return is_wet(value).sum(axis=1) / (~np.isnan(value)).sum(axis=1)
