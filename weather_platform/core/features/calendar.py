"""Sun and season at a place and time: all that can be known about any hour, at any time.

Belongs here: astronomy and calendar angles, vectorised. Does not: weather.
"""

import numpy as np
from pvlib import solarposition

from weather_platform.core.features.axes import HOUR

DAYS_PER_YEAR = 365.2425


def calendar(valid_time: np.ndarray, latitude: np.ndarray, longitude: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of FEATURES by name; `valid_time` (int64 microseconds UTC), degrees, broadcast against each
    other.

    Declination and equation of time are Spencer's (1971), as in pvlib: good to about 0.5° of elevation.
    """
    hour = valid_time % (24 * HOUR) / HOUR
    day_of_year = _day_of_year(valid_time)
    solar_hour = hour + longitude / 15
    declination = solarposition.declination_spencer71(day_of_year)
    apparent = solar_hour + solarposition.equation_of_time_spencer71(day_of_year) / 60
    hour_angle = np.radians(15 * (apparent - 12))
    zenith = solarposition.solar_zenith_analytical(np.radians(latitude), hour_angle, declination)
    season = 2 * np.pi * (day_of_year - 1) / DAYS_PER_YEAR
    day = 2 * np.pi * solar_hour / 24
    columns = {
        "solar_hour_sin": np.sin(day),
        "solar_hour_cos": np.cos(day),
        "sun_elevation_deg": 90 - np.degrees(zenith),
        "season_sin": np.sin(season),
        "season_cos": np.cos(season),
    }
    shape = np.broadcast_shapes(valid_time.shape, latitude.shape, longitude.shape)
    return {name: np.broadcast_to(values, shape) for name, values in columns.items()}


def _day_of_year(time: np.ndarray) -> np.ndarray:
    """1 January 00:00 UTC is 1.0; with its fraction, so that nothing jumps at midnight."""
    stamps = time.view("datetime64[us]")
    return (stamps - stamps.astype("datetime64[Y]").astype("datetime64[us]")).astype(np.int64) / (
        24 * HOUR
    ) + 1
