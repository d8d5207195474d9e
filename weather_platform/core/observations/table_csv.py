"""CSV: text with a header, one row a line. Fields stay text, so that one bad field is one bad row and not the
whole file.
"""

import io
from collections.abc import Sequence
from csv import Error as CsvError
from csv import reader as csv_reader
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from weather_platform.core.observations import torn_lines
from weather_platform.core.observations.mapping import Csv
from weather_platform.core.observations.table_spec import (
    Limits,
    ObservationFileError,
    Opened,
    Table,
    check_malformed,
    check_rows,
)

_HEADER_BYTES = 1 << 20
_NO_TEXT = "\ufffd"


def opened(text: bytes, csv: Csv, limits: Limits) -> Opened:
    """The file's header, and the way to its rows. Raises ObservationFileError."""
    try:
        names = _header(text, csv)
    except (LookupError, UnicodeDecodeError, CsvError) as error:
        raise _unreadable(csv, error) from error
    return Opened(names, lambda wanted: _rows(text, wanted, csv, limits))


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


def _header(text: bytes, csv: Csv) -> list[str]:
    lines = io.BytesIO(text[:_HEADER_BYTES])
    for _ in range(csv.skip_rows):
        lines.readline()
    line = next((line for line in lines if line.strip(b"\r\n")), b"")  # Arrow passes empty ones over too
    header = line.decode(csv.encoding).removeprefix("\ufeff")
    return next(csv_reader([header], delimiter=csv.delimiter), [])


def _rows(text: bytes, wanted: Sequence[str], csv: Csv, limits: Limits) -> Table:
    bad: list[Any] = []
    text, replaced = _as_text(text, csv)
    if csv.quoted and csv.one_line_rows:
        text = torn_lines.opened(text, csv.delimiter)

    def set_aside(row: Any) -> str:
        bad.append(row)
        return "skip" if len(bad) <= limits.malformed else "error"

    # One thread: only then does Arrow know the numbers of malformed rows.
    read = pacsv.ReadOptions(use_threads=False, skip_rows=csv.skip_rows, encoding=csv.encoding)
    parse = pacsv.ParseOptions(
        delimiter=csv.delimiter, quote_char='"' if csv.quoted else False, invalid_row_handler=set_aside
    )
    convert = pacsv.ConvertOptions(
        include_columns=list(wanted),
        column_types=dict.fromkeys(wanted, pa.string()),
        strings_can_be_null=True,
        null_values=[""],
    )
    try:
        table = pacsv.read_csv(pa.BufferReader(text if b"\n" in text else text + b"\n"), read, parse, convert)
        if replaced and any(pc.any(pc.match_substring(column, _NO_TEXT)).as_py() for column in table.columns):
            raise pa.ArrowInvalid("bytes that are no text")
    except (pa.ArrowInvalid, pa.ArrowKeyError, LookupError, UnicodeDecodeError) as error:
        check_malformed(len(bad), limits)
        raise _unreadable(csv, error) from error
    first = csv.skip_rows + 2  # Arrow counts lines from 1, and the header is one
    malformed = [(row.number - first, row.text) for row in bad]
    total = len(table) + len(malformed)
    check_rows(total, limits)
    row = np.delete(np.arange(total), [position for position, _ in malformed])
    # Not all of the table's: where none is wanted Arrow gives every column, and two may have one name.
    return Table({name: table[name].combine_chunks() for name in wanted}, row, malformed)


def _unreadable(csv: Csv, error: Exception) -> ObservationFileError:
    if isinstance(error, UnicodeDecodeError) and csv.encoding == "utf-8":
        return ObservationFileError(
            f"byte {error.start} is no text in utf-8; spreadsheets on Windows write cp1252: say "
            "`csv: {encoding: cp1252}`, or its true encoding, in the mapping"
        )
    return ObservationFileError(
        f"cannot be read as text in {csv.encoding} with {csv.delimiter!r} between fields: {error!s:.300}; "
        "see csv.encoding, csv.delimiter and csv.skip_rows of the mapping"
    )
