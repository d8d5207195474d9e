"""Features and predictions beside what then happened: for training and verification, never for prediction.

Belongs here: their joins with the truth, of rows in memory and of those that still lie in the warehouse. Does
not: any score.
"""

from collections.abc import Sequence
from datetime import datetime

import ibis
import pandas as pd

from weather_platform.core.grid import Table, computed, truth_grid


def with_target(features: pd.DataFrame, observations: Table, variables: Sequence[str]) -> pd.DataFrame:
    """`features` (FEATURES) with `observed`, `observed_known_at` and `truth_source` added, null where truth
    is not there (yet), or of none of `variables`."""
    truth = computed(truth_grid(observations, variables)).rename(columns={"known_at": "observed_known_at"})
    keys = ["variable", "location_id", "valid_time"]
    truth = truth.astype({name: features[name].dtype for name in keys})
    return features.merge(truth, on=keys, how="left", validate="many_to_one")


def verified(
    rows: ibis.Table, observations: Table, variable: str, start: datetime, end: datetime
) -> ibis.Table:
    """Those of `rows` that are of `variable`, valid in [start, end) and have a truth, with `observed` and
    `truth_source`; to be computed where they lie."""
    truth = truth_grid(observations, [variable]).select(
        "location_id", "valid_time", "observed", "truth_source"
    )
    inside = (rows.variable == variable) & (rows.valid_time >= start) & (rows.valid_time < end)
    return rows.filter(inside).inner_join(truth, ["location_id", "valid_time"])
