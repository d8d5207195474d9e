"""Which day of a place a time belongs to.

Belongs here: where days begin, and which of them are whole. Does not: anything said of them.

A day begins at midnight by the sun, longitude / 15 rounded to whole hours, since places have no time zone
here: a clock's is an hour or two away, of values three hours apart. It has eight values on the common grid,
those valid in it, or for an amount those whose three hours have their middle in it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from weather_platform.core.days.lengths import STEPS
from weather_platform.core.quantities.variables import ACCUMULATED, STEP_HOURS

_MIDDLE = timedelta(hours=STEP_HOURS) / 2
_DEGREES_AN_HOUR = 15.0


def whole_days(rows: pd.DataFrame, places: pd.DataFrame, target: str, by: Sequence[str] = ()) -> pd.DataFrame:
    """Those of `rows` (`location_id`, `valid_time` on the common grid, `by`) whose day is there in whole,
    with `starts_at`; the eight of a day stand together, in order. `places` (LOCATIONS); rows elsewhere are
    left out.
    """
    key = ["location_id", *by, "starts_at"]
    hours = rows["location_id"].map(_hours_ahead(places))
    rows, hours = rows[hours.notna().to_numpy()], hours.dropna()
    ahead = pd.to_timedelta(hours.to_numpy(np.float64), unit="h")
    local = rows["valid_time"] + ahead - (_MIDDLE if target in ACCUMULATED else timedelta(0))
    rows = rows.assign(starts_at=local.dt.floor("D") - ahead).sort_values([*key, "valid_time"])
    size = rows.groupby(key, observed=True)["valid_time"].transform("size")
    return rows[(size == STEPS).to_numpy(bool)]


def dates(days: pd.DataFrame, places: pd.DataFrame) -> pd.Series:
    """Dates at their places, as 2026-08-31, of `days` (`location_id`, `starts_at`)."""
    ahead = pd.to_timedelta(days["location_id"].map(_hours_ahead(places)).to_numpy(np.float64), unit="h")
    return (days["starts_at"] + ahead).dt.strftime("%Y-%m-%d")


def ended_in(rows: pd.DataFrame, start: datetime, end: datetime) -> pd.DataFrame:
    """Those of `rows` (as `whole_days` gives them) the last value of whose day is valid in [start, end), with
    `day`, the UTC day of that: no value, and no hour of an amount, is then of before its eve."""
    last = rows["valid_time"].iloc[STEPS - 1 :: STEPS].repeat(STEPS)
    inside = ((last >= start) & (last < end)).to_numpy(bool)
    return rows.assign(day=last.dt.floor("D").array)[inside]


def newest(times: pd.Series) -> pd.DatetimeIndex:
    """The last time of each day of rows that `whole_days` gave."""
    by_step = times.to_numpy("datetime64[us]").reshape(-1, STEPS)
    return pd.DatetimeIndex(by_step.max(axis=1), tz="UTC")


def _hours_ahead(places: pd.DataFrame) -> pd.Series:
    """Of UTC, by location_id."""
    return (places.set_index("location_id")["longitude"] / _DEGREES_AN_HOUR).round()
