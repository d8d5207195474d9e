"""Rows that stand for a day: by its date, or by one of its midnights.

Belongs here: telling them, and what is asked of them. Does not: what becomes of such values (intervals,
core.uploads.forecast_interval).

A midnight may begin the day or end it, and what a date stands beside is the day's as often as its midnight's.
"""

from datetime import timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.observations.times import joined

DAY = timedelta(days=1)
OF_A_DAY = (
    "is it the day's, as a mean or its highest, or the value at its midnight? Nothing is compared with days; "
    "if it is that of midnight, write `interval: 1h` into the mapping"
)
WHICH_DAY = (
    "is it the amount of the day that begins then, or of the one that ended? Write `interval: 24h`, "
    "and `label: start` or `label: end`, into the mapping"
)
_DATE = r"^\s*\d{4}-?\d{2}-?\d{2}\s*$"
_MIDNIGHT = r"[T ]00(:?00){1,2}([.,]0+)?\s*(Z|[+-]\d{1,2}(:?\d{2})?)?\s*$"
_DAY_US = DAY // timedelta(microseconds=1)


def only_days(stamps: list[pa.Array]) -> bool:
    """Whether the stamps, of one column or several, are dates without a time of day."""
    (stamp, *others) = stamps
    if others or pa.types.is_timestamp(stamp.type):
        return False
    texts = stamp.cast(pa.string()).drop_null()
    return len(texts) > 0 and bool(pc.all(pc.match_substring_regex(texts, _DATE)).as_py())


def midnights(stamps: list[pa.Array], rows: np.ndarray, time: np.ndarray) -> bool:
    """Whether the stamps of all `rows`, which are at `time` (µs, UTC), are dates or midnights: in UTC or by
    the file's own clock.
    """
    if not (time % _DAY_US).any():
        return len(time) > 0
    stamp = joined(stamps).take(pa.array(rows))
    if pa.types.is_timestamp(stamp.type):
        wall = pd.DatetimeIndex(stamp.to_pandas()).tz_localize(None)
        return bool((wall == wall.normalize()).all())
    names = pc.match_substring_regex(stamp.cast(pa.string()), f"{_DATE}|{_MIDNIGHT}")
    return bool(pc.all(names).as_py())
