"""Features beside what then happened: for training and verification, never for prediction.

Belongs here: the one join of features and truth.
"""

from collections.abc import Sequence

import pandas as pd

from weather_platform.core.grid import Table, truth_grid


def with_target(features: pd.DataFrame, observations: Table, variables: Sequence[str]) -> pd.DataFrame:
    """`features` (FEATURES) with `observed`, `observed_known_at` and `truth_source` added, null where truth
    is not there (yet), or of none of `variables`."""
    truth = truth_grid(observations, variables).execute().rename(columns={"known_at": "observed_known_at"})
    keys = ["variable", "location_id", "valid_time"]
    truth = truth.astype({name: features[name].dtype for name in keys})
    return features.merge(truth, on=keys, how="left", validate="many_to_one")
