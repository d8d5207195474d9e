"""Each forecast beside its truth, and the daily sums of errors that every recent bias is made of.

Belongs here: pairing and summing. Does not: what is learned from the sums (see core.features.recent).
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import ibis

from weather_platform.core.contracts.errors import TRUTH_AGREEMENT
from weather_platform.core.features.lookback import BLOCK_HOURS
from weather_platform.core.grid import Table, as_table, forecast_grid, truth_grid
from weather_platform.core.quantities.variables import STEP_HOURS
from weather_platform.core.tables.exact_sum import exact_sum


def forecast_errors(
    forecasts: Table, observations: Table, start: datetime, end: datetime, variables: Sequence[str]
) -> ibis.Table:
    """Pairs of forecast and truth of `variables` with valid time in [start, end), as FORECAST_ERROR.

    `forecasts` (FORECAST) must hold every cycle that reaches into the window; `observations`
    (OBSERVATION) must begin three hours before it, since precipitation is summed. A pair is known once
    both its sides are.
    """
    grid = forecast_grid(_reaching(forecasts, "valid_time", start, end), variables)
    truth = truth_grid(_reaching(observations, "time", start, end), variables)
    return ibis.union(*(_pairs(grid, truth, variable) for variable in variables))


def error_sums(
    errors: Table,
    agreement: Table | None = None,
    part_hours: int = BLOCK_HOURS,
    added: Callable[[ibis.Value], ibis.Value] = exact_sum,
) -> ibis.Table:
    """FORECAST_ERROR rows → ERROR_SUM rows, by feed, variable, place, day, whole day of lead and part of the
    day (of `part_hours`; a table that is stored has blocks of six). Pairs whose truth `agreement`
    (TRUTH_AGREEMENT) refuses for the feed on that day are left out. `added`: how, as core.tables.exact_sum
    has it."""
    table = as_table(errors)
    table = table.mutate(day=table.valid_time.truncate("D").cast("timestamp('UTC', 6)"))
    if agreement is not None:
        refused = as_table(agreement)
        table = table.anti_join(refused.filter(refused.refused), list(TRUTH_AGREEMENT.key))
    return table.group_by(
        "feed",
        "variable",
        "location_id",
        "day",
        lead_day=(table.lead_hours / 24).floor().cast("int64"),
        hour_block=(table.valid_time.hour() / part_hours).floor().cast("int64"),
    ).agg(
        n=table.count(),
        error_sum=added(table.error),
        absolute_error_sum=added(table.error.abs()),
        squared_error_sum=added(table.error * table.error),
        observed_sum=added(table.observed),
        known_at=table.known_at.max(),
    )


def _reaching(rows: Table, time: str, start: datetime, end: datetime) -> ibis.Table:
    """Rows that make values of the grid's times in [start, end), which stand on the grid themselves: chosen
    before they are brought onto it, so that no other is."""
    table, step = as_table(rows), timedelta(hours=STEP_HOURS)
    return table.filter((table[time] > start - step) & (table[time] <= end - step))


def _pairs(grid: ibis.Table, truth: ibis.Table, variable: str) -> ibis.Table:
    """Pairs of one variable. The lead is counted from the fetch: the only time the forecast is known to
    have existed."""
    observed = truth.filter(truth.variable == variable).drop("variable")
    # Filtered before the join: what several filters share, Ibis names; of what joins share it writes a copy
    # each, and the grid would be made anew for every variable.
    said = grid.filter(grid[variable].notnull())
    both = said.join(observed, ["location_id", "valid_time"]).mutate(forecast=said[variable])
    lead = (both.valid_time.epoch_seconds() - both.fetched_at.epoch_seconds()) / 3600
    return both.select(
        "feed",
        "location_id",
        "cycle",
        "valid_time",
        "forecast",
        "observed",
        "truth_source",
        variable=ibis.literal(variable),
        lead_hours=lead,
        error=both.forecast - both.observed,
        known_at=ibis.greatest(both.known_at, both.fetched_at),
    )
