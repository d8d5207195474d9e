"""`build`: the features of any cycles, from forecasts, error sums and observations.

Belongs here: putting the parts together, one variable at a time. Does not: any of the parts' arithmetic,
or truth of the hours forecast (`core.features.target` joins that, for training only).

Everything learned from history is as of the start of each cycle, which no fetch of the cycle precedes, and
looks back 28 days; what was said of the same hours is looked for in the cycles of the day before. So a
cycle's features are the same whether built alone or among many, and cost the same however much history lies
behind them. A row uses nothing that was fetched after its `known_at`.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import FEATURES
from weather_platform.core.features.adjacent import with_adjacent
from weather_platform.core.features.axes import microseconds, text, times
from weather_platform.core.features.cube import Cube, cube_of
from weather_platform.core.features.lagged import with_lagged
from weather_platform.core.features.lookback import LAG, PLATFORM
from weather_platform.core.features.memory import past_of
from weather_platform.core.features.rows import columns_of
from weather_platform.core.features.sums import Strata, sums_of
from weather_platform.core.grid import Table, computed, truth_grid
from weather_platform.core.partitions import CYCLE
from weather_platform.core.tables.schema import conform


def build(
    cycles: Sequence[datetime],
    forecasts: Table,
    error_sums: pd.DataFrame,
    observations: Table,
    places: pd.DataFrame,
    *,
    variables: Sequence[str],
    horizon_hours: int = 120,
) -> pd.DataFrame:
    """Features of `variables` and `cycles` as FEATURES, with the columns of every feed.

    `forecasts` (FORECAST): rows of these cycles and of the day (LAG) before each; others are ignored.
    `error_sums` (ERROR_SUM) and `observations` (OBSERVATION): of the 28 days (PLATFORM) before the first of
    those and up to the last; what was not yet known is ignored. `places` (LOCATIONS): the panel. A row stands
    for every place and grid time up to `horizon_hours` after it was known, if any feed or any past
    observation can say something of it.
    """
    lags = range(LAG // CYCLE.length + 1)
    reached = {cycle - lag * CYCLE.length for cycle in cycles for lag in lags}
    cube = cube_of(sorted(reached), forecasts, places, variables, horizon_hours)
    truth = computed(truth_grid(observations, variables))
    asked = microseconds(list(cycles))
    frames = [_variable(cube, variable, error_sums, truth, asked) for variable in cube.values]
    return conform(pd.concat(frames, ignore_index=True), FEATURES)


def _variable(
    cube: Cube, variable: str, error_sums: pd.DataFrame, truth: pd.DataFrame, asked: np.ndarray
) -> pd.DataFrame:
    """Features of one variable and the cycles `asked` for, sorted by place, cycle and valid time."""
    strata = Strata(np.arange(24 // PLATFORM.part_hours), np.arange(cube.horizon_hours // 24 + 1))
    sums = sums_of(error_sums, variable, cube.axes, strata, PLATFORM)
    past = past_of(truth, variable, cube.axes, PLATFORM)
    known_at = cube.known_at(variable)
    found = columns_of(cube.rows(variable, known_at), variable, sums, past)
    spoken = (found["feeds_present"] > 0) | ~np.isnan(found["climatology"])
    lead = found["lead_hours"]
    keep = (spoken & (lead >= 0) & (lead <= cube.horizon_hours)).ravel()
    columns = {name: values.ravel()[keep] for name, values in (found | cube.place_columns()).items()}
    rows = with_lagged(pd.DataFrame({**_key(cube, variable, known_at, keep), **columns}))
    return with_adjacent(rows[np.isin(microseconds(rows["cycle"]), asked)])


def _key(cube: Cube, variable: str, known_at: np.ndarray, keep: np.ndarray) -> dict[str, pd.Series]:
    axes = cube.axes
    places, cycles, steps = known_at.shape
    valid_time = np.broadcast_to(cube.valid_times, known_at.shape).ravel()[keep]
    cycle = np.broadcast_to(axes.cycles[:, None], known_at.shape).ravel()[keep]
    place = np.repeat(np.arange(places), cycles * steps)[keep]
    return {
        "variable": text([variable], np.zeros(len(place), np.int64)),
        "location_id": text(axes.places, place),
        "cycle": times(cycle),
        "valid_time": times(valid_time),
        "known_at": times(known_at.ravel()[keep]),
    }
