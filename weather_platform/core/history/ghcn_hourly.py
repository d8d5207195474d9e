"""NOAA GHCN-Hourly, the successor of ISD: pipe-separated text, each variable with its marks beside it.

Belongs here: the columns and codes of NCEI's GHCNh documentation, in both layouts (the time in DATE, or in
Year to Minute). Does not: fetching, places.

Traps: a direction of 999 is variable or calm, and 0 calm; visibility is in kilometres, all else in the
contract's units. Amounts over 1 to 24 hours stand in columns of their own: the shortest present counts.
Marks of old sources (codes 313 to 346) are ISD's, where some letters mean "edited and good"; of all others a
letter names the test that the value failed.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.contracts.truth import STATION_REPORT
from weather_platform.core.history.delimited import read_delimited
from weather_platform.core.history.fields import decoded, distinct
from weather_platform.core.history.finish import finished, instants_of, repeat, utc
from weather_platform.core.history.format import File, FileRows
from weather_platform.core.history.marks import ERRONEOUS, Marked, marked
from weather_platform.core.observations.mapping import Csv, Time
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.table import ObservationFileError, Table
from weather_platform.core.observations.times import instants
from weather_platform.core.quantities.units import affine
from weather_platform.core.tables.dtypes import TEXT

SOURCE = "ghcn_hourly"
_CSV = Csv(delimiter="|", quoted=False)
_STATION = ("Station_ID", "STATION")
_PARTS = ("Year", "Month", "Day", "Hour", "Minute")
# Contract column → (column, unit).
_MEASURED = {
    "temperature_c": ("temperature", "°C"),
    "dew_point_c": ("dew_point_temperature", "°C"),
    "relative_humidity": ("relative_humidity", "%"),
    "pressure_msl_hpa": ("sea_level_pressure", "hPa"),
    "surface_pressure_hpa": ("station_level_pressure", "hPa"),
    "visibility_m": ("visibility", "km"),
    "wind_speed_m_s": ("wind_speed", "m/s"),
    "wind_direction_deg": ("wind_direction", "°"),
    "wind_gust_m_s": ("wind_gust", "m/s"),
}
_AMOUNTS = {1: "precipitation"} | {hours: f"precipitation_{hours}_hour" for hours in range(3, 25, 3)}
# Newer files keep the layers of METARs under "summation", those of SYNOPs under "layer".
_SKY = tuple(f"sky_cover{kind}_{layer}" for kind in ("", "_summation", "_layer") for layer in range(1, 5))
_VARIABLES = (*(name for name, _ in _MEASURED.values()), *_AMOUNTS.values(), *_SKY)
_BESIDE = ("_Quality_Code", "_Report_Type", "_Source_Code")
_OLD_SOURCES = {str(code) for code in range(313, 347)}
_GOOD_LETTERS = frozenset("ACIMPRU")


def read_ghcn_hourly(file: File) -> FileRows:
    """STATION_REPORT rows of a .psv file, compressed or not."""
    beside = [name + suffix for name in _VARIABLES for suffix in _BESIDE]
    table = read_delimited(file, "GHCN-Hourly", (), [*_STATION, "DATE", *_PARTS, *_VARIABLES, *beside], _CSV)
    station = next((name for name in _STATION if name in table.columns), None)
    if station is None or not table.columns.keys() & set(_VARIABLES):
        raise ObservationFileError("not GHCN-Hourly: no Station_ID, or none of its variables")
    rejects = Rejects(table.columns, table.row)
    rejects.add_malformed(table.malformed, "the row has more or fewer fields than the header")
    readable = np.ones(len(table.row), dtype=bool)
    time = _time(table, rejects, readable)
    values = _measured(table, rejects, readable) | _amounts(table, rejects, readable) | _sky(table)
    checked = marked(values)
    ids = pc.utf8_trim_whitespace(table.columns[station])
    columns = checked.columns | {
        "file": repeat(file.name, len(table.row)),
        "station_id": ids.to_pandas().astype(TEXT),
        "report": _reports(table).to_pandas().astype(TEXT),
        "time": utc(time),
    }
    return finished(
        columns,
        STATION_REPORT,
        rejects,
        readable,
        source=SOURCE,
        file=file,
        wire={name: wire for name, (wire, _) in _MEASURED.items()} | {"station_id": station},
        malformed=len(table.malformed),
        refused=checked.refused,
    )


def _time(table: Table, rejects: Rejects, readable: np.ndarray) -> np.ndarray:
    if "DATE" in table.columns:
        series, how = np.zeros(len(readable), np.int64), Time(column="DATE", zone="UTC")
        time, column = instants([table.columns["DATE"]], how, series).time, "DATE"
    elif all(name in table.columns for name in _PARTS[:4]):
        parts = [decoded(table.columns[name], "").value for name in _PARTS if name in table.columns]
        time, column = instants_of(*parts), "Year"
    else:
        raise ObservationFileError("not GHCN-Hourly: neither DATE nor Year, Month, Day and Hour")
    rejects.add(np.flatnonzero(np.isnat(time)), column, "no time")
    readable &= ~np.isnat(time)
    return time


def _number(table: Table, name: str, rejects: Rejects, readable: np.ndarray) -> np.ndarray:
    """A column's numbers, NaN where it is not there."""
    if name not in table.columns:
        return np.full(len(readable), np.nan)
    read = decoded(table.columns[name], "-9999")
    rejects.add(np.flatnonzero(read.unreadable), name, "not a number")
    readable &= ~read.unreadable
    return read.value


def _measured(table: Table, rejects: Rejects, readable: np.ndarray) -> dict[str, Marked]:
    values = {}
    for column, (name, unit) in _MEASURED.items():
        number = _number(table, name, rejects, readable)
        if column == "wind_direction_deg":
            number = np.where((number == 0) | (number == 999), np.nan, number)
        scale = affine(unit, column)
        values[column] = Marked(number * scale.factor + scale.offset, _marks(table, name))
    return values


def _amounts(table: Table, rejects: Rejects, readable: np.ndarray) -> dict[str, Marked]:
    amount = np.full(len(readable), np.nan)
    mark, hours = np.zeros(len(readable), np.uint8), np.ones(len(readable))
    for period, name in reversed(_AMOUNTS.items()):
        number = _number(table, name, rejects, readable)
        present = np.isfinite(number)
        amount, hours = np.where(present, number, amount), np.where(present, period, hours)
        mark = np.where(present, _marks(table, name), mark)
    return {
        "precipitation_mm": Marked(amount, mark),
        "interval_hours": Marked(hours, np.zeros(len(readable), np.uint8)),
    }


def _sky(table: Table) -> dict[str, Marked]:
    """The share of the most covering layer. A layer is `BKN:07`, oktas after the colon; 9 and 10 were not
    seen.
    """
    cover = np.full(len(table.row), np.nan)
    mark = np.zeros(len(table.row), np.uint8)
    for name in _SKY:
        if name in table.columns:
            oktas = distinct(pc.fill_null(table.columns[name], ""), _oktas)
            more = np.isfinite(oktas) & ~(cover >= oktas / 8)
            cover, mark = np.where(more, oktas / 8, cover), np.where(more, _marks(table, name), mark)
    return {"cloud_cover": Marked(cover, mark)}


def _oktas(texts: pa.Array) -> np.ndarray:
    code = pc.struct_field(pc.extract_regex(texts, r"^\s*[A-Z]+:(?P<oktas>\d{2})"), "oktas")
    number = code.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(number <= 8, number, np.nan)


def _marks(table: Table, name: str) -> np.ndarray:
    """Quality marks in ISD's codes: a letter that names a failed test is 3, erroneous."""
    quality = table.columns.get(f"{name}_Quality_Code")
    if quality is None:
        return np.zeros(len(table.row), np.uint8)
    source = table.columns.get(f"{name}_Source_Code", pa.nulls(len(table.row), pa.string()))
    both = pc.binary_join_element_wise(pc.fill_null(source, ""), pc.fill_null(quality, ""), "|")
    return distinct(both, lambda texts: np.array([_code(text) for text in texts.to_pylist()], np.uint8))


def _code(source_and_mark: str) -> int:
    source, _, mark = source_and_mark.partition("|")
    mark = mark.strip()
    if not mark or (source.strip() in _OLD_SOURCES and mark in _GOOD_LETTERS):
        return 0
    return ord(mark) if len(mark) == 1 and mark.isascii() and mark.isdigit() else ERRONEOUS


def _reports(table: Table) -> pa.Array:
    """The kind of report of a row's first variable that has one."""
    kinds = [
        pc.if_else(pc.equal(pc.utf8_trim_whitespace(column), ""), None, column)
        for name in _VARIABLES
        if (column := table.columns.get(f"{name}_Report_Type")) is not None
    ]
    empty = pa.array([""] * len(table.row), pa.string())
    return pc.coalesce(*kinds, empty)
