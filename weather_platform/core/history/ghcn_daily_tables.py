"""The comma-separated layouts of GHCN-Daily as readings: a row for each, or a column for each element.

Belongs here: fields of such tables, and the station that a name tells. Does not: which layout a file is in
(ghcn_daily_dialects).
"""

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.history.fields import decoded, distinct
from weather_platform.core.history.format import File
from weather_platform.core.history.ghcn_daily_readings import MISSING, Readings
from weather_platform.core.observations.table import ObservationFileError, Table

_BLANK = ord(" ")
_STATION = re.compile(r"(?<![A-Z0-9])([A-Z]{2}[A-Z0-9_\-]{9})(?![A-Z0-9])")


def long_table(table: Table, names: tuple[str, ...], file: File) -> Readings:
    id_, date, element, value, measurement, quality = (table.columns.get(name) for name in names)
    stations, station = _named(id_, file, len(table.row))
    elements = _trimmed(element).dictionary_encode()
    read = decoded(value, str(MISSING))
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


def wide_table(table: Table, elements: list[str]) -> Readings:
    stations, station = _identified(table.columns["STATION"])
    day = distinct(_trimmed(table.columns["DATE"]), _days)
    read = [decoded(table.columns[name], str(MISSING)) for name in elements]
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
