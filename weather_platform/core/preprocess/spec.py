"""What a preprocessor is: how it knows its files, and the features it makes of one.

Belongs here: the types that every preprocessor's file fills. Does not: any preprocessor, or storage.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import pandas as pd

_STAMP = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})[T_-]?(\d{2})(\d{2})(\d{2})?Z")


class PreprocessError(ValueError):
    """A file that no features can be made of; the message says why and what to do."""


@dataclass(frozen=True)
class Features:
    """`rows` as FEATURE without `upload`, `kind` and `object`: `position` from 0, numbers under any name.

    `form` is what a model would be given (a smaller picture), kept beside the original where it is.
    """

    rows: pd.DataFrame
    form: bytes | None = None


class Preprocessor(NamedTuple):
    """One kind of file. `takes` looks at the name and the first bytes; `features` raises PreprocessError."""

    name: str
    takes: Callable[[str, bytes], bool]
    features: Callable[[str, bytes], Features]


def stamp_of(name: str) -> datetime | None:
    """The UTC time in a file name, as in `sky_20260720T090040Z.jpg` or `2026-07-20T0900Z`; None without."""
    found = _STAMP.search(name.rpartition("/")[2])
    if found is None:
        return None
    try:
        return datetime(*(int(part or 0) for part in found.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
    except ValueError:
        return None


def place_of(name: str) -> str | None:
    """What follows the time in a file name, as `pier` in `20260720T090040Z_pier.jpg`; None without."""
    stem = name.rpartition("/")[2].split(".")[0]
    found = _STAMP.search(stem)
    return (stem[found.end() :].strip("_- ") or None) if found else None


def needs_extra(what: str) -> PreprocessError:
    """Where the optional libraries are not there."""
    return PreprocessError(f"{what} need the extra `media`: pip install 'weather-platform[media]'")
