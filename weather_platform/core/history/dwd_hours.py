"""Hourly amounts and gusts out of DWD's ten-minute ones.

Belongs here: which six make an hour, and what becomes of their rows. Does not: reading them (dwd_product).
"""

import numpy as np
import pandas as pd

from weather_platform.core.history.dwd_product import Product, stations

_EPOCH = np.datetime64("1970-01-01T00:00")
_PARTS = 6  # of ten minutes, in an hour
# Columns of products that hold nothing else, with what an hour is made of them.
HOURLY = {"RWS_10": ("precipitation_mm", "sum"), "FX_10": ("wind_gust_m_s", "max")}
MADE = "ten minutes made into the row of their hour"
TORN = "ten minutes of an hour that lacks some"


def hour_end(time: np.ndarray) -> np.ndarray:
    """The full hour at or after each time (datetime64[m])."""
    return -(-time.astype("datetime64[m]").astype(np.int64) // 60) * np.timedelta64(60, "m") + _EPOCH


def whole_hours(read: Product, time: np.ndarray, wire: str) -> dict[str, np.ndarray]:
    """Puts each hour's sum or highest value of the column into the row of its last ten minutes; returns the
    rows that are no rows of their own.
    """
    column, how = HOURLY[wire]
    amount = read.values[column]
    station = stations(read.table).dictionary_encode().indices.to_numpy(zero_copy_only=False)
    usable = read.readable & np.isfinite(amount)
    frame = pd.DataFrame({"station": station, "hour": hour_end(time), "amount": amount, "time": time})
    groups = frame[usable].drop_duplicates(["station", "time"], keep="last").groupby(["station", "hour"])
    whole = groups["amount"].transform("size") == _PARTS
    hours, last = groups["amount"].transform(how), groups["time"].transform("max")
    used = whole.index[whole]
    ends = used[(last[used] == frame.loc[used, "time"]).to_numpy()]
    amount[ends] = hours[ends]
    torn, made = np.ones(len(time), bool), np.zeros(len(time), bool)
    torn[used] = False
    made[used] = True
    made[ends] = False
    return {MADE: made, TORN: torn}
