"""What a file of rows is to whoever reads it, whatever its format.

Belongs here: the types, the bounds, and the checks that all formats share. Does not: any format.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa

# Enough to see which file or mapping it is; a table of an archive has dozens.
_MISSING_SHOWN = 5
_PRESENT_SHOWN = 12


class ObservationFileError(ValueError):
    """A file of rows that cannot be read at all; the message says why and what to do."""


@dataclass(frozen=True)
class Limits:
    """What a file may cost. Decompressed bytes, or bytes of values, are fine up to `free_bytes` whatever the
    ratio.
    """

    bytes: int = 1_000_000_000
    decompressed_bytes: int = 4_000_000_000
    ratio: int = 100
    free_bytes: int = 64_000_000
    rows: int = 50_000_000
    columns: int = 4_000
    name_characters: int = 500
    malformed: int = 100_000

    def for_file(self, file_bytes: int) -> "Limits":
        """Those of one file, whose size says how many bytes its values may be."""
        most = max(self.free_bytes, self.ratio * file_bytes)
        return replace(self, decompressed_bytes=min(self.decompressed_bytes, most))


@dataclass(frozen=True)
class Table:
    """Columns by name, all as long as `row`: the position of each row among the file's data rows, from 0.

    `malformed` has the positions of rows that could not be split into columns, and their text; `fault` says
    what is wrong with them.
    """

    columns: dict[str, pa.Array]
    row: np.ndarray
    malformed: list[tuple[int, str]]
    fault: str = "the row has more or fewer fields than the header"


@dataclass(frozen=True)
class Opened:
    """A file whose columns are known: `names` in order, `units` and CF's `standard_names` of those whose file
    states them.

    `read` gives the wanted columns; they must be among the names. `near`, where the file may be a grid, is
    the same with only the points nearest to places (LOCATIONS), by its columns of latitude and longitude.
    """

    names: Sequence[str]
    read: Callable[[Sequence[str]], Table]
    units: Mapping[str, str] = field(default_factory=dict)
    standard_names: Mapping[str, str] = field(default_factory=dict)
    near: "Callable[[str, str, pd.DataFrame], Opened] | None" = None


def _few(names: Sequence[str], most: int) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def check_names(names: Sequence[str], limits: Limits) -> None:
    """Raises ObservationFileError where columns are too many, or their names too long. (One alone may be a
    header whose delimiter is still to be found.)
    """
    if len(names) > limits.columns:
        raise ObservationFileError(
            f"{len(names)} columns, more than the {limits.columns} allowed; "
            "is it the right file, and the right delimiter?"
        )
    long = [(i, name) for i, name in enumerate(names) if len(name) > limits.name_characters]
    if long and len(names) > 1:
        at, name = long[0]
        raise ObservationFileError(
            f"the name of column {at + 1}, {name!r:.40}…, has {len(name)} characters, more than the "
            f"{limits.name_characters} allowed; is it the right file, and the right delimiter?"
        )


def check_columns(present: Sequence[str], wanted: Sequence[str]) -> None:
    """Raises ObservationFileError where a wanted column is absent, or comes twice."""
    if missing := [name for name in dict.fromkeys(wanted) if name not in present]:
        raise ObservationFileError(
            f"no column {_few(list(map(repr, missing)), _MISSING_SHOWN)}, which the mapping names; "
            f"the file has {_few(present, _PRESENT_SHOWN)[:2000]}"
        )
    if twice := [name for name in dict.fromkeys(wanted) if list(present).count(name) > 1]:
        raise ObservationFileError(
            f"column {', '.join(map(repr, twice))} comes twice in the header; rename one"
        )


def check_rows(rows: int, limits: Limits) -> None:
    """Raises ObservationFileError where they are too many."""
    if rows > limits.rows:
        raise ObservationFileError(f"{rows} rows, more than the {limits.rows} allowed; split the file")


def check_malformed(rows: int, limits: Limits) -> None:
    """Raises ObservationFileError where so many rows are torn that the file is not what it is read as."""
    if rows > limits.malformed:
        raise ObservationFileError(
            f"more than {limits.malformed} rows cannot be split into the columns of the header; is it the "
            "right file, and the right delimiter?"
        )


def check_size(size: int, limits: Limits) -> None:
    """Raises ObservationFileError where values are too many bytes; the bounds are those of one file."""
    if size > limits.decompressed_bytes:
        raise ObservationFileError(
            f"its values are {size} bytes or more, and {limits.decompressed_bytes} are allowed for a file of "
            "its size; split the file"
        )
