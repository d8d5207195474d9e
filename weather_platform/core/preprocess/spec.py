"""What a preprocessor is: how it knows its files, and the features it makes of one.

Belongs here: the types that every preprocessor's file fills. Does not: any preprocessor, or storage.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd


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


def needs_extra(what: str) -> PreprocessError:
    """Where the optional libraries are not there."""
    return PreprocessError(f"{what} need the extra `media`: pip install 'weather-platform[media]'")
