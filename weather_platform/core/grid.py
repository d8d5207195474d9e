"""Forecasts and observations on one grid of valid times: 00, 03, ... 21 UTC.

Belongs here: how hourly, 3-hourly and 6-hourly rows become values that can be compared. Does not:
comparing them.

Instantaneous variables are taken at the grid's times; precipitation is the sum over the 3 hours that end
there: three hourly rows, none missing, or one 3-hourly row. Coarser sums cannot be divided honestly and
count as missing. Everything is an Ibis expression, so that millions of rows are reduced where they lie.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Union

import ibis

from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.quantities.variables import ACCUMULATED, STEP_HOURS
from weather_platform.core.tables.dtypes import to_frame
from weather_platform.core.tables.exact_sum import exact_sum
from weather_platform.core.tables.row_order import ordered

if TYPE_CHECKING:
    import pandas as pd

Table = Union[ibis.Table, "pd.DataFrame"]

_STEP_SECONDS = STEP_HOURS * 3600


def as_table(data: Table) -> ibis.Table:
    """An Ibis table of either kind of frame."""
    return data if isinstance(data, ibis.Table) else ibis.memtable(data)


def computed(table: ibis.Table, key: Sequence[str] = ()) -> "pd.DataFrame":
    """The table's rows, text as contracts have it, in order of `key` where one is given: engines give them in
    any."""
    return to_frame(ordered(table.to_pyarrow(), key))


def forecast_grid(forecasts: Table, variables: Sequence[str]) -> ibis.Table:
    """Forecast rows of any intervals → one row per feed, place, cycle and grid time.

    `forecasts` has the columns of FORECAST. Returns `feed`, `location_id`, `cycle`, `valid_time`,
    `fetched_at` (the newest of the rows used), `issue_age_hours` (of the newest run at its fetch, null where
    none is told), `elevation_m` and one column for each of `variables` (core.quantities.targets), null where
    the rows cannot tell.
    """
    table = _with_grid_time(as_table(forecasts), "valid_time")
    age = (table.fetched_at.epoch_seconds() - table.issue_time.epoch_seconds()) / 3600
    return table.group_by("feed", "location_id", "cycle", valid_time=table.grid_time).agg(
        fetched_at=table.fetched_at.max(),
        issue_age_hours=age.min(),
        elevation_m=table.elevation_m.max(),
        **{variable: _on_grid(table, variable) for variable in variables},
    )


def truth_grid(observations: Table, variables: Sequence[str]) -> ibis.Table:
    """Observation rows → one truth for each of `variables`, place and grid time.

    `observations` has the columns of OBSERVATION; rows marked suspect are left out. A value is of one
    source: the one marked good, else the nearest, else the first by name. Returns `variable`,
    `location_id`, `valid_time`, `observed`, `known_at` (of the newest row used) and `truth_source`.
    """
    rows = as_table(observations)
    table = _with_grid_time(rows.filter(rows.quality != "suspect"), "time")
    by_source = table.group_by("location_id", "source", valid_time=table.grid_time).agg(
        known_at=table.known_at.max(),
        doubt=(table.quality != "good").cast("int64").max(),
        distance_km=table.distance_km.min(),
        **{variable: _on_grid(table, variable) for variable in variables},
    )
    return ibis.union(*(_best_source(by_source, variable) for variable in variables))


def known_by(observations: Table, time: datetime) -> ibis.Table:
    """Those of `observations` (as for `truth_grid`) from which truth known by `time` is made: the rows of a
    source, place and grid time are known together, when the last of them is.
    """
    rows = as_table(observations)
    table = _with_grid_time(rows.filter(rows.quality != "suspect"), "time")
    together = ibis.window(group_by=["location_id", "source", "grid_time"])
    table = table.mutate(newest=table.known_at.max().over(together))
    return table.filter(table.newest <= time).select(*rows.columns)


def _with_grid_time(table: ibis.Table, time: str) -> ibis.Table:
    """Add `grid_time`, the first grid time at or after each row's, and `at_grid`, whether it is the row's
    own."""
    seconds = table[time].epoch_seconds()
    wait = (_STEP_SECONDS - seconds % _STEP_SECONDS) % _STEP_SECONDS
    return table.mutate(
        grid_time=(seconds + wait).as_timestamp("s").cast("timestamp('UTC', 6)"),
        at_grid=wait == 0,
    )


def _on_grid(table: ibis.Table, variable: str) -> ibis.Value:
    """The variable's value at the grid time, of rows grouped by it."""
    derive = KNOWN[variable].derive
    column = table[variable] if derive is None else derive(table)
    if variable not in ACCUMULATED:
        return column.max(where=table.at_grid)
    hourly = table.interval_hours == 1
    return ibis.ifelse(
        column.count(where=hourly) == STEP_HOURS,
        exact_sum(column, where=hourly),
        column.max(where=table.at_grid & (table.interval_hours == STEP_HOURS)),
    )


def _best_source(by_source: ibis.Table, variable: str) -> ibis.Table:
    present = by_source.filter(by_source[variable].notnull())
    order = [present.doubt, present.distance_km.fill_null(0.0), present.source]
    return (
        present.group_by("location_id", "valid_time")
        .agg(
            variable=ibis.literal(variable),
            observed=present[variable].first(order_by=order),
            known_at=present.known_at.first(order_by=order),
            truth_source=present.source.first(order_by=order),
        )
        .select("variable", "location_id", "valid_time", "observed", "known_at", "truth_source")
    )
