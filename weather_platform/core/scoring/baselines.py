"""The single-value forecasts that every model must beat: each feed, the plain blends, and the past itself.

Belongs here: reading them from the features, under the names of the leaderboard. Does not: scores.
"""

import numpy as np
import pandas as pd

from weather_platform.core.feed_columns import feed_of, value_columns

BASELINES = ("persistence", "climatology", "equal_weight", "bias_corrected")


def points(features: pd.DataFrame) -> dict[str, np.ndarray]:
    """Point forecast of each row by method, NaN where the method has none; feeds under `provider/model`."""
    found = {name: features[name].to_numpy(np.float64) for name in BASELINES}
    said = value_columns(features.columns)
    return found | {feed_of(column): features[column].to_numpy(np.float64) for column in said}
