"""Ensembles as the distributions that they are: quantiles of a source's members, row by row.

Belongs here: that, and members that stand there twice. Does not: their mean and spread, which every method
hears (see archive.wide), or scores. A source of many members says how sure it is: beside its mean as one
value alone, ours looks better than it is.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.evaluate.archive import DETERMINISTIC, KEY, said_of
from weather_platform.core.evaluate.sources import members_of

_EXACT = 1e-9  # of members: 0.55 of 100 are 55, whatever the product of floats is


def without_repeats(archive: pd.DataFrame, variable: str) -> tuple[pd.DataFrame, list[str]]:
    """The archive without what a member says twice at once, which would weigh double, and what to tell of it.
    Where one number says several things at once it is no member's own, and all of them count.
    """
    of_members = (archive["variable"] == variable) & archive[["member", "forecast"]].notna().all(axis=1)
    at = np.flatnonzero(of_members & (archive["member"] != DETERMINISTIC))
    said, own = archive.iloc[at], [*KEY, "source", "member"]
    again = said.duplicated([*own, "forecast"])
    shared = said["source"][said.duplicated(own) & ~again].unique()
    twice = (again & ~said["source"].isin(shared)).to_numpy()
    if not twice.any():
        return archive, []
    names = ", ".join(sorted(said["source"][twice].unique()))
    told = f"{variable}: {twice.sum():,} rows of members of {names} stand there twice, and count once"
    once = np.ones(len(archive), bool)
    once[at[twice]] = False
    return archive[once], [told]


def members(
    archive: pd.DataFrame, variable: str, rows: pd.DataFrame, sources: Sequence[str]
) -> dict[str, np.ndarray]:
    """Quantiles at QUANTILE_LEVELS (row × level) of those `sources` that have members, by the name that they
    go by as ensembles, in the archive's unit. `rows` as archive.wide gives them; NaN where they have none of
    the source."""
    said = said_of(archive, variable)
    # What is written twice is still one value.
    said = said[said["source"].isin(sources) & (said["member"] != DETERMINISTIC)]
    at = rows[list(KEY)].assign(row=np.arange(len(rows)))
    placed = said[[*KEY, "source", "forecast"]].merge(at, on=list(KEY))
    found = {}
    for source, own in placed.groupby("source", sort=True, observed=True):
        row, forecast = own["row"].to_numpy(np.int64), own["forecast"].to_numpy(np.float64)
        count = np.bincount(row, minlength=len(rows))
        if count.max() > 1:
            there = rows[str(source)].notna().to_numpy(bool)
            ordered = forecast[np.lexsort((forecast, row))]
            found[members_of(str(source))] = _quantiles(ordered, count, there)
    return found


def _quantiles(ordered: np.ndarray, count: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Of each row's `count` values, which stand one row after the other and in order within it: the inverse
    of their distribution, the middle of two values where a level parts them, lest its ends be unlike."""
    level, first = count[:, None] * np.array(QUANTILE_LEVELS), (np.cumsum(count) - count)[:, None]
    below, above = np.ceil(level - _EXACT) - 1, np.floor(level + _EXACT)
    low, high = (
        ordered[np.clip(first + rank.astype(np.int64), 0, len(ordered) - 1)] for rank in (below, above)
    )
    return np.where(there[:, None], (low + high) / 2, np.nan)
