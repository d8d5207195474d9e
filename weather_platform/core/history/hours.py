"""Reports of stations as hourly truth of places.

Belongs here: which report stands for an hour, and which station for a place. Does not: reading reports, or
choosing between archives (core.observations, core.grid).
"""

from datetime import timedelta

import numpy as np
import pandas as pd

from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.quantities.variables import ACCUMULATED, WEATHER
from weather_platform.core.tables.schema import conform, empty

# A report made so long before or after the hour stands for it: METARs are ten minutes early, SYNOPs on time.
TOLERANCE = timedelta(minutes=20)
_AMOUNTS = sorted(ACCUMULATED)
_VALUES = [column.name for column in WEATHER]


def hourly(reports: pd.DataFrame, matches: pd.DataFrame, source: str, latency: timedelta) -> pd.DataFrame:
    """OBSERVATION rows of `reports` (STATION_REPORT) at the places of `matches` (STATION_MATCH, used only).

    Of a place's stations the one ranked first that has a report of the hour stands. Each value is of the
    first of its reports that has it: those of better quality, then with more values, then nearest to the
    hour; a doubtful report adds nothing to a good one. `known_at` is the hour, plus what the archive takes
    (`latency`).
    """
    used = matches.loc[matches["used"], ["location_id", "station_id", "rank", "distance_km"]]
    hour = reports["time"].dt.round("h")
    off = (reports["time"] - hour).abs()
    near = reports.assign(hour=hour, off=off)[off <= pd.Timedelta(TOLERANCE)]
    rows = near.merge(used, on="station_id")
    values = rows[_VALUES].notna().sum(axis=1)
    rows = rows[values > 0]
    if rows.empty:
        return empty(OBSERVATION)
    order = rows.assign(doubt=rows["quality"] == "suspect", lacking=-values)
    order = order.sort_values(["location_id", "hour", "rank", "doubt", "lacking", "off", "report"])
    groups = order.groupby(["location_id", "hour"])
    alike = (order["rank"] == groups["rank"].transform("first")) & (
        order["doubt"] == groups["doubt"].transform("first")
    )
    # The time that an amount is over goes with the amount.
    interval = order["interval_hours"].where(order[_AMOUNTS].notna().any(axis=1))
    first = (
        order.assign(interval_hours=interval)[alike].groupby(["location_id", "hour"]).first().reset_index()
    )
    frame = first.assign(
        source=source,
        time=first["hour"],
        known_at=first["hour"] + pd.Timedelta(latency),
        interval_hours=first["interval_hours"].fillna(1).astype("int64"),
    )
    return conform(frame[list(OBSERVATION.column_names)], OBSERVATION).reset_index(drop=True)


def span(start: pd.Timestamp, end: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Bounds of the reports that may stand for an hour in [start, end): the first in, the second out."""
    tolerance = pd.Timedelta(TOLERANCE)
    return start - tolerance, end - pd.Timedelta(hours=1) + tolerance + pd.Timedelta(np.timedelta64(1, "us"))
