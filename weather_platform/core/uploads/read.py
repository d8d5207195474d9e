"""A dropped file → rows, and what was set aside of it. Nothing that a file holds makes this fail.

Belongs here: which kind reads a file, and what becomes of one that cannot be read. Does not: any kind.
"""

import pandas as pd
import pyarrow as pa

from weather_platform.core.contracts.uploads import REJECTED
from weather_platform.core.tables.schema import conform, empty
from weather_platform.core.uploads.registry import KINDS
from weather_platform.core.uploads.spec import WHOLE_FILE, File, Reading, UploadError

# Parsers meet what nobody thought of, and say so in as many ways as Python and Arrow have: one such file must
# not keep the others of its run from being read.
_UNFORESEEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    pa.ArrowException,
)


def read_file(file: File) -> Reading:
    """Read by the first kind that takes the file; one that cannot be read is a reading with one fault."""
    try:
        kind = next(kind for kind in KINDS if kind.takes(file))
        return kind.read(file)
    except UploadError as error:
        return unreadable(file.key, str(error))
    except _UNFORESEEN as error:
        return unreadable(
            file.key, f"its reader failed: {type(error).__name__}: {error!s:.300}; please report it"
        )


def unreadable(key: str, reason: str) -> Reading:
    """A file of which nothing can be used."""
    line = {"upload": key, "row": WHOLE_FILE, "column": "", "reason": reason}
    return Reading({}, conform(pd.DataFrame([line]), REJECTED), {"note": reason})


def no_rows(why: str) -> Reading:
    """A file whose rows do not count, or not here."""
    return Reading({}, empty(REJECTED), {"note": why})
