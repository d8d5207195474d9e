"""NOAA Global Surface Summary of the Day as DAILY rows, whichever of its two transports brought it.

Belongs here: the dialects of NCEI's yearly CSV and of BigQuery's `noaa_gsod.gsodYYYY`, and what their codes
mean. Does not: fetching. Formats and codes are those of NCEI's readme.txt of the data set.

Three things make a plain reading wrong. Missing is 9999.9, 999.9 or 99.99 by field, but station pressure is
cut to four digits (`015.4` is 1015.4 hPa), so that its 999.9 may be a measurement: a mean is missing where
it is of no reports. Precipitation flagged I was not reported, and flagged H is incomplete; neither is 0. And
USAF 999999 is shared by many stations, which only their WBAN tells apart.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.contracts.truth import DAILY
from weather_platform.core.history.delimited import LINES
from weather_platform.core.history.fields import Decoded, decoded, distinct
from weather_platform.core.history.finish import finished, unpacked_text
from weather_platform.core.history.format import File, FileRows
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.table import Limits, ObservationFileError, Table, read_table
from weather_platform.core.quantities.units import Affine, affine
from weather_platform.core.tables.dtypes import TEXT, TIME

SOURCE = "gsod"
_INCHES = Affine(25.4, 0)  # of snow, which is no water
_PHENOMENA = ("fog", "rain_drizzle", "snow_ice_pellets", "hail", "thunder", "tornado_funnel_cloud")


class _Field(NamedTuple):
    """A measured field by its names in BigQuery and at NCEI; `reports` are those of its count of reports."""

    column: str
    names: tuple[str, str]
    missing: str
    scale: Affine
    reports: tuple[str, str] | None = None


def _mean(column: str, name: str, missing: str, scale: Affine) -> _Field:
    return _Field(
        column, (name, name.upper()), missing, scale, (f"count_{name}", f"{name.upper()}_ATTRIBUTES")
    )


_FAHRENHEIT, _KNOTS = affine("°F", "temperature_c"), affine("kn", "wind_speed_m_s")
_FIELDS = (
    _mean("temperature_mean_c", "temp", "9999.9", _FAHRENHEIT),
    _Field("temperature_max_c", ("max", "MAX"), "9999.9", _FAHRENHEIT),
    _Field("temperature_min_c", ("min", "MIN"), "9999.9", _FAHRENHEIT),
    _mean("dew_point_mean_c", "dewp", "9999.9", _FAHRENHEIT),
    _mean("pressure_msl_mean_hpa", "slp", "9999.9", Affine(1, 0)),
    _mean("surface_pressure_mean_hpa", "stp", "9999.9", Affine(1, 0)),
    _mean("visibility_mean_m", "visib", "999.9", affine("mi", "visibility_m")),
    _mean("wind_speed_mean_m_s", "wdsp", "999.9", _KNOTS),
    _Field("wind_speed_max_m_s", ("mxpsd", "MXSPD"), "999.9", _KNOTS),
    _Field("wind_gust_max_m_s", ("gust", "GUST"), "999.9", _KNOTS),
    _Field("precipitation_mm", ("prcp", "PRCP"), "99.99", affine("in", "precipitation_mm")),
    _Field("snow_depth_mm", ("sndp", "SNDP"), "999.9", _INCHES),
)
_FLAGS = {
    "temperature_max_flag": ("flag_max", "MAX_ATTRIBUTES"),
    "temperature_min_flag": ("flag_min", "MIN_ATTRIBUTES"),
    "precipitation_flag": ("flag_prcp", "PRCP_ATTRIBUTES"),
}
# Hours of the reports that an amount is the sum of. H and I, of which no amount is known, are not among them.
_HOURS = {"A": 6, "B": 12, "C": 18, "D": 24, "E": 12, "F": 24, "G": 24}
_BIGQUERY, _NCEI = 0, 1
_KEYS = (("stn", "wban", "year", "mo", "da", *_PHENOMENA), ("STATION", "DATE", "FRSHTT"))


def read_gsod(file: File) -> FileRows:
    """DAILY rows of a CSV or Parquet file of either transport, compressed or not.

    A row with a field that cannot be read, or that is no weather, is set aside whole; a station's day that
    comes again is counted. Raises ObservationFileError for a file that is not GSOD at all.
    """
    parquet = file.data.startswith(b"PAR1")
    dialect, table = _read(file.data if parquet else unpacked_text(file))
    rejects = Rejects(table.columns, table.row)
    rejects.add_malformed(table.malformed, "the row has more or fewer fields than the header")
    readable = np.ones(len(table.row), dtype=bool)
    values = _key(table, dialect, rejects, readable)
    values |= _measured(table, dialect, rejects, readable)
    return finished(
        values,
        DAILY,
        rejects,
        readable,
        source=SOURCE,
        file=file,
        wire={field.column: field.names[dialect] for field in _FIELDS},
        malformed=len(table.malformed),
    )


def _wanted(dialect: int) -> list[str]:
    counts = [field.reports[dialect] for field in _FIELDS if field.reports]
    fields = [field.names[dialect] for field in _FIELDS]
    return [*_KEYS[dialect], *fields, *counts, *(names[dialect] for names in _FLAGS.values())]


BIGQUERY_COLUMNS = tuple(_wanted(_BIGQUERY))


def _read(data: bytes) -> tuple[int, Table]:
    """Which dialect the file is in, and its columns."""
    reasons = []
    for dialect in (_BIGQUERY, _NCEI):
        try:
            return dialect, read_table(data, _wanted(dialect), LINES, Limits())
        except ObservationFileError as error:
            reasons.append(str(error))
    if reasons[0] == reasons[1]:  # a fault of the file whatever its columns
        raise ObservationFileError(reasons[0])
    raise ObservationFileError(f"not GSOD: for BigQuery's, {reasons[0]}; for NCEI's, {reasons[1]}")


def _key(table: Table, dialect: int, rejects: Rejects, readable: np.ndarray) -> dict[str, pd.Series]:
    """Station, day and phenomena; clears `readable` where station or day is none."""
    columns = {name: _text(table.columns[name]) for name in _KEYS[dialect]}
    if dialect == _NCEI:
        station, day, phenomena = columns["STATION"], columns["DATE"], columns["FRSHTT"]
    else:
        station = pc.binary_join_element_wise(columns["stn"], columns["wban"], "")
        day = pc.binary_join_element_wise(*(columns[part] for part in ("year", "mo", "da")), "-")
        phenomena = pc.binary_join_element_wise(*(columns[part] for part in _PHENOMENA), "")
    time = distinct(day, _days)
    named = pc.fill_null(pc.match_substring_regex(station, r"^[0-9A-Z]{6}\d{5}$"), False).to_numpy(
        zero_copy_only=False
    )
    rejects.add(np.flatnonzero(~named), _KEYS[dialect][0], "not a USAF and a WBAN of 6 and 5 characters")
    rejects.add(
        np.flatnonzero(np.isnat(time)), _KEYS[dialect][1 if dialect else 2], "not a day like 2024-01-31"
    )
    readable &= named & ~np.isnat(time)
    return {
        "year": pc.utf8_slice_codeunits(day, 0, 4).to_pandas().astype(TEXT),
        "station_id": station.to_pandas().astype(TEXT),
        "day": pd.Series(time).dt.tz_localize("UTC").astype(TIME),
        "phenomena": phenomena.to_pandas().astype(TEXT),
    }


def _days(text: pa.Array) -> np.ndarray:
    return pd.to_datetime(text.to_pandas(), format="%Y-%m-%d", errors="coerce").to_numpy("datetime64[us]")


def _measured(table: Table, dialect: int, rejects: Rejects, readable: np.ndarray) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in _FIELDS:
        name = field.names[dialect]
        read = decoded(table.columns[name], field.missing)
        _set_aside(read, name, rejects, readable)
        number = _restored(read.value) if name.lower() == "stp" else read.value
        if field.reports:
            reports = decoded(table.columns[field.reports[dialect]], "")
            _set_aside(reports, field.reports[dialect], rejects, readable)
            number = np.where(reports.value == 0, np.nan, number)
            if field.column == "temperature_mean_c":
                values["temperature_reports"] = reports.value
        values[field.column] = number * field.scale.factor + field.scale.offset
    values |= {column: _flag(table.columns[names[dialect]]) for column, names in _FLAGS.items()}
    flag = values["precipitation_flag"]
    reported = values["precipitation_mm"]
    values["precipitation_mm"] = np.where(flag.isin(["H", "I"]).to_numpy(bool), np.nan, reported)
    values["precipitation_hours"] = flag.map(_HOURS).to_numpy("float64", na_value=np.nan)
    return values


def _set_aside(read: Decoded, name: str, rejects: Rejects, readable: np.ndarray) -> None:
    rejects.add(np.flatnonzero(read.unreadable), name, "not a number")
    readable &= ~read.unreadable


def _restored(pressure: np.ndarray) -> np.ndarray:
    """Station pressure with the leading 1 that its four digits have no room for."""
    return np.where(pressure < 100, pressure + 1000, pressure)


def _flag(field: pa.Array) -> pd.Series:
    text = _text(field)
    return pc.if_else(pc.equal(text, ""), None, text).to_pandas().astype(TEXT)


def _text(field: pa.Array) -> pa.Array:
    return pc.utf8_trim_whitespace(field.cast(pa.string()))
