"""Whether features know anything of later: made again of only what was known, they must be the same.

Belongs here: taking away what was not known when a cycle began, and the comparison. Does not: making features
(build), which leaves it out by its own reckoning; this is what that reckoning is held to.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import FEATURES
from weather_platform.core.features.build import build
from weather_platform.core.grid import Table, known_by

_KEY = ["variable", "location_id", "valid_time"]
_VALUES = [column.name for column in FEATURES.columns if column.kind in ("float", "int")]


def at_fault(
    rows: pd.DataFrame,
    forecasts: Table,
    error_sums: pd.DataFrame,
    observations: Table,
    places: pd.DataFrame,
    *,
    variables: Sequence[str],
    horizon_hours: int,
) -> pd.DataFrame:
    """Rows of the first cycle in `rows` (FEATURES) that are not what errors and truth known at its start make
    of the same forecasts, or that these do not make, or make besides: of a range, most of what is read lies
    behind its first cycle. Arguments as for `build`.
    """
    if rows.empty:
        return rows
    cycle = rows["cycle"].min()
    made = rows[(rows["cycle"] == cycle).to_numpy(bool)]
    again = build(
        [cycle.to_pydatetime()],
        forecasts,
        error_sums[(error_sums["known_at"] <= cycle).to_numpy(bool)],
        known_by(observations, cycle),
        places,
        variables=variables,
        horizon_hours=horizon_hours,
    )
    both = made.merge(again, on=_KEY, how="outer", suffixes=("", "_again"))
    values, known = (
        both[[name + suffix for name in _VALUES]].to_numpy(np.float64) for suffix in ("", "_again")
    )
    same = np.isclose(values, known, rtol=1e-6, atol=1e-6, equal_nan=True).all(axis=1)
    return both[~same]  # what one side alone has differs, as in how many feeds there are
