"""Rows that were set aside while a file was read, gathered column by column, and the QUARANTINE rows made
of them.

Belongs here: the bookkeeping. Does not: the rules (values, times, upload).
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.tables.dtypes import TEXT
from weather_platform.core.tables.schema import conform, empty

_VALUE_LENGTH, _RECORD_LENGTH = 200, 4000


class Rejects:
    """Faults of a file's rows. Row numbers count the rows that were read, from 0; `position` is where they
    stand.
    """

    def __init__(self, columns: dict[str, pa.Array], position: np.ndarray) -> None:
        self._columns = columns
        self._position = position
        self._parts: list[pd.DataFrame] = []

    def add(self, rows: np.ndarray, column: str, reason: str) -> None:
        """Set rows aside for a fault in a column of the file (empty: the whole row)."""
        if not len(rows):
            return
        value = None
        if column in self._columns:
            text = self._columns[column].take(pa.array(rows)).cast(pa.string())
            value = pc.utf8_slice_codeunits(text, 0, _VALUE_LENGTH).to_pylist()
        self._parts.append(
            pd.DataFrame(
                {
                    "row": self._position[rows],
                    "column": column,
                    "reason": reason,
                    "value": value,
                    "record": self._records(rows),
                }
            )
        )

    def add_malformed(self, rows: Sequence[tuple[int, str]], reason: str) -> None:
        """Set rows aside that could not be split into fields: (position, text)."""
        if rows:
            frame = pd.DataFrame(rows, columns=["row", "record"])
            frame["record"] = frame["record"].str.slice(0, _RECORD_LENGTH)
            self._parts.append(frame.assign(column="", reason=reason, value=None))

    def frame(self, source: str, cycle: datetime, name: str) -> pd.DataFrame:
        """Everything set aside, as QUARANTINE rows of one object and partition."""
        if not self._parts:
            return empty(QUARANTINE)
        frame = pd.concat(
            [part.astype({"value": TEXT, "record": TEXT}) for part in self._parts], ignore_index=True
        )
        frame = frame.drop_duplicates(["row", "column", "reason"])
        frame = frame.assign(source=source, cycle=pd.Timestamp(cycle), object=name)
        return conform(frame, QUARANTINE).reset_index(drop=True)

    def _records(self, rows: np.ndarray) -> list[str]:
        """The rows as JSON objects of the columns that were read."""
        taken = pa.table(self._columns).take(pa.array(rows)).to_pandas()
        lines = taken.to_json(orient="records", lines=True, date_format="iso").splitlines()
        return [line[:_RECORD_LENGTH] for line in lines]
