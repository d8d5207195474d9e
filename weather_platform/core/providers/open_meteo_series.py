"""The hourly series of an Open-Meteo reply: their times, their models, their units.

Belongs here: names and values on the wire. Does not: requests, places (core.providers.open_meteo).
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from weather_platform.core.providers.reading import epoch_times, quoted
from weather_platform.core.providers.spec import PayloadError
from weather_platform.core.units import UnitError, affine

SNOW_DEPTH_TO_WATER = {"cm": 10 / 7, "mm": 1 / 7, "inch": 25.4 / 7, "m": 1000 / 7}

# Names on the wire, today's first; the others were served until 2023 and stand in archives.
VARIABLES: dict[str, tuple[str, ...]] = {
    "temperature_c": ("temperature_2m",),
    "apparent_temperature_c": ("apparent_temperature",),
    "dew_point_c": ("dew_point_2m", "dewpoint_2m"),
    "relative_humidity": ("relative_humidity_2m", "relativehumidity_2m"),
    "pressure_msl_hpa": ("pressure_msl",),
    "surface_pressure_hpa": ("surface_pressure",),
    "cloud_cover": ("cloud_cover", "cloudcover"),
    "visibility_m": ("visibility",),
    "precipitation_mm": ("precipitation",),
    "precipitation_probability": ("precipitation_probability",),
    "wind_speed_m_s": ("wind_speed_10m", "windspeed_10m"),
    "wind_direction_deg": ("wind_direction_10m", "winddirection_10m"),
    "wind_gust_m_s": ("wind_gusts_10m", "windgusts_10m"),
    "weather_code": ("weather_code", "weathercode"),
}
_PARTS = ("rain", "showers", "snowfall")
HOURLY = (*(names[0] for names in VARIABLES.values()), *_PARTS)
_COLUMN_OF = {name: column for column, names in VARIABLES.items() for name in names}
_NAMES = sorted({name for names in VARIABLES.values() for name in names} | set(_PARTS), key=len, reverse=True)
# What follows a known name without being a model: cloud_cover_low, snowfall_height,
# temperature_2m_previous_day1, …
_NOT_A_MODEL = re.compile(r"low|mid|high|height|water_equivalent|member|previous_day|spread|mean|min|max|\d")


def valid_times(times: list[Any], unit: str, offset_seconds: Any) -> np.ndarray:
    if not times:
        raise PayloadError("the `hourly` series is empty")
    if unit == "unixtime":
        return epoch_times(times)
    if not isinstance(offset_seconds, int):
        raise PayloadError(f"utc_offset_seconds is {offset_seconds!r}, so local times cannot be placed")
    return _local_times(tuple(times)) - np.timedelta64(offset_seconds, "s")


@lru_cache(maxsize=256)
def _local_times(times: tuple[str, ...]) -> np.ndarray:
    """Replies of a cycle share their series of times, so each is read once."""
    if not all(isinstance(text, str) and len(text) >= len("2026-01-01T00:00") for text in times):
        raise PayloadError("`hourly.time` holds what is not an ISO 8601 time")
    try:
        return np.array([text[:16] for text in times], dtype="datetime64[m]").astype("datetime64[s]")
    except ValueError as error:
        raise PayloadError(f"`hourly.time` holds what is not an ISO 8601 time: {error}") from None


def step_hours(valid_time: np.ndarray) -> int:
    """Length of the interval that ends at each time: the steps' own, for `temporal_resolution=hourly_3` and
    the like.
    """
    if len(valid_time) < 2:
        return 1
    return max(1, round(float(np.median(np.diff(valid_time.astype("int64")))) / 3600))


@lru_cache(maxsize=256)
def models_of(keys: tuple[str, ...], models: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Per model, its key of each known name. One unsuffixed known key means that there is one model."""
    plain = {name: name for name in _NAMES if name in keys}
    if plain:
        if len(models) > 1:
            raise PayloadError(f"{len(models)} models were asked for, but the reply's keys name none")
        return {models[0] if models else "best_match": plain}
    found: dict[str, dict[str, str]] = {}
    for key in keys:
        name = next((name for name in _NAMES if key.startswith(name + "_")), None)
        suffix = key[len(name) + 1 :] if name else ""
        if name and (suffix in models if models else not _NOT_A_MODEL.match(suffix)):
            found.setdefault(suffix, {})[name] = key
    if not found:
        raise PayloadError(f"none of the reply's {len(keys)} series is known: {quoted(', '.join(keys))}")
    return found


def values_of(
    hourly: Mapping[str, Any], units: Mapping[str, str], keys: Mapping[str, str], length: int
) -> tuple[dict[str, Sequence[Any]], dict[str, tuple[float, float]]]:
    """Series of one model by contract column, and the scales of their units."""
    values: dict[str, Sequence[Any]] = {}
    scale: dict[str, tuple[float, float]] = {}
    for name, key in keys.items():
        if not isinstance(hourly[key], list) or len(hourly[key]) != length:
            raise PayloadError(f"the series {key!r} does not have one value for each of the {length} times")
        if (column := _COLUMN_OF.get(name)) and column not in values:
            if column != "weather_code" and not _add_scale(
                scale, column, units.get(key, "undefined"), hourly[key]
            ):
                continue
            values[column] = hourly[key]
    if "rain" in keys and _add_scale(
        scale, "rain_mm", units.get(keys["rain"], "undefined"), hourly[keys["rain"]]
    ):
        values["rain_mm"] = _liquid(hourly[keys["rain"]], hourly.get(keys.get("showers", "")))
    if "snowfall" in keys and (factor := SNOW_DEPTH_TO_WATER.get(units.get(keys["snowfall"], ""))):
        values["snowfall_water_mm"], scale["snowfall_water_mm"] = hourly[keys["snowfall"]], (factor, 0.0)
    return values, scale


def _add_scale(scale: dict[str, tuple[float, float]], column: str, unit: str, series: Sequence[Any]) -> bool:
    """Note the scale of a column. False for a variable that the model does not serve: unit `undefined`, all
    null.
    """
    try:
        scale[column] = affine(unit, column)
    except UnitError as error:
        if any(value is not None for value in series):
            raise PayloadError(str(error)) from None
        return False
    return True


def _liquid(rain: Sequence[Any], showers: Sequence[Any] | None) -> Sequence[Any]:
    """Rain and showers together; rain alone where the model does not tell showers apart (absent or all
    null).
    """
    if showers is None or not any(showers):
        return rain
    try:
        return (np.array(rain, dtype="float64") + np.array(showers, dtype="float64")).tolist()
    except ValueError:
        # A text that is no number is handed on as it is, to be set aside with its row.
        return [
            value if isinstance(value, str) else other for value, other in zip(rain, showers, strict=True)
        ]
