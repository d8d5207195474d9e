"""The variables of Open-Meteo's hourly series: source, unit and digits."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from weather_platform.sandbox.physics import snow_share
from weather_platform.sandbox.wire.ask import Columns, whole
from weather_platform.sandbox.wire.sky import WMO, sky

_SNOW_CM_PER_MM = 0.7
_SHOWERS = 0.3  # share of liquid precipitation that a convection scheme of its own makes, as showers

Column = Callable[[Columns], np.ndarray]
Units = dict[str, tuple[str, float, float, int]]


def units(params: Mapping[str, str]) -> Units:
    """Kind of variable → (unit's name, factor, offset, digits or −1 if whole). Raises ValueError."""
    winds = {
        "kmh": ("km/h", 3.6, 1),
        "ms": ("m/s", 1.0, 2),
        "mph": ("mp/h", 2.2369363, 1),
        "kn": ("kn", 1.9438445, 1),
    }
    asked = params.get("wind_speed_unit", "kmh")
    wind = winds.get(asked)
    fahrenheit = params.get("temperature_unit") == "fahrenheit"
    inch = params.get("precipitation_unit") == "inch"
    if wind is None:
        raise ValueError(f"Cannot initialize WindspeedUnit from invalid String value {asked}.")
    return {
        "temperature": ("°F", 1.8, 32.0, 1) if fahrenheit else ("°C", 1.0, 0.0, 1),
        "wind": (wind[0], wind[1], 0.0, wind[2]),
        "rain": ("inch", 1 / 25.4, 0.0, 3) if inch else ("mm", 1.0, 0.0, 1),
        "snow": ("inch", _SNOW_CM_PER_MM / 2.54, 0.0, 3) if inch else ("cm", _SNOW_CM_PER_MM, 0.0, 2),
        "percent": ("%", 100.0, 0.0, -1),
        "pressure": ("hPa", 1.0, 0.0, 1),
        "direction": ("°", 1.0, 0.0, -1),
        "visibility": ("m", 1.0, 0.0, 0),
        "code": ("wmo code", 1.0, 0.0, -1),
    }


def scaled(values: np.ndarray, factor: float, offset: float, digits: int) -> Any:
    """Values in the wire's unit and digits: an array, or a list where they are whole numbers."""
    wire = values * factor + offset
    return whole(wire) if digits < 0 else wire.round(digits)


def _liquid(series: Columns) -> np.ndarray:
    return series["precipitation_mm"] * (1 - snow_share(series["temperature_c"]))


def _snow(series: Columns) -> np.ndarray:
    return series["precipitation_mm"] * snow_share(series["temperature_c"])


def _code(series: Columns) -> np.ndarray:
    snow = snow_share(series["temperature_c"])
    state = sky(series["cloud_cover"], series["precipitation_mm"], snow, series["visibility_m"])
    return np.where(np.isnan(series["temperature_c"]), np.nan, np.array(WMO, dtype=float)[state])


VARIABLES: dict[str, tuple[str, Column]] = {
    "temperature_2m": ("temperature", lambda s: s["temperature_c"]),
    "apparent_temperature": ("temperature", lambda s: s["apparent_temperature_c"]),
    "dew_point_2m": ("temperature", lambda s: s["dew_point_c"]),
    "relative_humidity_2m": ("percent", lambda s: s["relative_humidity"]),
    "pressure_msl": ("pressure", lambda s: s["pressure_msl_hpa"]),
    "surface_pressure": ("pressure", lambda s: s["surface_pressure_hpa"]),
    "cloud_cover": ("percent", lambda s: s["cloud_cover"]),
    "visibility": ("visibility", lambda s: s["visibility_m"]),
    "precipitation": ("rain", lambda s: s["precipitation_mm"]),
    "rain": ("rain", lambda s: _liquid(s) * (1 - _SHOWERS)),
    "showers": ("rain", lambda s: _liquid(s) * _SHOWERS),
    "snowfall": ("snow", _snow),
    "precipitation_probability": ("percent", lambda s: s["precipitation_probability"]),
    "wind_speed_10m": ("wind", lambda s: s["wind_speed_m_s"]),
    "wind_direction_10m": ("direction", lambda s: s["wind_direction_deg"]),
    "wind_gusts_10m": ("wind", lambda s: s["wind_gust_m_s"]),
    "weather_code": ("code", _code),
}
