"""JSON lines: an object a line. Values become text as they would stand in a CSV, so that one bad value is one
bad row; a line that is no object is set aside.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from weather_platform.core import bare_json
from weather_platform.core.observations.mapping import Csv
from weather_platform.core.observations.table_spec import (
    Limits,
    ObservationFileError,
    Opened,
    Table,
    check_malformed,
    check_rows,
    check_size,
)

# Where names are looked for: later lines may have further ones, but a column that is wanted stands here.
_HEADER_LINES = 1000
# What a line costs besides its text while it is read.
_LINE_BYTES = 64


def recognised(data: bytes) -> bool:
    """Whether the text begins with an object."""
    return data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def opened(data: bytes, _csv: Csv, limits: Limits) -> Opened:
    """The names in the first lines, and the way to all rows. Raises ObservationFileError."""
    check_size((data.count(b"\n") + 1) * _LINE_BYTES, limits)
    lines = [line for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
    check_rows(len(lines), limits)
    first = [row for row in map(_object, lines[:_HEADER_LINES]) if row is not None]
    if not first:
        raise ObservationFileError("no line of it is a JSON object; JSON lines have one object a line")
    names = list(dict.fromkeys(name for row in first for name in row))
    return Opened(names, lambda wanted: _rows(lines, wanted, limits))


def _rows(lines: list[bytes], wanted: Sequence[str], limits: Limits) -> Table:
    good: list[int] = []
    malformed: list[tuple[int, str]] = []
    texts: dict[str, list[str | None]] = {name: [] for name in wanted}
    for i, line in enumerate(lines):
        row = _object(line)
        if row is None:
            malformed.append((i, line.decode(errors="replace")))
            check_malformed(len(malformed), limits)
            continue
        good.append(i)
        for name, values in texts.items():
            values.append(_text(row.get(name)))
    columns = {name: pa.array(values, pa.string()) for name, values in texts.items()}
    return Table(columns, np.array(good, dtype="int64"), malformed, "the line is no JSON object")


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = bare_json.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return (
        repr(value) if isinstance(value, float) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    )
