"""Checks of measurements against climate, each other, and their own past.

Belongs here: which values no instrument in order would show. Does not: those that stations nearby speak
against (neighbours), or that do not move (persistence), what becomes of them (reconcile), or the bounds of
what is weather at all (the contract).

Everything is arrays of series × hour (series). A value at an hour of a UTC day is judged by the 24 hours
or the UTC day before it and by the same day, so that a day comes out the same whether it is made alone or in
a range. Limits are wide on purpose: what is flagged is wrong, not rare. Source: WMO-No. 8 (2018) vol. V ch. 1
for time consistency.
"""

import numpy as np
import pandas as pd

from weather_platform.core.observations.neighbours import neighbours
from weather_platform.core.observations.persistence import stuck
from weather_platform.core.observations.series import LAPSE_K_PER_M, Failed, Hours, hours_of

# A jump that a front can make stays below; a value that jumps and comes back, or jumps by half as much
# again with nothing after it to tell, does not.
STEPS = {
    "temperature_c": 10.0,
    "dew_point_c": 12.0,
    "pressure_msl_hpa": 8.0,
    "surface_pressure_hpa": 8.0,
    "wind_speed_m_s": 20.0,
}
NOTHING = pd.DataFrame({"row": [], "column": [], "reason": []}).astype({"row": np.int64})


def implausible(rows: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Values that fail a check: `row` (position in `rows`), `column`, `reason`, one line per value and check.

    `rows` as OBSERVATION, hourly and of one row per place, station, source and time; rows marked
    suspect take no part. `places` as LOCATIONS; rows of other places are checked against their own
    past only.
    """
    taken = np.flatnonzero((rows["quality"] != "suspect").to_numpy(bool))
    rows = rows.iloc[taken]
    if rows.empty:
        return NOTHING
    hours = hours_of(rows, places)
    found = [
        _lines(taken[failed[hours.series, hours.hour]], column, reason)
        for check in (climate, inconsistent, spikes, stuck, neighbours)
        for column, reason, failed in check(rows, hours)
        if failed.any()
    ]
    return pd.concat(found, ignore_index=True) if found else NOTHING


def climate(rows: pd.DataFrame, hours: Hours) -> Failed:
    """Temperatures outside what latitude, height and season can show.

    Zonal mean 28 − 48 sin²φ °C less 6.5 K/km; winters of continents go 36 K below its season, and the warmest
    days, of seas in winter too, 47 K above. Records from Vostok to Death Valley lie inside, with 2 K
    to spare; so does Lytton's of 49.6 °C at 50° N.
    """
    phi = np.radians(hours.latitude)[:, None]
    day = (hours.first_hour + np.arange(hours.shape[1]))[None, :] / 24 % 365.25
    season = np.cos(2 * np.pi * (day - 197) / 365.25) * np.sign(phi)
    mean = 28 - 48 * np.sin(phi) ** 2 - LAPSE_K_PER_M * hours.elevation_m[:, None]
    low = mean - 36 + 25 * np.abs(np.sin(phi)) * season
    high = mean + 47 + 10 * np.abs(np.sin(phi)) * season
    for column in ("temperature_c", "dew_point_c"):
        value = hours.lay(rows[column].to_numpy(np.float64))
        reason = "outside what this latitude, height and season can show: is it in the unit that it says?"
        yield column, reason, (value < low) & (column == "temperature_c") | (value > high)


def inconsistent(rows: pd.DataFrame, hours: Hours) -> Failed:
    """A dew point above the temperature, a gust below the mean wind: by more than instruments differ.

    Either of the two may be the wrong one (recorded: a temperature that lost its first digit), so both fail.
    """
    dew, temperature, gust, wind = (
        hours.lay(rows[name].to_numpy(np.float64))
        for name in ("dew_point_c", "temperature_c", "wind_gust_m_s", "wind_speed_m_s")
    )
    for column in ("dew_point_c", "temperature_c"):
        yield column, "the dew point is more than 2 K above the temperature", dew > temperature + 2
    for column in ("wind_gust_m_s", "wind_speed_m_s"):
        yield column, "the gust is more than 1 m/s below the mean wind", gust < wind - 1


def spikes(rows: pd.DataFrame, hours: Hours) -> Failed:
    """Values that leave the hour before and the hour after by more than STEPS, both the same way."""
    last_of_day = (hours.first_hour + np.arange(hours.shape[1])) % 24 == 23
    for column, limit in STEPS.items():
        value = hours.lay(rows[column].to_numpy(np.float64))
        before = np.diff(value, axis=1, prepend=np.nan)
        after = np.where(last_of_day, np.nan, np.diff(value, axis=1, append=np.nan))
        back = (np.abs(before) > limit) & (np.abs(after) > limit) & (before * after < 0)
        alone = np.isnan(after) & (np.abs(before) > 1.5 * limit)
        yield column, f"jumps by more than {limit:g} in an hour, and not as fronts do", back | alone


def _lines(rows: np.ndarray, column: str, reason: str) -> pd.DataFrame:
    return pd.DataFrame({"row": rows, "column": column, "reason": reason})
