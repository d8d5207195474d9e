"""Rows that stand for a day: by its date, or by one of its midnights.

Belongs here: telling them, and what is asked of them. Does not: what becomes of such values (intervals,
core.uploads.forecast_interval).

A midnight may begin the day or end it, and what a date stands beside is the day's as often as its midnight's.
"""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.observations.mapping import Time
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
# As ISO 8601 has them, and as its reader takes them too: 2026/08/01, 2026.08.01, 2026-8-1.
_DATE = r"^\s*(\d{8}|\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2})\s*$"
_OF_DATES = re.compile(r"(%[YyGmbBdejaAuwUWVD%]|[^%])*")
_MIDNIGHT = r"[T ]00(:?00){1,2}([.,]0+)?\s*(Z|[+-]\d{1,2}(:?\d{2})?)?\s*$"
_DAY_US = DAY // timedelta(microseconds=1)


def only_days(stamps: list[pa.Array], how: Time) -> bool:
    """Whether the stamps, of one column or several, are dates without a time of day."""
    (stamp, *others) = stamps
    if others or pa.types.is_timestamp(stamp.type):
        return False
    texts = stamp.cast(pa.string()).drop_null()
    if how.format is not None:
        return len(texts) > 0 and "%" in how.format and _OF_DATES.fullmatch(how.format) is not None
    return len(texts) > 0 and bool(pc.all(pc.match_substring_regex(texts, _DATE)).as_py())


def midnights(stamps: list[pa.Array], how: Time, rows: np.ndarray, time: np.ndarray) -> bool:
    """Whether the stamps of all `rows`, which are at `time` (µs, UTC), are dates or midnights: in UTC or by
    the file's own clock.
    """
    if not (time % _DAY_US).any():
        return len(time) > 0
    stamp = joined(stamps).take(pa.array(rows))
    if pa.types.is_timestamp(stamp.type):
        return _begin_days(pd.DatetimeIndex(stamp.to_pandas()))
    if how.format is not None and how.zone is not None and "%z" not in how.format.lower():
        utc = pd.DatetimeIndex(time.view("datetime64[us]")).tz_localize("UTC")
        return _begin_days(utc.tz_convert(ZoneInfo(how.zone)))
    names = pc.match_substring_regex(stamp.cast(pa.string()), f"{_DATE}|{_MIDNIGHT}")
    return bool(pc.all(names).as_py())


def _begin_days(times: pd.DatetimeIndex) -> bool:
    wall = times.tz_localize(None)
    return bool((wall == wall.normalize()).all())
