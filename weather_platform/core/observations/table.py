"""A file of observations as columns: CSV, gzip or zstd of it, or Parquet, told apart by their first bytes.

Belongs here: which columns a file has. Does not: decompression (unpack), or what the columns mean.
CSV fields are kept as text, so that one bad field is one bad row and not the whole file; Parquet columns
keep their types.
"""

import io
from collections.abc import Sequence
from csv import reader as csv_reader
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from weather_platform.core.observations.mapping import Csv
from weather_platform.core.observations.unpack import UnpackError, unpack

_NO_TEXT = "\ufffd"


class ObservationFileError(ValueError):
    """A file of observations that cannot be read at all; the message says why and what to do."""


@dataclass(frozen=True)
class Limits:
    """What a file may cost. A decompressed size of `free_bytes` is fine whatever the ratio."""

    bytes: int = 1_000_000_000
    decompressed_bytes: int = 4_000_000_000
    ratio: int = 100
    free_bytes: int = 64_000_000
    rows: int = 50_000_000


@dataclass(frozen=True)
class Table:
    """Columns by name, all as long as `row`: the position of each row among the file's data rows, from 0.

    `malformed` has the positions of rows with too many or too few fields, and their text.
    """

    columns: dict[str, pa.Array]
    row: np.ndarray
    malformed: list[tuple[int, str]]


def read_table(data: bytes, wanted: Sequence[str], csv: Csv, limits: Limits) -> Table:
    """The wanted columns of a file. Raises ObservationFileError, for a column that is not there among
    others.
    """
    if len(data) > limits.bytes:
        raise ObservationFileError(f"{len(data)} bytes, more than the {limits.bytes} allowed; split the file")
    if not data:
        raise ObservationFileError("the file is empty")
    if data.startswith(b"PAR1"):
        return _read_parquet(data, wanted, limits)
    if data.startswith((b"PK\x03\x04", b"BZh", b"\xfd7zXZ")):
        raise ObservationFileError("a zip, bzip2 or xz archive; unpack it, or compress with gzip or zstd")
    allowed = min(limits.decompressed_bytes, max(limits.free_bytes, limits.ratio * len(data)))
    try:
        return _read_csv(unpack(data, allowed), wanted, csv, limits)
    except UnpackError as error:
        raise ObservationFileError(str(error)) from error


def _as_text(text: bytes, csv: Csv) -> tuple[bytes, bool]:
    """The text, bytes that are no UTF-8 replaced by the sign for it, and whether there were any.

    Arrow forgets a malformed row that has one.
    """
    if csv.encoding.lower() not in ("utf-8", "utf8") or text.isascii():
        return text, False
    try:
        text.decode()
    except UnicodeDecodeError:
        return text.decode(errors="replace").encode(), True
    return text, False


def _read_csv(text: bytes, wanted: Sequence[str], csv: Csv, limits: Limits) -> Table:
    bad: list[Any] = []
    text, replaced = _as_text(text, csv)

    def set_aside(row: Any) -> str:
        bad.append(row)
        return "skip"

    # One thread: only then does Arrow know the numbers of malformed rows.
    read = pacsv.ReadOptions(use_threads=False, skip_rows=csv.skip_rows, encoding=csv.encoding)
    parse = pacsv.ParseOptions(delimiter=csv.delimiter, invalid_row_handler=set_aside)
    convert = pacsv.ConvertOptions(
        include_columns=list(dict.fromkeys(wanted)),
        column_types=dict.fromkeys(wanted, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
    )
    try:
        _check_header(text, wanted, csv)
        table = pacsv.read_csv(pa.BufferReader(text if b"\n" in text else text + b"\n"), read, parse, convert)
        if replaced and any(pc.any(pc.match_substring(column, _NO_TEXT)).as_py() for column in table.columns):
            raise pa.ArrowInvalid("bytes that are no text")
    except (pa.ArrowInvalid, pa.ArrowKeyError, LookupError, UnicodeDecodeError) as error:
        raise ObservationFileError(
            f"cannot be read as text in {csv.encoding} with {csv.delimiter!r} between fields: {error}; "
            "see csv.encoding, csv.delimiter and csv.skip_rows of the mapping"
        ) from error
    first = csv.skip_rows + 2  # Arrow counts lines from 1, and the header is one
    malformed = [(row.number - first, row.text) for row in bad]
    total = len(table) + len(malformed)
    _check_rows(total, limits)
    row = np.delete(np.arange(total), [position for position, _ in malformed])
    return Table({name: table[name].combine_chunks() for name in table.column_names}, row, malformed)


def _check_header(text: bytes, wanted: Sequence[str], csv: Csv) -> None:
    lines = io.BytesIO(text[: 1 << 20])
    for _ in range(csv.skip_rows):
        lines.readline()
    line = lines.readline().decode(csv.encoding).removeprefix("\ufeff")
    header = next(csv_reader([line], delimiter=csv.delimiter), [])
    _check_columns(header, wanted)


def _read_parquet(data: bytes, wanted: Sequence[str], limits: Limits) -> Table:
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        _check_rows(file.metadata.num_rows, limits)
        groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
        size = sum(group.total_byte_size for group in groups)
        if size > limits.decompressed_bytes:
            raise ObservationFileError(
                f"holds {size} bytes, more than {limits.decompressed_bytes}; split the file"
            )
        _check_columns(file.schema_arrow.names, wanted)
        table = file.read(columns=list(dict.fromkeys(wanted)), use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise ObservationFileError(
            f"cannot be read as Parquet: {error}; the file is damaged or cut short"
        ) from error
    columns = {name: table[name].combine_chunks() for name in table.column_names}
    return Table(columns, np.arange(len(table)), [])


def _check_columns(present: Sequence[str], wanted: Sequence[str]) -> None:
    if missing := [name for name in dict.fromkeys(wanted) if name not in present]:
        raise ObservationFileError(
            f"no column {', '.join(map(repr, missing))}, which the mapping names; "
            f"the file has {', '.join(present)}"
        )
    if twice := [name for name in dict.fromkeys(wanted) if list(present).count(name) > 1]:
        raise ObservationFileError(
            f"column {', '.join(map(repr, twice))} comes twice in the header; rename one"
        )


def _check_rows(rows: int, limits: Limits) -> None:
    if rows > limits.rows:
        raise ObservationFileError(f"{rows} rows, more than the {limits.rows} allowed; split the file")
