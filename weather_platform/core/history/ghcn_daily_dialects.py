"""The layouts of GHCN-Daily: station files of fixed width, and four kinds of comma-separated text.

Belongs here: finding out which one a file is, and its readings. Does not: what elements and flags mean
(ghcn_daily).

- `.dly`: a line per station, month and element with 31 slots of value and three flags.
- by_year: no header, `ID,YYYYMMDD,ELEMENT,VALUE,M,Q,S,HHMM`; by_station the same, in newer copies headed.
- BigQuery's `ghcn_d.ghcnd_YYYY`: the same columns by other names.
- access: wide, a column per element with `<ELEMENT>_ATTRIBUTES` of "M,Q,S" beside it.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.history.delimited import LINES, header_of
from weather_platform.core.history.fields import decoded, distinct
from weather_platform.core.history.finish import unpacked_text
from weather_platform.core.history.fixed_width import integers, lines_of
from weather_platform.core.history.format import File
from weather_platform.core.observations.table import Limits, ObservationFileError, Table, read_table

_MISSING = -9999
_BLANK = ord(" ")
_DLY_WIDTH, _DAYS, _FLAGS = 269, 31, 3
_DLY_LINE = re.compile(rb"[A-Z]{2}[A-Z0-9_\-]{9}\d{6}[A-Z0-9]{4}")
_BARE_LINE = re.compile(rb"[A-Z]{2}[A-Z0-9_\-]{9},\d{8},[A-Z0-9]{4},")
_STATION = re.compile(r"(?<![A-Z0-9])([A-Z]{2}[A-Z0-9_\-]{9})(?![A-Z0-9])")
_BARE = "ID,DATE,ELEMENT,DATA_VALUE,M_FLAG,Q_FLAG,S_FLAG,OBS_TIME"
# What long tables call station, day, element, value, measurement flag and quality flag.
_LONG = (
    ("ID", "DATE", "ELEMENT", "DATA_VALUE", "M_FLAG", "Q_FLAG"),
    ("id", "date", "element", "value", "mflag", "qflag"),
    ("", "date", "attr", "value", "a", "b"),
)
_ELEMENT = re.compile(r"[A-Z][A-Z0-9]{3}")


class Readings(NamedTuple):
    """One entry per reading. `station` and `element` are positions in the names (−1: none), `day` is
    datetime64[D], `value` as on the wire, `measurement` and `quality` flags as bytes, blank for none. `texts`
    gives the fields that the values at some positions were read from.
    """

    stations: list[str]
    elements: list[str]
    station: np.ndarray
    day: np.ndarray
    element: np.ndarray
    value: np.ndarray
    measurement: np.ndarray
    quality: np.ndarray
    unreadable: np.ndarray
    malformed: list[tuple[int, str]]
    texts: Callable[[np.ndarray], list[str | None]]


def read_readings(file: File) -> Readings:
    """Readings of a file in any layout. Raises ObservationFileError for one that is in none."""
    if file.data.startswith(b"PAR1"):
        return _long(read_table(file.data, list(_LONG[1]), LINES, Limits()), _LONG[1], file)
    text = unpacked_text(file)
    if _DLY_LINE.match(text):
        return _fixed(text)
    if _BARE_LINE.match(text):
        width = text.split(b"\n", 1)[0].count(b",") + 1
        text = ",".join(_BARE.split(",")[:width]).encode() + b"\n" + text
    header = header_of(text, LINES)
    for names in _LONG:
        if all(name in header for name in names if name):
            return _long(read_table(text, [name for name in names if name], LINES, Limits()), names, file)
    elements = [name for name in header if _ELEMENT.fullmatch(name) and f"{name}_ATTRIBUTES" in header]
    if "FRSHTT" in header:
        raise ObservationFileError("that is GSOD, with inches and °F under the same names; read it as gsod")
    if elements and {"STATION", "DATE"} <= set(header):
        wanted = ["STATION", "DATE", *elements, *(f"{name}_ATTRIBUTES" for name in elements)]
        return _wide(read_table(text, wanted, LINES, Limits()), elements)
    raise ObservationFileError(
        "not GHCN-Daily: neither lines of .dly, nor a table with date, element and value, nor one with "
        f"<ELEMENT>_ATTRIBUTES; it begins with {', '.join(header)[:120]!r}"
    )


def _fixed(text: bytes) -> Readings:
    lines = lines_of(text, _DLY_WIDTH, blank=_FLAGS)
    slots = [(21 + 8 * day, 26 + 8 * day) for day in range(_DAYS)]
    read = integers(lines.cells, [(11, 15), (15, 17), *slots])
    year, month = read.value[:, 0], read.value[:, 1]
    dated = (month >= 1) & (month <= 12)
    months = np.where(dated, (year - 1970) * 12 + month - 1, 0).astype(np.int64).astype("datetime64[M]")
    day = months.astype("datetime64[D]")[:, None] + np.arange(_DAYS)
    day[(day.astype("datetime64[M]") != months[:, None]) | ~dated[:, None]] = np.datetime64("NaT")
    stations, station = _coded(lines.cells[:, :11])
    elements, element = _coded(lines.cells[:, 17:21])
    flags = lines.cells[:, 21:].reshape(len(lines.cells), _DAYS, 8)
    value = read.value[:, 2:].reshape(-1)
    return Readings(
        stations,
        elements,
        np.repeat(station, _DAYS),
        day.reshape(-1),
        np.repeat(element, _DAYS),
        np.where(value == _MISSING, np.nan, value),
        flags[:, :, 5].reshape(-1),
        flags[:, :, 6].reshape(-1),
        read.unreadable[:, 2:].reshape(-1),
        lines.malformed,
        lambda where: [
            cells.tobytes().decode("latin-1").strip() for cells in flags[where // _DAYS, where % _DAYS, :5]
        ],
    )


def _coded(cells: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Distinct texts of a few columns, and each line's position among them."""
    texts = np.ascontiguousarray(cells).view(f"S{cells.shape[1]}").reshape(-1)
    names, codes = np.unique(texts, return_inverse=True)
    return [name.decode("latin-1").strip() for name in names.tolist()], codes


def _long(table: Table, names: tuple[str, ...], file: File) -> Readings:
    id_, date, element, value, measurement, quality = (table.columns.get(name) for name in names)
    stations, station = _named(id_, file, len(table.row))
    elements = _trimmed(element).dictionary_encode()
    read = decoded(value, str(_MISSING))
    return Readings(
        stations,
        elements.dictionary.to_pylist(),
        station,
        distinct(_trimmed(date), _days),
        elements.indices.to_numpy(zero_copy_only=False),
        read.value,
        _flag(measurement),
        _flag(quality),
        read.unreadable,
        table.malformed,
        lambda where: table.columns[names[3]].take(pa.array(where)).cast(pa.string()).to_pylist(),
    )


def _wide(table: Table, elements: list[str]) -> Readings:
    stations, station = _identified(table.columns["STATION"])
    day = distinct(_trimmed(table.columns["DATE"]), _days)
    read = [decoded(table.columns[name], str(_MISSING)) for name in elements]
    # NCEI's data service writes the same columns in °C and mm, or °F and inches: 83 and 0.00 when dry.
    inches = (pc.match_substring_regex(_trimmed(table.columns[name]), r"\.\d\d") for name in elements)
    if any((np.nan_to_num(part.value) % 1 != 0).any() for part in read) or any(map(_any, inches)):
        raise ObservationFileError(
            "GHCN-Daily's values are whole tenths, but some have decimals: NCEI's data service writes so "
            "with units=metric or units=standard; ask it without units, or fetch the file of access/"
        )
    flags = [pc.split_pattern(_trimmed(table.columns[f"{name}_ATTRIBUTES"]), ",") for name in elements]
    count = len(table.row)
    return Readings(
        stations,
        elements,
        np.tile(station, len(elements)),
        np.tile(day, len(elements)),
        np.repeat(np.arange(len(elements)), count),
        np.concatenate([part.value for part in read]),
        np.concatenate([_part(each, 0) for each in flags]),
        np.concatenate([_part(each, 1) for each in flags]),
        np.concatenate([part.unreadable for part in read]),
        table.malformed,
        lambda where: [
            pc.cast(table.columns[elements[at // count]][at % count], pa.string()).as_py()
            for at in where.tolist()
        ],
    )


def _any(mask: pa.Array) -> bool:
    return bool(pc.any(mask).as_py())


def _named(ids: pa.Array | None, file: File, rows: int) -> tuple[list[str], np.ndarray]:
    """Stations of a column, or the one that the file's name tells."""
    if ids is not None:
        return _identified(ids)
    found = _STATION.search(file.station or file.name)
    if found is None:
        raise ObservationFileError(
            f"which station is it? Neither a column nor the name {file.station or file.name!r} tells, as in "
            "USW00094728.csv; give --param station=USW00094728"
        )
    return [found[1]], np.zeros(rows, np.int64)


def _identified(ids: pa.Array) -> tuple[list[str], np.ndarray]:
    encoded = _trimmed(ids).dictionary_encode()
    names = encoded.dictionary.to_pylist()
    good = np.array([_STATION.fullmatch(name) is not None for name in names], bool)
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    return names, np.where(good[codes], codes, -1)


def _trimmed(field: pa.Array) -> pa.Array:
    return pc.fill_null(pc.utf8_trim_whitespace(field.cast(pa.string())), "")


def _days(texts: pa.Array) -> np.ndarray:
    """Days as 20240131 or 2024-01-31; NaT for anything else."""
    plain = pc.replace_substring(texts, "-", "")
    parsed = pd.to_datetime(plain.to_pandas(), format="%Y%m%d", errors="coerce")
    return parsed.to_numpy().astype("datetime64[D]")


def _flag(field: pa.Array) -> np.ndarray:
    return distinct(_trimmed(field), _bytes)


def _part(attributes: pa.Array, number: int) -> np.ndarray:
    lengths = pc.fill_null(pc.list_value_length(attributes), 0).to_numpy(zero_copy_only=False)
    flat, starts = attributes.flatten(), attributes.offsets.to_numpy()[:-1]
    where = pa.array(np.where(lengths > number, starts + number, 0))
    letters = _flag(flat.take(where)) if len(flat) else np.full(len(lengths), _BLANK, np.uint8)
    return np.where(lengths > number, letters, _BLANK).astype(np.uint8)


def _bytes(texts: pa.Array) -> np.ndarray:
    return np.array([_byte(text) for text in texts.to_pylist()], np.uint8)


def _byte(text: str) -> int:
    """A flag of more than one letter, which no layout has, is kept as a question mark: never as passed."""
    return _BLANK if not text else ord(text) if len(text) == 1 and text.isascii() else ord("?")
