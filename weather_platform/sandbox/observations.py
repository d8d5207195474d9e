"""What the sandbox's stations report: the truth with noise, gaps, and a few rows that failed their checks."""

from dataclasses import dataclass

import numpy as np

from weather_platform.sandbox.noise import generator
from weather_platform.sandbox.physics import relative_humidity
from weather_platform.sandbox.world import Weather, World

TEMPERATURE_NOISE_K = 0.25
WIND_NOISE_M_S = 0.4
GAUGE_MM = 0.1
_MISSING, _SUSPECT = 0.01, 0.003
_DELAY_SECONDS = (3600, 5400)  # a row is out 60 to 90 minutes after its time


@dataclass(frozen=True)
class Reports:
    """A day of hourly reports: values of (24, places) with NaN where missing; `available` in Unix seconds."""

    start: int
    values: Weather
    suspect: np.ndarray
    available: np.ndarray


def reports_of_day(world: World, seed: int, day: int) -> Reports:
    """Reports of the UTC day number `day` (days since 1970). The same for the same seed, panel and day."""
    start, shape = day * 24, (24, len(world.panel))
    truth = world.weather(start, 24)
    draws = [generator(seed, "stations", day, key) for key in world.panel.keys]
    noise = np.stack([draw.standard_normal((24, 6)) for draw in draws], axis=1)
    uniform = np.stack([draw.random((24, 12)) for draw in draws], axis=1)
    temperature = truth["temperature_c"] + TEMPERATURE_NOISE_K * noise[..., 0]
    dew_point = np.minimum(truth["dew_point_c"] + 0.3 * noise[..., 1], temperature)
    wind = np.maximum(truth["wind_speed_m_s"] + WIND_NOISE_M_S * noise[..., 2], 0)
    values = {
        "temperature_c": temperature,
        "dew_point_c": dew_point,
        "relative_humidity": relative_humidity(temperature, dew_point),
        "pressure_msl_hpa": truth["pressure_msl_hpa"] + 0.2 * noise[..., 3],
        "surface_pressure_hpa": truth["surface_pressure_hpa"] + 0.2 * noise[..., 3],
        "cloud_cover": np.round(truth["cloud_cover"] * 8) / 8,
        "visibility_m": truth["visibility_m"],
        "precipitation_mm": np.floor(truth["precipitation_mm"] / GAUGE_MM + 0.5) * GAUGE_MM,
        "wind_speed_m_s": wind,
        "wind_direction_deg": (truth["wind_direction_deg"] + 8 * noise[..., 4]) % 360,
        "wind_gust_m_s": np.maximum(truth["wind_gust_m_s"] + WIND_NOISE_M_S * noise[..., 5], wind),
    }
    values = {
        name: np.where(uniform[..., i] < _MISSING, np.nan, v) for i, (name, v) in enumerate(values.items())
    }
    suspect = uniform[..., 11] < _SUSPECT
    values["temperature_c"] = np.where(suspect, values["temperature_c"] + 15, values["temperature_c"])
    delay = np.stack([draw.uniform(*_DELAY_SECONDS, 24) for draw in draws], axis=1)
    return Reports(
        start, values, suspect, np.round((start + np.arange(24))[:, None] * 3600 + delay).reshape(shape)
    )
