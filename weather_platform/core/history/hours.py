"""Reports of stations as hourly truth of places.

Belongs here: which report stands for an hour, and which station for a place. Does not: reading reports, or
choosing between archives (core.observations, core.grid).

Many stations measure rain or temperature alone, as DWD's without a mast: a value that a place's first station
lacks is the next one's.
"""

from datetime import timedelta

import numpy as np
import pandas as pd

from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.observations.reconcile import FAMILIES
from weather_platform.core.quantities.variables import ACCUMULATED, STEP_HOURS, WEATHER
from weather_platform.core.tables.schema import conform, empty

# A report made so long before or after the hour stands for it: METARs are ten minutes early, SYNOPs on time.
TOLERANCE = timedelta(minutes=20)
_AMOUNTS = sorted(ACCUMULATED)
_VALUES = [column.name for column in WEATHER]
_KEY = ["location_id", "hour"]
# Reports between the hourly ones: their amounts have run since the last of these, for no whole hour.
_SPECIAL = ("FM-16", "FM16", "SAOSP")


def hourly(reports: pd.DataFrame, matches: pd.DataFrame, source: str, latency: timedelta) -> pd.DataFrame:
    """OBSERVATION rows of `reports` (STATION_REPORT) at the places of `matches` (STATION_MATCH, used only).

    Each value is of the first of a place's stations that has it at the hour, wind and amounts each as a
    whole; the row is named by the first of these stations, and is no nearer than the farthest. Of a station's
    reports those of better quality come first, then those with more values, then those nearest to the hour;
    while any station's is not doubtful, doubtful ones add nothing. An amount is the one over the fewest
    hours, and of no special report. `known_at` is the hour, plus what the archive takes (`latency`).
    """
    special = reports["report"].str.startswith(_SPECIAL)
    reports = reports.assign(**{name: reports[name].mask(special) for name in _AMOUNTS})
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
    order = order.sort_values(["location_id", "hour", "doubt", "rank", "lacking", "off", "report"])
    alike = order[order["doubt"] == order.groupby(_KEY)["doubt"].transform("first")]
    station = [*_KEY, "rank"]
    first = _of_places(_with_amounts(alike.groupby(station).first(), alike, station).reset_index())
    frame = first.assign(
        source=source,
        time=first["hour"],
        known_at=first["hour"] + pd.Timedelta(latency),
    )
    return conform(frame[list(OBSERVATION.column_names)], OBSERVATION).reset_index(drop=True)


def _with_amounts(hours: pd.DataFrame, reports: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Hours with the amounts of one report, and the time that these are over: six hours' amount, as SYNOPs
    have it beside the hourly ones of METARs, can be compared with nothing.
    """
    told = reports[reports[_AMOUNTS].notna().any(axis=1)]
    told = told.sort_values([*key, "interval_hours", "off"], kind="stable").drop_duplicates(key)
    amounts = told.set_index(key)[["interval_hours", *_AMOUNTS]].reindex(hours.index)
    return hours.assign(**amounts.fillna({"interval_hours": 1}).astype({"interval_hours": "int64"}))


def _of_places(stations: pd.DataFrame) -> pd.DataFrame:
    """Hours of places out of those of their stations, which are in order of rank."""
    first = stations.drop_duplicates(_KEY).set_index(_KEY)
    comparable_first = stations.assign(coarse=stations["interval_hours"] > STEP_HOURS).sort_values(
        [*_KEY, "coarse", "rank"]
    )
    for family in map(list, FAMILIES):
        amounts = not ACCUMULATED.isdisjoint(family)
        ordered = comparable_first if amounts else stations
        columns = [*family, "interval_hours"] if amounts else family
        giver = ordered[ordered[family].notna().any(axis=1)].drop_duplicates(_KEY).set_index(_KEY)
        first.loc[giver.index, columns] = giver[columns]
        first["distance_km"] = np.fmax(first["distance_km"], giver["distance_km"].reindex(first.index))
    return first.reset_index()


def span(start: pd.Timestamp, end: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Bounds of the reports that may stand for an hour in [start, end): the first in, the second out."""
    tolerance = pd.Timedelta(TOLERANCE)
    return start - tolerance, end - pd.Timedelta(hours=1) + tolerance + pd.Timedelta(np.timedelta64(1, "us"))
