"""Values that have not moved for so long that the instrument is stuck.

Belongs here: how long which variable may stay. Does not: other checks, or the days that values are judged by
(checks). Source: Estévez et al. 2011 (J. Hydrol. 402).
"""

import numpy as np
import pandas as pd

from weather_platform.core.observations.series import Failed, Hours

# Unchanged for so many hours, though above the floor (calms and fog do persist), the instrument is stuck.
STUCK_HOURS = {
    "temperature_c": (24, -np.inf),
    "dew_point_c": (24, -np.inf),
    "pressure_msl_hpa": (24, -np.inf),
    "surface_pressure_hpa": (24, -np.inf),
    "wind_speed_m_s": (24, 0.5),
    "wind_gust_m_s": (24, 0.5),
    "precipitation_mm": (6, 0.05),
}
# Whole degrees stand for what varies by a degree: through a day of fog, in damp tropics, over melting ice.
# They are stuck when they have not moved for two days.
# Melting ice may hold 0 °C longer, and is no exception: what is broken or wrongly decoded says 0 too.
WHOLE_DEGREES = {"temperature_c", "dew_point_c"}
_ROUNDED_C, _ROUNDED_F = 1e-6, 0.1  # °F are often kept as tenths of °C
_PRESENT = 0.8


def stuck(rows: pd.DataFrame, hours: Hours) -> Failed:
    """Values that are those of STUCK_HOURS before, with four fifths of the hours between there and alike. Of
    WHOLE_DEGREES, where the day and the one before it show nothing finer, those of two days that are alike.
    """
    for column, (length, floor) in STUCK_HOURS.items():
        value = hours.lay(rows[column].to_numpy(np.float64))
        same, present = value > floor, np.ones(value.shape)
        there = np.zeros(value.shape, dtype=bool)
        for back in range(1, length + 1):
            earlier = np.full_like(value, np.nan)
            earlier[:, back:] = value[:, :-back]
            there = ~np.isnan(earlier)
            same &= ~there | (earlier == value)
            present += there
        failed = same & there & (present >= _PRESENT * (length + 1))
        if column in WHOLE_DEGREES:
            finer, alike = _two_days(value)
            yield column, "unchanged for two days: the instrument seems stuck", alike & ~finer
            failed &= finer
        yield column, f"unchanged for {length} hours: the instrument seems stuck", failed


def _two_days(value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each value's UTC day and the day before: whether anything is finer than whole degrees, of Celsius or
    of Fahrenheit, and whether four fifths of the hours are there and all that are alike.
    """
    series, hours = value.shape
    days = -(-hours // 24)
    padded = np.full((series, 24 * (days + 1)), np.nan)
    padded[:, 24 : 24 + hours] = value
    by_day = padded.reshape(series, days + 1, 24)
    both = np.concatenate([by_day[:, :-1], by_day[:, 1:]], axis=2)
    there = ~np.isnan(both)
    alike = np.where(there, both, np.inf).min(axis=2) == np.where(there, both, -np.inf).max(axis=2)
    alike &= there.mean(axis=2) >= _PRESENT
    finer = np.ones(alike.shape, dtype=bool)
    for degrees, rounding in ((both, _ROUNDED_C), (both * 1.8 + 32, _ROUNDED_F)):
        finer &= (np.abs(degrees - np.round(degrees)) > rounding).any(axis=2)
    finer, alike = (np.repeat(each, 24, axis=1)[:, :hours] for each in (finer, alike))
    return finer, alike & ~np.isnan(value)
