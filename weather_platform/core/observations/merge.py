"""Rows of archives and uploads side by side, one per place, time and source.

Belongs here: which of two versions of a file counts. Does not: which source stands where a place has several
(reconcile).
"""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.schema import conform, empty
from weather_platform.core.variables import WEATHER

# Better first.
QUALITY_ORDER = ("good", "unchecked", "suspect")


def merge(
    history: Sequence[pd.DataFrame], uploads: pd.DataFrame, start: datetime, end: datetime
) -> pd.DataFrame:
    """OBSERVATION rows with time in [start, end) of archives (OBSERVATION) and uploads
    (UPLOADED_OBSERVATION).

    Of rows with one key - the same place, time and source in two versions of a file - the one of better
    quality stands, then the one with more values, then the one whose upload key sorts last; whatever the
    order of the input.
    """
    parts = [part for part in (*history, uploads) if len(part)]
    if not parts:
        return empty(OBSERVATION)
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[(rows["time"] >= pd.Timestamp(start)) & (rows["time"] < pd.Timestamp(end))]
    key = list(OBSERVATION.key)
    if rows.duplicated(key).any():
        order = rows.assign(
            quality_rank=rows["quality"].map({name: -rank for rank, name in enumerate(QUALITY_ORDER)}),
            values_present=rows[[column.name for column in WEATHER]].notna().sum(axis=1),
            version=rows.get("upload", ""),
        )
        best = order.sort_values([*key, "quality_rank", "values_present", "version"], na_position="first")
        rows = rows.loc[best.drop_duplicates(key, keep="last").index]
    return conform(rows[list(OBSERVATION.column_names)], OBSERVATION).reset_index(drop=True)
