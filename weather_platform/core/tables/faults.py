"""Which rows break which rule of a pandera schema, and the table of it.

Belongs here: masks of faults and their text. Does not: the rules themselves (core.tables.schema makes them of
a contract). pandera's own lazy report does the same, but warns about its own concatenation of nulls.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from weather_platform.core.tables.dtypes import TEXT

if TYPE_CHECKING:
    import pandera.pandas as pandera

_VALUE_LENGTH = 200


class Fault(NamedTuple):
    """One rule of one column (empty for the whole row), and the mask of the rows that break it."""

    column: str
    reason: str
    rows: np.ndarray


def value_faults(frame: pd.DataFrame, schema: "pandera.DataFrameSchema") -> list[Fault]:
    """What the schema's column rules (nulls and checks) find in a frame of its columns and dtypes."""
    faults = []
    for pattern, rules in schema.columns.items():
        for name in frame.columns[frame.columns.str.match(pattern)] if rules.regex else [pattern]:
            values = frame[name].reset_index(drop=True)
            if not rules.nullable:
                faults.append(Fault(name, "missing, but never null", values.isna().to_numpy()))
            for rule in rules.checks:
                passed = rule(values).check_output  # says nothing about nulls, which are left out of it
                failed = np.zeros(len(values), dtype=bool)
                failed[passed.index[~passed.to_numpy(dtype=bool)]] = True
                faults.append(Fault(name, str(rule.error), failed))
    return [fault for fault in faults if fault.rows.any()]


def as_table(frame: pd.DataFrame, faults: Sequence[Fault]) -> pd.DataFrame:
    """One line per row and fault, in order of the rows: `row` (index label), `column`, `reason`, `value`."""
    where = [np.flatnonzero(fault.rows) for fault in faults]
    counts = [len(rows) for rows in where]
    row = np.concatenate([np.empty(0, dtype=np.intp), *where])
    values = [_shown(frame, fault.column, rows) for fault, rows in zip(faults, where, strict=True)]
    texts = {
        "column": np.repeat([fault.column for fault in faults], counts),
        "reason": np.repeat([fault.reason for fault in faults], counts),
        "value": pd.concat(values) if values else [],
    }
    columns = {name: pd.Series(np.asarray(text, dtype=object), dtype=TEXT) for name, text in texts.items()}
    table = pd.DataFrame({"row": frame.index.take(row), **columns})
    return table.take(np.argsort(row, kind="stable")).reset_index(drop=True)


def _shown(frame: pd.DataFrame, column: str, rows: np.ndarray) -> pd.Series:
    if not column:
        return pd.Series(pd.NA, index=range(len(rows)), dtype=TEXT)
    values = frame[column].take(rows).astype(object)
    return values.map(str, na_action="ignore").astype(TEXT).str.slice(0, _VALUE_LENGTH)
