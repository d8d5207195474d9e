"""Quality marks of the ISD family: what a mark does to its value, and to its row.

Belongs here: the codes that ISD and its successor GHCN-Hourly share. Does not: where a file keeps them.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

# Marks of the quality control that NCEI applied, by the ISD format document: 2 and 6 suspect, 3 and 7
# erroneous. All others passed, or were never checked.
_SUSPECT, _WRONG = np.frombuffer(b"26", "u1"), np.frombuffer(b"37", "u1")
ERRONEOUS = ord("3")


class Marked(NamedTuple):
    """Values with their one-letter quality marks, as bytes; 0 for no mark."""

    value: np.ndarray
    mark: np.ndarray


class Checked(NamedTuple):
    """`columns` without the values marked as wrong, with `quality`; `refused` counts those, by column."""

    columns: dict[str, Any]
    refused: dict[str, int]


def marked(values: Mapping[str, Marked]) -> Checked:
    """Values by contract column, held to their marks. A row is suspect where any value of it is."""
    columns: dict[str, Any] = {}
    refused: dict[str, int] = {}
    suspect = np.zeros(len(next(iter(values.values())).value), bool)
    for name, (value, mark) in values.items():
        present = np.isfinite(value)
        bad = present & np.isin(mark, _WRONG)
        if bad.any():
            refused[name] = int(bad.sum())
        columns[name] = np.where(bad, np.nan, value)
        suspect |= present & np.isin(mark, _SUSPECT)
    words = pa.array(["good", "suspect"]).take(pa.array(suspect.astype("int8")))
    columns["quality"] = pd.Series(pd.arrays.ArrowStringArray(pa.chunked_array([words])))
    return Checked(columns, refused)
