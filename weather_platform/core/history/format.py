"""What a file format of an archive is: a value that says how a file of it becomes rows of a contract.

Belongs here: the type that every format fills, and what reading a file gives. Does not: any format's own
ways, or fetching. Kept free of pandas, so that the command line can list formats cheaply.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, cast

from weather_platform.core.tables.contract import Contract

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class File:
    """A file's bytes, compressed or not, and its name without folders. `station` is what the user says of
    it, where neither the file nor its name tells the station.
    """

    data: bytes
    name: str
    station: str | None = None


@dataclass(frozen=True)
class FileRows:
    """`rows` by the format's contract, `quarantine` by QUARANTINE, and what became of everything read.

    `read` counts what the file holds: rows or, where one row of the contract is made of many of the file's
    (a station's elements of a day), readings. Of them `kept` are in `rows`, those in `quarantine` were set
    aside, and `left_out` counts the others by reason. `refused` counts, by column, single values that the
    archive itself marks as wrong: their rows are kept without them.
    """

    rows: "pd.DataFrame"
    quarantine: "pd.DataFrame"
    read: int
    kept: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def set_aside(self) -> int:
        """Rows or readings of the file that are in quarantine."""
        return int(self.quarantine["row"].nunique())

    @property
    def lost(self) -> int:
        """What is neither kept, nor set aside, nor counted: always 0."""
        return self.read - self.kept - self.set_aside - sum(self.left_out.values())


@dataclass(frozen=True)
class Format:
    """A file format. One file under core/history makes one of these; one line in `formats` makes it known.

    `reader` names the function, as `module:function` below core.history; it takes a File, returns FileRows,
    and raises ObservationFileError for a file that is not of the format at all.
    """

    name: str
    title: str
    contract: Contract
    reader: str

    def read(self, file: File) -> FileRows:
        """Rows of a file. Raises ObservationFileError, saying why, for one that cannot be read at all."""
        return cast(Callable[[File], FileRows], named(self.reader))(file)


def named(reader: str) -> object:
    """The function that `module:function` names below core.history, imported only now."""
    module, _, function = reader.partition(":")
    return getattr(import_module(f"weather_platform.core.history.{module}"), function)
