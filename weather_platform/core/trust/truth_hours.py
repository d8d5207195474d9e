"""Each truth beside the mean of what all feeds said of its hours.

Belongs here: that table. Does not: what is wrong with a truth that does not fit it (see shifted_truth and
misread_truth).
"""

from collections.abc import Collection

import pandas as pd

from weather_platform.core.grid import Table, as_table, computed
from weather_platform.core.tables.exact_sum import exact_sum

TRUTH = ["variable", "location_id", "truth_source"]


def truth_hours(errors: Table, variables: Collection[str]) -> pd.DataFrame:
    """`forecast`, the mean of all feeds, and `observed` by TRUTH and `valid_time`, in this order; of those
    `variables` in `errors` (FORECAST_ERROR)."""
    table = as_table(errors)
    hours = (
        table.filter(table.variable.isin(list(variables)))
        .group_by(*TRUTH, "valid_time")
        .agg(forecast=exact_sum(table.forecast) / table.forecast.count(), observed=table.observed.max())
    )
    return computed(hours, [*TRUTH, "valid_time"])
