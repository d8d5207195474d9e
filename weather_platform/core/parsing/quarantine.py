"""Rows and payloads set aside while forecasts are parsed, with reason, value and where they came from.

Belongs here: frames of the QUARANTINE contract. Does not: deciding what is at fault (core.parsing.columns,
core.providers).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.fetching.payloads import Damaged
from weather_platform.core.parsing.columns import Fault, Flat
from weather_platform.core.providers.spec import Provider
from weather_platform.core.tables.schema import conform, empty

_VALUE_LENGTH = 200
_RECORD_LENGTH = 4000


def bad_source(source: str, cycle: datetime, name: str, reason: str) -> pd.DataFrame:
    """A whole object, or a part of one, that cannot be read: one line with row −1."""
    line = {"source": source, "cycle": cycle, "object": name, "row": -1, "column": "", "reason": reason}
    return conform(pd.DataFrame([line]), QUARANTINE)


def with_damaged(source: str, found: pd.DataFrame, damaged: Sequence[Damaged]) -> pd.DataFrame:
    """What was set aside while replies were parsed, and replies of which nothing could be."""
    return quarantine([found, *(bad_source(source, *one) for one in damaged)])


def bad_rows(provider: Provider, flat: Flat, forecast: np.ndarray) -> pd.DataFrame:
    """One line per fault of a row; rows that are no forecasts (past hours, nothing but nulls) are not
    reported.
    """
    parts = [_lines(provider, flat, fault, forecast[fault.rows]) for fault in flat.faults]
    return quarantine([part for part in parts if len(part)])


def quarantine(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Parts as one frame, each fault once."""
    if not parts:
        return empty(QUARANTINE)
    whole = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    return conform(whole.drop_duplicates(list(QUARANTINE.key)), QUARANTINE)


def _lines(provider: Provider, flat: Flat, fault: Fault, wanted: np.ndarray) -> pd.DataFrame:
    rows = fault.rows[wanted]
    if not len(rows):
        return empty(QUARANTINE)
    piece = flat.piece[rows]
    pieces = flat.pieces
    first = np.array([p.first_row for p in pieces])
    lines = {
        "source": provider.name,
        "cycle": pd.to_datetime([pieces[i].cycle for i in piece], utc=True),
        "object": [pieces[i].object for i in piece],
        "row": first[piece] + rows - flat.starts[piece],
        "column": fault.column,
        "reason": fault.reason,
        "value": [
            _cut(value, _VALUE_LENGTH) for value, keep in zip(fault.values, wanted, strict=True) if keep
        ],
        "record": _records(flat.frame(provider, rows)),
    }
    return conform(pd.DataFrame(lines), QUARANTINE)


def _records(frame: pd.DataFrame) -> list[str]:
    """Each row as JSON; values that are no numbers show as null there and stand in `value`."""
    lines = frame.to_json(orient="records", lines=True, date_format="iso", date_unit="s").splitlines()
    return [_cut(line, _RECORD_LENGTH) for line in lines]


def _cut(value: Any, length: int) -> str:
    return str(value)[:length]
