"""Rows of archives and uploads side by side, one per place, time and source.

Belongs here: what of several rows of one source counts, be they versions of a file or files that hold
different variables. Does not: which source stands where a place has several (reconcile).

Every value is that of the first row that has it: rows of better quality come first, then those with more
values, then those whose upload key sorts last. What a row says of its values stays true of them all:

- Amounts are those of one interval, the first amount's, and `interval_hours` is theirs.
- Values marked suspect fill no gap of a row that is not; otherwise the quality is the worst of the values'.
- A row is no nearer than the farthest of its values, and known when the last of them was.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd

from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.quantities.variables import ACCUMULATED, WEATHER
from weather_platform.core.tables.schema import conform, empty

# Better first.
QUALITY_ORDER = ("good", "unchecked", "suspect")
_KEY = list(OBSERVATION.key)


def merge(
    history: Sequence[pd.DataFrame], uploads: pd.DataFrame, start: datetime, end: datetime
) -> pd.DataFrame:
    """OBSERVATION rows with time in [start, end) of archives (OBSERVATION) and uploads
    (UPLOADED_OBSERVATION): one per place, time and source, whatever the order of the input.
    """
    parts = [part for part in (*history, uploads) if len(part)]
    if not parts:
        return empty(OBSERVATION)
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[(rows["time"] >= pd.Timestamp(start)) & (rows["time"] < pd.Timestamp(end))]
    shared = rows.duplicated(_KEY, keep=False)
    if shared.any():
        rows = pd.concat([rows[~shared], _combined(*_ranked(rows[shared]))], ignore_index=True)
    return conform(rows[list(OBSERVATION.column_names)], OBSERVATION).reset_index(drop=True)


def _ranked(rows: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows by key, the preferred one first, and a number for each row's key."""
    group = rows.groupby(_KEY, sort=False, observed=True).ngroup().to_numpy()
    lacking = -rows[[column.name for column in WEATHER]].notna().sum(axis=1).to_numpy()
    version, names = pd.factorize(rows.get("upload", pd.Series("", rows.index)).fillna(""))
    earlier = -np.argsort(np.argsort(names.to_numpy(object)))
    order = np.lexsort((earlier[version], lacking, _doubt(rows), group))
    return rows.take(order), group[order]


def _doubt(rows: pd.DataFrame) -> "pd.Series[int]":
    """Position in QUALITY_ORDER; a mark that is not there comes last."""
    ranks = rows["quality"].map({name: rank for rank, name in enumerate(QUALITY_ORDER)})
    return ranks.astype(np.float64).fillna(len(QUALITY_ORDER)).astype(np.int64)


def _combined(rows: pd.DataFrame, group: np.ndarray) -> pd.DataFrame:
    """One row for each key of ranked rows."""
    first = np.flatnonzero(np.append(True, group[1:] != group[:-1]))
    doubt, interval = _doubt(rows).to_numpy(), rows["interval_hours"].to_numpy(np.int64)
    suspect = doubt >= QUALITY_ORDER.index("suspect")
    usable = ~suspect | suspect[first][group]
    amounts = usable & rows[sorted(ACCUMULATED)].notna().any(axis=1).to_numpy(bool)
    giver = _first_of(amounts, group, first)
    alike = interval == interval[giver][group]
    gives = np.zeros(len(rows), bool)
    gives[first] = True
    out = rows.iloc[first].reset_index(drop=True)
    for name in (column.name for column in WEATHER):
        values = rows[name].to_numpy(np.float64)
        there = usable & ~np.isnan(values) & (alike if name in ACCUMULATED else True)
        taken = _first_of(there, group, first)
        out[name] = values[taken]
        gives[taken[there[taken]]] = True
    return out.assign(
        interval_hours=interval[giver],
        quality=rows["quality"].to_numpy(object)[_worst(np.where(gives, doubt, -1), group)],
        distance_km=rows["distance_km"].where(gives).groupby(group).max().to_numpy(),
        known_at=rows["known_at"].where(gives).groupby(group).max().array,
    )


def _first_of(where: np.ndarray, group: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Of each group the first row of the mask, or the group's first row where it has none."""
    taken = first.copy()
    groups, at = np.unique(group[where], return_index=True)
    taken[groups] = np.flatnonzero(where)[at]
    return taken


def _worst(doubt: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Of each group the first row of the highest doubt."""
    order = np.lexsort((-doubt, group))
    return order[np.append(True, group[1:] != group[:-1])]
