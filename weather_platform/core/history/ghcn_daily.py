"""NOAA GHCN-Daily as DAILY rows: what its elements and flags mean.

Belongs here: readings (one station, day and element) made into rows. Does not: the dialects that readings
come in (ghcn_daily_dialects), fetching. Elements and flags are those of the data set's readme.txt, section
III.

A reading that failed any check of the archive is set aside with the check's letter. Amounts "missing presumed
zero" (P) were never measured. Where several elements give one column (the fastest minute and the fastest two
minutes), the first of the list counts. Each reading kept is exactly one value in the rows.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from weather_platform.core.contracts.truth import DAILY
from weather_platform.core.history.finish import quarantine, repeat, utc
from weather_platform.core.history.format import File, FileRows
from weather_platform.core.history.ghcn_daily_dialects import read_readings
from weather_platform.core.history.ghcn_daily_readings import Readings
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.tables.dtypes import TEXT
from weather_platform.core.tables.schema import conform

SOURCE = "ghcn_daily"
# Element → (contract column, parts of its unit that the element is in); of one column the earlier counts.
ELEMENTS = {
    "TMAX": ("temperature_max_c", 10),
    "TMIN": ("temperature_min_c", 10),
    "TAVG": ("temperature_mean_c", 10),
    "PRCP": ("precipitation_mm", 10),
    "SNWD": ("snow_depth_mm", 1),
    "AWND": ("wind_speed_mean_m_s", 10),
    "WSF2": ("wind_speed_max_m_s", 10),
    "WSF1": ("wind_speed_max_m_s", 10),
    "WSF5": ("wind_gust_max_m_s", 10),
    "WSFG": ("wind_gust_max_m_s", 10),
    "WSFI": ("wind_gust_max_m_s", 10),
    "ADPT": ("dew_point_mean_c", 10),
    "ASLP": ("pressure_msl_mean_hpa", 10),
    "ASTP": ("surface_pressure_mean_hpa", 10),
}
_COLUMNS = list(dict.fromkeys(column for column, _ in ELEMENTS.values()))
_PARTS = np.array([*(parts for _, parts in ELEMENTS.values()), np.nan])
_COLUMN_OF = np.array([*(_COLUMNS.index(column) for column, _ in ELEMENTS.values()), -1])
_LOW = np.array([DAILY.by_name[column].ge for column in _COLUMNS], float)
_HIGH = np.array([DAILY.by_name[column].le for column in _COLUMNS], float)
_BLANK = ord(" ")
NO_VALUE, PRESUMED, TAKEN = (
    "no value",
    "missing presumed zero by the archive",
    "another reading of the day was taken",
)


class _Cells(NamedTuple):
    """Readings that are kept: `reading` (position), `row`, `column` of the table, and `value`."""

    reading: np.ndarray
    row: np.ndarray
    column: np.ndarray
    value: np.ndarray


def read_ghcn_daily(file: File) -> FileRows:
    """DAILY rows of a file in any of the archive's layouts, compressed or not; counts are of readings."""
    readings = read_readings(file)
    element = _known(readings)
    left = Counter({NO_VALUE: int((np.isnan(readings.value) & ~readings.unreadable).sum())})
    waiting = ~np.isnan(readings.value)
    foreign = waiting & (element == len(ELEMENTS))
    counts = np.bincount(readings.element[foreign], minlength=len(readings.elements)).tolist()
    left.update({f"not of the contract: {n}": c for n, c in zip(readings.elements, counts, strict=True)})
    waiting &= ~foreign
    value = readings.value / _PARTS[element]
    column = _COLUMN_OF[element]
    rejects = _rejects(readings, waiting, value, column)
    waiting &= ~rejects.at_fault
    presumed = waiting & (readings.measurement == ord("P"))
    left[PRESUMED] = int(presumed.sum())
    cells, keys = _placed(readings, np.flatnonzero(waiting & ~presumed), element, value, column)
    left[TAKEN] = int((waiting & ~presumed).sum()) - len(cells.reading)
    rows = _table(readings, cells, keys)
    return FileRows(
        rows,
        quarantine(rejects.rejects, SOURCE, file, rows),
        len(readings.value) + len(readings.malformed),
        len(cells.reading),
        {reason: count for reason, count in left.items() if count},
    )


def _known(readings: Readings) -> np.ndarray:
    """Per reading the position of its element in `ELEMENTS`, or their number."""
    order = {name: number for number, name in enumerate(ELEMENTS)}
    return np.array([order.get(name, len(order)) for name in readings.elements], np.int8)[readings.element]


class _Rejected(NamedTuple):
    rejects: Rejects
    at_fault: np.ndarray


def _rejects(readings: Readings, waiting: np.ndarray, value: np.ndarray, column: np.ndarray) -> _Rejected:
    """What is set aside: no day, a failed check, or no weather."""
    with np.errstate(invalid="ignore"):
        outside = waiting & ((value < _LOW[column]) | (value > _HIGH[column]))
    faults = [
        (readings.unreadable, "value", "not a number"),
        (waiting & np.isnat(readings.day), "day", "no day of the calendar"),
        (waiting & (readings.station < 0), "station", "not an id of GHCN, as USW00094728"),
        (outside, "value", "outside what the contract allows once in its unit"),
    ]
    failed = waiting & (readings.quality != _BLANK)
    for letter in np.unique(readings.quality[failed]).tolist():
        reason = f"failed the archive's check {chr(letter)}"
        faults.append((failed & (readings.quality == letter), "quality", reason))
    at_fault = np.logical_or.reduce([mask for mask, _, _ in faults])
    where = np.flatnonzero(at_fault)
    rejects = Rejects(_texts(readings, where), where)
    beyond = len(readings.value)  # lines that hold no readings stand behind all readings
    torn = [(beyond + number, text) for number, (_, text) in enumerate(readings.malformed)]
    rejects.add_malformed(torn, "the row has more or fewer fields than the layout")
    for mask, name, reason in faults:
        rejects.add(np.searchsorted(where, np.flatnonzero(mask)), name, reason)
    return _Rejected(rejects, at_fault)


def _texts(readings: Readings, where: np.ndarray) -> dict[str, pa.Array]:
    stations, elements = np.array([*readings.stations, ""], object), np.array(readings.elements, object)
    return {
        "station": pa.array(stations[readings.station[where]], pa.string()),
        "day": pa.array(readings.day[where].astype("datetime64[D]").astype(str), pa.string()),
        "element": pa.array(elements[readings.element[where]], pa.string()),
        "value": pa.array(readings.texts(where), pa.string()),
        "quality": pa.array([chr(letter) for letter in readings.quality[where].tolist()], pa.string()),
    }


def _placed(
    readings: Readings, kept: np.ndarray, element: np.ndarray, value: np.ndarray, column: np.ndarray
) -> tuple[_Cells, np.ndarray]:
    """Readings by row and column, one for each cell, and the rows' keys (station and day in one number)."""
    day = readings.day[kept].astype("datetime64[D]").astype(np.int64)
    key = (readings.station[kept].astype(np.int64) << 32) + day + (1 << 31)
    keys, row = np.unique(key, return_inverse=True)
    cell = row * len(_COLUMNS) + column[kept]
    best = np.full(len(keys) * len(_COLUMNS), len(ELEMENTS) * len(readings.value) + 1)
    # The earlier element of the list stands, and of one element the later reading.
    rank = element[kept].astype(np.int64) * len(readings.value) + (len(readings.value) - 1 - kept)
    np.minimum.at(best, cell, rank)
    chosen = best[cell] == rank
    kept, row = kept[chosen], row[chosen]
    return _Cells(kept, row, column[kept], value[kept]), keys


def _table(readings: Readings, cells: _Cells, keys: np.ndarray) -> pd.DataFrame:
    wide = np.full((len(_COLUMNS), len(keys)), np.nan)
    wide[cells.column, cells.row] = cells.value
    measurement = np.full((len(_COLUMNS), len(keys)), _BLANK, np.uint8)
    measurement[cells.column, cells.row] = readings.measurement[cells.reading]
    by_name = dict(zip(_COLUMNS, wide, strict=True))
    marks = dict(zip(_COLUMNS, measurement, strict=True))
    days = ((keys & 0xFFFFFFFF) - (1 << 31)).astype("datetime64[D]")
    years = (days.astype("datetime64[Y]").astype(int) + 1970).astype(str)
    stations = pa.array(readings.stations, pa.string()).take(pa.array(keys >> 32))
    frame = pd.DataFrame(
        {
            **by_name,
            "station_id": stations.to_pandas().astype(TEXT),
            "source": repeat(SOURCE, len(keys)),
            "year": pd.Series(years).astype(TEXT),
            "day": utc(days),
            "precipitation_hours": np.where(np.isfinite(by_name["precipitation_mm"]), 24.0, np.nan),
            "precipitation_flag": _letters(marks["precipitation_mm"]),
            "temperature_max_flag": _hourly(marks["temperature_max_c"]),
            "temperature_min_flag": _hourly(marks["temperature_min_c"]),
        }
    )
    return conform(frame, DAILY).reset_index(drop=True)


def _letters(marks: np.ndarray) -> pd.Series:
    names = pa.array([chr(i) if i not in (0, _BLANK) else None for i in range(256)], pa.string())
    return names.take(pa.array(marks)).to_pandas().astype(TEXT)


def _hourly(marks: np.ndarray) -> pd.Series:
    """GSOD's mark for a highest or lowest temperature that is of hourly reports alone."""
    return pd.Series(pd.NA, index=range(len(marks)), dtype=TEXT).mask(marks == ord("H"), "*")
