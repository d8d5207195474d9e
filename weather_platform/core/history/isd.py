"""NOAA Integrated Surface Database, full: lines of 105 fixed columns and named parts of any order after them.

Belongs here: those of its some hundred elements that the contract has a column for: wind, visibility,
temperature, dew point and pressure of the mandatory part; precipitation (AA1 to AA4), sky cover (GF1),
station pressure (MA1) and gust (OC1) of the additional one. Does not: fetching, places. Layout and codes are
those of NCEI's isd-format-document.pdf.

A value that the archive marks as erroneous (3, 7) is refused and counted; a suspect one (2, 6) makes its row
suspect. Of several amounts the one over the shortest time counts; where its condition says that it is not
whole, it is refused as well. Remarks hold free text that looks like elements, so that nothing is read beyond
their mark.
"""

import re
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.contracts.truth import STATION_REPORT
from weather_platform.core.history.finish import finished, instants_of, repeat, unpacked, utc
from weather_platform.core.history.fixed_width import Lines, integers, lines_of
from weather_platform.core.history.format import File, FileRows
from weather_platform.core.history.marks import ERRONEOUS, Marked, marked
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.table import ObservationFileError
from weather_platform.core.tables.dtypes import TEXT

SOURCE = "isd"
_WIDTH, _LONGEST = 105, 1 << 30
_FIRST = re.compile(rb"\d{4}[0-9A-Z]{6}\d{5}\d{12}.[+-]\d{5}[+-]\d{6}")
_TIME = ((15, 19), (19, 21), (21, 23), (23, 25), (25, 27))


class _Field(NamedTuple):
    """A mandatory field: its columns, those of its quality mark, the number that means none, and the parts
    of the contract's unit that it counts."""

    columns: tuple[int, int]
    mark: int
    missing: int
    parts: int


_FIELDS = {
    "wind_direction_deg": _Field((60, 63), 63, 999, 1),
    "wind_speed_m_s": _Field((65, 69), 69, 9999, 10),
    "visibility_m": _Field((78, 84), 84, 999_999, 1),
    "temperature_c": _Field((87, 92), 92, 9999, 10),
    "dew_point_c": _Field((93, 98), 98, 9999, 10),
    "pressure_msl_hpa": _Field((99, 104), 104, 99_999, 10),
}
_AMOUNT = r"{name}(?P<hours>\d{{2}})(?P<value>\d{{4}})(?P<condition>[0-9A-Z])(?P<mark>[0-9A-Z])"
# Conditions of an amount: impossible to measure, of an accumulated, deleted or missing period, incomplete.
_NOT_WHOLE = pa.array(list("1345678IJ"))
_AMOUNTS = tuple(_AMOUNT.format(name=f"AA{number}") for number in range(1, 5))
_SKY = r"GF1(?P<value>\d{2})\d{2}(?P<mark>[0-9A-Z])"
_STATION_PRESSURE = r"MA1\d{5}[0-9A-Z](?P<value>\d{5})(?P<mark>[0-9A-Z])"
_GUST = r"OC1(?P<value>\d{4})(?P<mark>[0-9A-Z])"


def read_isd(file: File) -> FileRows:
    """STATION_REPORT rows of a file as NCEI serves it, compressed or not."""
    lines = lines_of(unpacked(file), _WIDTH, more=True)
    if not len(lines.row) or not _FIRST.match(lines.cells[0].tobytes()):
        raise ObservationFileError(
            "not ISD: its first line does not begin with length, station, time and position"
        )
    rejects = Rejects({"line": lines.texts}, lines.row)
    rejects.add_malformed(lines.malformed, f"the line is shorter than {_WIDTH} characters")
    fields = [field.columns for field in _FIELDS.values()]
    read = integers(lines.cells, [*_TIME, *fields])
    readable = ~read.unreadable.any(axis=1)
    for number in np.flatnonzero(read.unreadable.any(axis=0)).tolist():
        name = "time" if number < len(_TIME) else list(_FIELDS)[number - len(_TIME)]
        rejects.add(np.flatnonzero(read.unreadable[:, number]), name, "not a whole number")
    time = instants_of(*read.value.T[: len(_TIME)])
    rejects.add(np.flatnonzero(readable & np.isnat(time)), "time", "date and time are no time")
    readable &= ~np.isnat(time)
    values = _mandatory(lines, read.value[:, len(_TIME) :]) | _additional(lines)
    checked = marked(values)
    station = pc.binary_join_element_wise(_text(lines, 4, 10), _text(lines, 10, 15), "-")
    columns = checked.columns | {
        "file": repeat(file.name, len(lines.row)),
        "station_id": station.to_pandas().astype(TEXT),
        "report": _text(lines, 41, 46).to_pandas().astype(TEXT),
        "time": utc(time),
    }
    return finished(
        columns,
        STATION_REPORT,
        rejects,
        readable,
        source=SOURCE,
        file=file,
        wire={},
        malformed=len(lines.malformed),
        refused=checked.refused,
    )


def _mandatory(lines: Lines, wire: np.ndarray) -> dict[str, Marked]:
    values = {}
    for number, (name, field) in enumerate(_FIELDS.items()):
        value = np.where(wire[:, number] == field.missing, np.nan, wire[:, number] / field.parts)
        values[name] = Marked(value, lines.cells[:, field.mark])
    return values


def _additional(lines: Lines) -> dict[str, Marked]:
    """Values of the named parts, and under `interval_hours` the time that the amount is over."""
    # Call letters, which stand before, may be REM as well.
    behind = pc.utf8_slice_codeunits(lines.texts, _WIDTH, _LONGEST)
    elements = pc.list_element(pc.split_pattern(behind, "REM", max_splits=1), 0)
    sky, station, gust = (_element(elements, pattern) for pattern in (_SKY, _STATION_PRESSURE, _GUST))
    amount, hours = _shortest(elements)
    return {
        "cloud_cover": sky._replace(value=np.where(sky.value <= 8, sky.value / 8, np.nan)),
        "surface_pressure_hpa": station._replace(
            value=np.where(station.value == 99_999, np.nan, station.value / 10)
        ),
        "wind_gust_m_s": gust._replace(value=np.where(gust.value == 9999, np.nan, gust.value / 10)),
        "precipitation_mm": amount,
        "interval_hours": Marked(hours, np.zeros(len(hours), np.uint8)),
    }


def _shortest(elements: pa.Array) -> tuple[Marked, np.ndarray]:
    """Of the amounts of each line the one over the fewest hours, mm, and those hours; one where none is."""
    best = Marked(np.full(len(elements), np.nan), np.zeros(len(elements), np.uint8))
    hours = np.full(len(elements), 99.0)
    for pattern in _AMOUNTS:
        if not pc.any(pc.match_substring(elements, pattern[:3])).as_py():
            break  # elements of a kind are numbered without gaps
        found = _element(elements, pattern)
        parts = pc.extract_regex(elements, pattern)
        period = _number(parts, "hours")
        torn = pc.is_in(pc.struct_field(parts, "condition"), value_set=_NOT_WHOLE)
        mark = np.where(torn.to_numpy(zero_copy_only=False), ERRONEOUS, found.mark)
        better = (found.value != 9999) & np.isfinite(found.value) & (period >= 1) & (period < hours)
        better &= period <= 24
        hours = np.where(better, period, hours)
        best = Marked(np.where(better, found.value / 10, best.value), np.where(better, mark, best.mark))
    return best, np.where(hours == 99, 1, hours)


def _element(elements: pa.Array, pattern: str) -> Marked:
    """An element's number and its quality mark, NaN and 0 where a line has none."""
    found = pc.extract_regex(elements, pattern)
    mark = pc.fill_null(pc.struct_field(found, "mark"), "0").dictionary_encode()
    codes = np.frombuffer("".join(mark.dictionary.to_pylist()).encode(), "u1")
    return Marked(_number(found, "value"), codes[mark.indices.to_numpy()])


def _number(found: pa.Array, name: str) -> np.ndarray:
    text = pc.struct_field(found, name)
    return np.asarray(text.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=float)


def _text(lines: Lines, first: int, after: int) -> pa.Array:
    return pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(lines.texts, first, after)).cast(pa.string())
