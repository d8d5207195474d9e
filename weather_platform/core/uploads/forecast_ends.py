"""Amounts and chances of forecasts that stand where their interval begins, put where it ends.

Belongs here: `label: start` of a mapping. Does not: how long intervals are (forecast_interval). What holds at
a time stays at it, unlike in observations, whose temperatures may be means of an interval.
"""

import numpy as np
import pandas as pd

from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.quantities.variables import ACCUMULATED, WEATHER

_OVER_A_TIME = {*ACCUMULATED, "precipitation_probability"}
_AT_A_TIME = [*(column.name for column in WEATHER if column.name not in _OVER_A_TIME), "weather_code"]


def at_ends(frame: pd.DataFrame, series: np.ndarray, rejects: Rejects) -> pd.DataFrame:
    """Rows of `series` (codes of feed, run and place), with what is over their `interval_hours` in the row at
    its end: another of the file's, or one more. The index stays the row of the file.
    """
    key = ["series", "valid_time"]
    frame = frame.assign(series=series)
    again = frame.duplicated(key, keep="last") & frame["valid_time"].notna()
    rejects.add(frame.index[again].to_numpy(), "valid_time", "the key comes again in a later row")
    frame = frame[~again]
    over = [name for name in frame if name in _OVER_A_TIME]
    at = [name for name in frame if name in _AT_A_TIME]
    begun = frame[frame[over].notna().any(axis=1)]
    ended = begun.drop(columns=at).assign(
        valid_time=begun["valid_time"] + pd.to_timedelta(begun["interval_hours"], unit="h")
    )
    stay = frame.drop(columns=[*over, "interval_hours"], index=begun.index[begun[at].isna().all(axis=1)])
    both = pd.concat([ended.assign(row=ended.index), stay.assign(row=stay.index)])
    joined = both.groupby(key, sort=False, dropna=False, as_index=False).first().set_index("row")
    hours = joined["interval_hours"].fillna(1).astype("int64")
    return joined.assign(interval_hours=hours).drop(columns="series")
