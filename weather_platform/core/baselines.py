"""The single-value forecasts that every model must beat: each feed, the plain blends, and the past itself.

Belongs here: reading them from the features, under the names of the leaderboard. Does not: scores.
"""

import numpy as np
import pandas as pd

BASELINES = ("persistence", "climatology", "equal_weight", "bias_corrected")


def points(features: pd.DataFrame) -> dict[str, np.ndarray]:
    """Point forecast of each row by method, NaN where the method has none; feeds under `provider/model`."""
    found = {name: features[name].to_numpy(np.float64) for name in BASELINES}
    for column in features.columns:
        if column.startswith("value__"):
            feed = column.removeprefix("value__").replace("__", "/", 1)
            found[feed] = features[column].to_numpy(np.float64)
    return found
