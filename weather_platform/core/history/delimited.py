"""Delimited text of archives whose columns come and go with the years.

Belongs here: which of the known columns a file has. Does not: their meaning, or splitting lines
(core.observations.table).
"""

import csv as csv_module
from collections.abc import Sequence

from weather_platform.core.history.finish import unpacked_text
from weather_platform.core.history.format import File
from weather_platform.core.observations.mapping import Csv
from weather_platform.core.observations.table import Limits, ObservationFileError, Table, read_table

# Archives never break a row over lines, whatever stands between its quotes.
LINES = Csv(one_line_rows=True)
_HEADER_BYTES = 1 << 20


def header_of(text: bytes, csv: Csv) -> list[str]:
    """Names in the line of the header, trimmed. Raises ObservationFileError where it is no text."""
    line = text[:_HEADER_BYTES].split(b"\n", csv.skip_rows + 1)[csv.skip_rows :][:1]
    try:
        decoded = b"".join(line).decode(csv.encoding).removeprefix("\ufeff").rstrip("\r")
        return [name.strip() for name in next(csv_module.reader([decoded], delimiter=csv.delimiter), [])]
    except (UnicodeDecodeError, csv_module.Error) as error:
        raise ObservationFileError(f"its header is no text in {csv.encoding}: {error}") from error


def read_delimited(file: File, title: str, needed: Sequence[str], known: Sequence[str], csv: Csv) -> Table:
    """All of `needed` and those of `known` that the file has. Raises ObservationFileError where a needed
    column is not there, naming `title`, or the file cannot be split into fields.
    """
    text = unpacked_text(file)
    header = header_of(text, csv)
    if missing := [name for name in needed if name not in header]:
        shown = ", ".join(header)[:200] or "no header"
        raise ObservationFileError(f"not {title}: no column {', '.join(missing)}; it begins with {shown}")
    wanted = [*needed, *(name for name in known if name in header)]
    return read_table(text, wanted, csv, Limits())
