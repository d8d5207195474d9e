"""Hours that begin between UTC's, brought onto those.

Belongs here: rows between two others. Does not: coarser steps (core.grid). Some services and models speak of
the hours of a place's own clock: in India of 00:30 and 01:30 UTC, in Nepal of 00:15. Truth and other feeds
stand on whole hours, so that such rows would be compared with nothing, and their amounts would be half an
hour's too early. At a whole hour half way between two rows each counts half; an amount over the hour that
ends there is half of each row's, by the same weights.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from weather_platform.core.quantities.variables import WEATHER
from weather_platform.core.tables.contract import Contract
from weather_platform.core.tables.schema import conform

_HOUR_US = 3_600_000_000
_SERIES = ["feed", "location_id", "cycle"]
_DIRECTION = "wind_direction_deg"
_LINEAR = [column.name for column in WEATHER if column.name != _DIRECTION]


class Whole(NamedTuple):
    """Rows by their contract; how many of them lie between two others, and how many rows fewer they are."""

    rows: pd.DataFrame
    interpolated: int = 0
    unpaired: int = 0


def on_whole_hours(rows: pd.DataFrame, contract: Contract) -> Whole:
    """Hourly rows of FORECAST's columns, in order of their key, each two that stand an hour apart and off the
    hour replaced by one at the whole hour between; not where the feed has one there, or knew one later.

    A direction is the nearer row's, and a code that of the hour in which the whole one falls.
    """
    valid = rows["valid_time"].to_numpy("datetime64[us]").astype(np.int64)
    at = np.flatnonzero((valid % _HOUR_US != 0) & (rows["interval_hours"] == 1).to_numpy(bool))
    if len(at) < 2:
        return Whole(rows)
    series = rows.iloc[at].groupby(_SERIES, sort=False).ngroup().to_numpy()
    together = (np.diff(series) == 0) & (np.diff(valid[at]) == _HOUR_US)
    before, after = at[:-1][together], at[1:][together]
    made = _between(rows.iloc[before], rows.iloc[after], valid[before])
    past = (made["lead_hours"] < 0).to_numpy()
    new = ~past & ~_keys(made).isin(_keys(rows.drop(rows.index[at])))
    made, used = made[new], np.union1d(before[new], after[new])
    whole = conform(pd.concat([rows.drop(rows.index[used]), made], ignore_index=True), contract)
    return Whole(whole.reset_index(drop=True), len(made), len(used) - len(made))


def _between(before: pd.DataFrame, after: pd.DataFrame, valid: np.ndarray) -> pd.DataFrame:
    """A row at the whole hour between each two, known when both were."""
    hour = -(-valid // _HOUR_US) * _HOUR_US
    share = (hour - valid) / _HOUR_US
    first, made = before.reset_index(drop=True), after.reset_index(drop=True)
    for name in _LINEAR:
        made[name] = (1 - share) * first[name] + share * made[name]
    made[_DIRECTION] = made[_DIRECTION].where(share >= 0.5, first[_DIRECTION])
    made["valid_time"] = pd.Series(hour.view("datetime64[us]")).dt.tz_localize("UTC")
    made["fetched_at"] = made["fetched_at"].where(
        made["fetched_at"] > first["fetched_at"], first["fetched_at"]
    )
    made["lead_hours"] = (made["valid_time"] - made["fetched_at"]).dt.total_seconds() / 3600
    return made


def _keys(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(
        rows[[*_SERIES, "valid_time"]].astype({"feed": object, "location_id": object})
    )
