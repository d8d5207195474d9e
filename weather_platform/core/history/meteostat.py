"""Meteostat: hourly bulk files of stations, with and without a header, and the JSON of its API of 2020.

Belongs here: their columns and units. Does not: fetching. Times are UTC, an empty field is missing. Meteostat
fills gaps of stations with a forecast model unless told otherwise, so that rows are `unchecked`; whether they
are truth for a forecast is decided elsewhere. Of the JSON's two clocks the text is UTC; the numbers beside it
are off by the collector's zone and are not read.
"""

import re

import numpy as np
import orjson
import pyarrow as pa

from weather_platform.core.contracts.truth import STATION_REPORT
from weather_platform.core.history.delimited import LINES, header_of
from weather_platform.core.history.fields import decoded
from weather_platform.core.history.finish import finished, instants_of, repeat, unpacked_text, utc
from weather_platform.core.history.format import File, FileRows
from weather_platform.core.observations.mapping import Time
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.table import Limits, ObservationFileError, Table, read_table
from weather_platform.core.observations.times import instants
from weather_platform.core.quantities.units import affine

SOURCE = "meteostat"
_BARE = (
    "date",
    "hour",
    "temp",
    "dwpt",
    "rhum",
    "prcp",
    "snow",
    "wdir",
    "wspd",
    "wpgt",
    "pres",
    "tsun",
    "coco",
)
_MEASURED = {
    "temperature_c": ("temp", "°C"),
    "dew_point_c": ("dwpt", "°C"),
    "relative_humidity": ("rhum", "%"),
    "precipitation_mm": ("prcp", "mm"),
    "wind_direction_deg": ("wdir", "°"),
    "wind_speed_m_s": ("wspd", "km/h"),
    "wind_gust_m_s": ("wpgt", "km/h"),
    "pressure_msl_hpa": ("pres", "hPa"),
}
_BARE_LINE = re.compile(rb"\d{4}-\d{2}-\d{2},\d{1,2},")
_STATION = re.compile(r"^([A-Z0-9]{5})(?![A-Za-z0-9])")
_STEM = re.compile(r"^[^.]+")


def read_meteostat(file: File) -> FileRows:
    """STATION_REPORT rows. The station is that of the name, as in 10637.csv.gz; of JSON the name itself."""
    text = unpacked_text(file)
    if text.lstrip()[:1] in (b"{", b"["):
        return _rows(_json_table(text), file, _stem(file))
    if _BARE_LINE.match(text):
        width = text.split(b"\n", 1)[0].count(b",") + 1
        text = ",".join(_BARE[:width]).encode() + b"\n" + text
    header = header_of(text, LINES)
    times = ("date", "hour") if "date" in header else ("year", "month", "day", "hour")
    measured = [name for name, _ in _MEASURED.values() if name in header]
    if not set(times) <= set(header) or "temp" not in measured:
        raise ObservationFileError(
            "not Meteostat's hourly bulk: neither rows of date and hour without a header, nor a header with "
            f"year, month, day, hour and temp; it begins with {', '.join(header)[:120]!r}"
        )
    return _rows(read_table(text, [*times, *measured], LINES, Limits()), file, _station(file))


def _station(file: File) -> str:
    found = _STATION.match(file.station or file.name)
    if found is None:
        raise ObservationFileError(
            f"which station is it? The name {file.station or file.name!r} does not begin with five "
            "characters, as in 10637.csv.gz; give --param station=10637"
        )
    return found[1]


def _stem(file: File) -> str:
    found = _STEM.match(file.station or file.name)
    return found[0] if found else file.name


def _json_table(text: bytes) -> Table:
    """`{"timestamp": […], "temperature": […]}`, one entry per hour in each list."""
    try:
        value = orjson.loads(text)
        columns = {
            "timestamp": pa.array(value["timestamp"], pa.string()),
            "temp": pa.array(value["temperature"], pa.float64()),
        }
    except (orjson.JSONDecodeError, KeyError, TypeError, pa.ArrowException) as error:
        raise ObservationFileError(
            f"not Meteostat's JSON: no lists of timestamp and temperature ({error!r:.120})"
        ) from error
    if "hours_ahead" in value or len(columns["timestamp"]) != len(columns["temp"]):
        raise ObservationFileError(
            "not Meteostat's observations: forecasts (hours_ahead), or lists of different lengths"
        )
    return Table(columns, np.arange(len(columns["temp"])), [])


def _rows(table: Table, file: File, station: str) -> FileRows:
    rejects = Rejects(table.columns, table.row)
    rejects.add_malformed(table.malformed, "the row has more or fewer fields than the header")
    readable = np.ones(len(table.row), dtype=bool)
    time, column = _time(table)
    rejects.add(np.flatnonzero(np.isnat(time)), column, "no time")
    readable &= ~np.isnat(time)
    values = {
        "file": repeat(file.name, len(readable)),
        "station_id": repeat(station, len(readable)),
        "report": repeat("hourly", len(readable)),
        "quality": repeat("unchecked", len(readable)),
        "interval_hours": np.ones(len(readable), np.int64),
        "time": utc(time),
    }
    for name, (wire, unit) in _MEASURED.items():
        if wire in table.columns:
            read = decoded(table.columns[wire], "")
            rejects.add(np.flatnonzero(read.unreadable), wire, "not a number")
            readable &= ~read.unreadable
            scale = affine(unit, name)
            values[name] = read.value * scale.factor + scale.offset
    return finished(
        values,
        STATION_REPORT,
        rejects,
        readable,
        source=SOURCE,
        file=file,
        wire={name: wire for name, (wire, _) in _MEASURED.items()},
        malformed=len(table.malformed),
    )


def _time(table: Table) -> tuple[np.ndarray, str]:
    columns, zeros = table.columns, np.zeros(len(table.row), np.int64)
    if "year" in columns:
        parts = [decoded(columns[name], "").value for name in ("year", "month", "day", "hour")]
        return instants_of(*parts), "year"
    if "timestamp" in columns:
        return instants([columns["timestamp"]], Time(column="timestamp", zone="UTC"), zeros).time, "timestamp"
    days = instants([columns["date"]], Time(column="date", zone="UTC", format="%Y-%m-%d"), zeros).time
    hour = decoded(columns["hour"], "").value
    good = np.isfinite(hour) & (hour >= 0) & (hour <= 23)
    time = days + np.where(good, hour, 0).astype("timedelta64[h]")
    return np.where(good, time, np.datetime64("NaT")), "date"
