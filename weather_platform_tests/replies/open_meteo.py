"""A small reply of Open-Meteo, as served."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from weather_platform_tests.replies.start import START

OPEN_METEO_UNITS = {
    "temperature_2m": "°C",
    "apparent_temperature": "°C",
    "dew_point_2m": "°C",
    "relative_humidity_2m": "%",
    "pressure_msl": "hPa",
    "surface_pressure": "hPa",
    "cloud_cover": "%",
    "visibility": "m",
    "precipitation": "mm",
    "precipitation_probability": "%",
    "wind_speed_10m": "m/s",
    "wind_direction_10m": "°",
}


def series(seed: int, hours: int, low: float, high: float, decimals: int = 1) -> list[float]:
    """Numbers as APIs print them."""
    return np.random.default_rng(seed).uniform(low, high, hours).round(decimals).tolist()


def open_meteo(
    latitude: float = 46.5,
    longitude: float = 7.0,
    hours: int = 168,
    seed: int = 0,
    models: Sequence[str] = (),
) -> dict[str, Any]:
    """One place's reply with 12 variables; keys carry the model's name where there are two or more."""
    times = [f"{START + timedelta(hours=i):%Y-%m-%dT%H:%M}" for i in range(hours)]
    suffixes = [f"_{model}" for model in models] if len(models) > 1 else [""]
    hourly: dict[str, Any] = {"time": times}
    units = {"time": "iso8601"}
    for n, (name, unit) in enumerate(OPEN_METEO_UNITS.items()):
        low, high = (900, 1040) if unit == "hPa" else (0, 30)
        for m, suffix in enumerate(suffixes):
            hourly[name + suffix] = series(seed * 1000 + n * 10 + m, hours, low, high)
            units[name + suffix] = unit
    return {
        "latitude": latitude,
        "longitude": longitude,
        "generationtime_ms": 0.2,
        "utc_offset_seconds": 0,
        "timezone": "GMT",
        "timezone_abbreviation": "GMT",
        "elevation": 500.0,
        "hourly_units": units,
        "hourly": hourly,
    }
