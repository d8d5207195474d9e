"""Replies of the sandbox's station archive as observation rows.

`GET /observations?date=YYYY-MM-DD` answers one row per station and hour of the UTC day: `station_id`,
`location_id`, `time_utc`, `available_utc`, `quality` (good or suspect), then measurements with their units
in their names, an empty field for a missing one. The wire format is documented in full where it is served,
sandbox/wire/stations.py.
"""

from datetime import timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.fetching.payloads import Meta
from weather_platform.core.fetching.spans import had_from
from weather_platform.core.history.spec import DayRows
from weather_platform.core.observations.mapping import Csv, Time
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.table import Limits, ObservationFileError, read_table
from weather_platform.core.observations.times import instants
from weather_platform.core.observations.values import bounds_text, numbers
from weather_platform.core.parsing.quarantine import bad_source
from weather_platform.core.tables.dtypes import TEXT, TIME
from weather_platform.core.tables.schema import check, conform, empty

# Contract column → (column on the wire, unit).
_MEASURED = {
    "temperature_c": ("temperature_c", "°C"),
    "dew_point_c": ("dew_point_c", "°C"),
    "relative_humidity": ("relative_humidity_percent", "%"),
    "pressure_msl_hpa": ("pressure_msl_hpa", "hPa"),
    "surface_pressure_hpa": ("surface_pressure_hpa", "hPa"),
    "cloud_cover": ("cloud_cover_percent", "%"),
    "visibility_m": ("visibility_m", "m"),
    "precipitation_mm": ("precipitation_mm", "mm"),
    "wind_speed_m_s": ("wind_speed_m_s", "m/s"),
    "wind_direction_deg": ("wind_direction_deg", "°"),
    "wind_gust_m_s": ("wind_gust_m_s", "m/s"),
}
_TEXTS = ("station_id", "location_id", "quality")
_TIMES = {"time": "time_utc", "known_at": "available_utc"}
_WANTED = [*_TEXTS, *_TIMES.values(), *(wire for wire, _ in _MEASURED.values())]


def parse_rows(meta: Meta, body: bytes, settled: timedelta) -> DayRows:
    """A reply as rows; every station stands at its place, and nothing was known before the day had `settled`
    so long. A field that cannot be read takes its row with it.

    Nothing is raised: a body that is no such CSV is one quarantine row (−1) with the reason.
    """
    try:
        table = read_table(body, _WANTED, Csv(), Limits())
    except ObservationFileError as error:
        return DayRows(empty(OBSERVATION), bad_source(meta.provider, meta.cycle, meta.object, str(error)))
    rejects = Rejects(table.columns, table.row)
    rejects.add_malformed(table.malformed, "the row has more or fewer fields than the header")
    readable = np.ones(len(table.row), dtype=bool)
    data = {name: table.columns[name].to_pandas().astype(TEXT) for name in _TEXTS}
    data |= _times(table.columns, rejects, readable) | _measured(table.columns, rejects, readable)
    elsewhere = (
        readable & (data["time"].dt.strftime("%Y-%m-%d") != meta.asked().params.get("date")).to_numpy()
    )
    rejects.add(np.flatnonzero(elsewhere), _TIMES["time"], "not of the day that was asked for")
    readable &= ~elsewhere
    frame = pd.DataFrame(data).assign(source=meta.provider, interval_hours=1, distance_km=0.0)
    had = had_from(settled, frame["time"])
    frame["known_at"] = frame["known_at"].mask(frame["known_at"] < had, had)
    checked = check(conform(frame[readable], OBSERVATION), OBSERVATION)
    for column, reason in checked.bad[["column", "reason"]].drop_duplicates().to_numpy().tolist():
        faults = checked.bad[(checked.bad["column"] == column) & (checked.bad["reason"] == reason)]
        rejects.add(faults["row"].to_numpy(), _TIMES.get(column, column), reason)
    return DayRows(checked.good.reset_index(drop=True), rejects.frame(meta.provider, meta.cycle, meta.object))


def _times(columns: dict[str, pa.Array], rejects: Rejects, readable: np.ndarray) -> dict[str, pd.Series]:
    """Instants by contract column; clears `readable` where there is none."""
    found = {}
    for name, wire in _TIMES.items():
        stamps = instants([columns[wire]], Time(column=wire), np.zeros(len(readable), dtype=np.int64))
        rejects.add(np.flatnonzero(stamps.fault), wire, "not a time with its offset, as 2026-08-01T00:00:00Z")
        readable &= stamps.fault == 0
        found[name] = pd.Series(stamps.time).dt.tz_localize("UTC").astype(TIME)
    return found


def _measured(columns: dict[str, pa.Array], rejects: Rejects, readable: np.ndarray) -> dict[str, np.ndarray]:
    """Values by contract column, in its unit; clears `readable` where one is no number or no weather."""
    values = {}
    for name, (wire, unit) in _MEASURED.items():
        read = numbers(columns[wire], name, unit, missing=())
        rejects.add(np.flatnonzero(read.unreadable), wire, "not a number")
        rejects.add(np.flatnonzero(read.out_of_bounds), wire, f"{name} {bounds_text(name)} once in its unit")
        readable &= ~(read.unreadable | read.out_of_bounds)
        values[name] = read.value
    return values
