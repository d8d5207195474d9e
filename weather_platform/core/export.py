"""Text that spreadsheets must not run.

Belongs here: what is done to a table before it is written where people open it with a spreadsheet. Does not:
where that is. A cell that begins with `=`, `+`, `-`, `@`, a tab or a line's end is a formula to them, and
what users drop may hold one; an apostrophe before it makes it text (OWASP, "CSV Injection").
"""

import re
from typing import Any

import pandas as pd

_FORMULA = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
# A number that was written as text calls nothing, and people want it as it is.
_NUMBER = re.compile(r"[+-](?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?(?: ?%)?(?: ?\*)?")
_LONGEST_NUMBER = 40


def neutralised(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with an apostrophe before every text, and every heading, that is a formula to a spreadsheet.

    Numbers stay, whatever their sign, also where they are text; times and truths do too.
    """
    plain = [
        column if _holds_no_text(column) else column.astype(object).map(_plain, na_action="ignore")
        for _, column in frame.items()
    ]
    table = pd.concat(plain, axis=1) if plain else frame.copy()
    return table.set_axis([_plain(name) for name in frame.columns], axis=1)


def _holds_no_text(column: "pd.Series[Any]") -> bool:
    kinds = pd.api.types
    return (
        kinds.is_numeric_dtype(column) or kinds.is_datetime64_any_dtype(column) or kinds.is_bool_dtype(column)
    )


def _plain(value: Any) -> Any:
    """A cell as text; anything but text as it is."""
    if not isinstance(value, str) or not _FORMULA.match(value) or _is_number(value):
        return value
    return f"'{value}"


def _is_number(text: str) -> bool:
    return len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text) is not None
