"""What a kind of upload is: how it is known, and how it is read.

Belongs here: the types that every kind's file fills. Does not: any kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import pandas as pd

from weather_platform.core.fetching.payloads import Meta

# Where REJECTED speaks of no single row.
WHOLE_FILE = -1


class UploadError(ValueError):
    """A file that cannot be read at all; the message says why and what to do."""


@dataclass(frozen=True)
class File:
    """A dropped file: its bytes as given, its whole name in the drop box, and its mapping (empty: none).

    `panel` (LOCATIONS) gives coordinates of places; `taken_at` is when it was taken in, where that was noted.
    """

    key: str
    name: str
    data: bytes
    mapping: str
    mapping_name: str
    panel: pd.DataFrame
    taken_at: datetime | None = None


@dataclass(frozen=True)
class Reading:
    """What a file held: rows by table, the rows set aside (REJECTED), counts to show, objects to be kept
    under names that follow from their content, and a provider's reply with what is known of it.
    """

    rows: Mapping[str, pd.DataFrame]
    rejected: pd.DataFrame
    counts: Mapping[str, Any] = field(default_factory=dict)
    objects: Mapping[str, bytes] = field(default_factory=dict)
    reply: tuple[Meta, bytes] | None = None

    @property
    def readable(self) -> bool:
        """Whether the file as a whole could be read, be it with rows set aside."""
        return not (self.rejected["row"] == WHOLE_FILE).any()


class Kind(NamedTuple):
    """A kind of file. `takes` looks at name and first bytes; `read` raises UploadError."""

    name: str
    takes: Callable[[File], bool]
    read: Callable[[File], Reading]
