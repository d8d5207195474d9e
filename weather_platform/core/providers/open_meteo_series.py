"""The hourly series of an Open-Meteo reply: their models, their units.

Belongs here: names and values on the wire. Does not: their times (core.providers.open_meteo_times), requests,
places (core.providers.open_meteo).
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from weather_platform.core.providers.reading import quoted
from weather_platform.core.providers.spec import Fault, PayloadError
from weather_platform.core.providers.steps import each
from weather_platform.core.quantities.units import UnitError, affine

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


class Values(NamedTuple):
    """Series of one model by contract column, the scales of their units, and a Fault for each other."""

    values: dict[str, Sequence[Any]]
    scale: dict[str, tuple[float, float]]
    faults: list[Fault]


def values_of(
    hourly: Mapping[str, Any], units: Mapping[str, str], keys: Mapping[str, str], length: int
) -> Values:
    """What a reply has of one model. A series that is not as long as its times, or of an unknown unit, costs
    no other."""
    sound, faults = each(keys.items(), lambda item: (item[0], _whole(hourly, item[1], length)), "series")
    series = dict(sound)
    wanted: dict[str, tuple[str, Sequence[Any]]] = {}
    for name, found in series.items():
        if column := _COLUMN_OF.get(name):
            wanted.setdefault(column, (name, found))
    # Rain without the showers that the reply has, but cannot be read, would be too little.
    if "rain" in series and ("showers" in series or "showers" not in keys):
        wanted["rain_mm"] = ("rain", _liquid(series["rain"], series.get("showers")))
    values: dict[str, Sequence[Any]] = {}
    scale: dict[str, tuple[float, float]] = {}
    for column, (name, found) in wanted.items():
        try:
            if column == "weather_code" or _add_scale(
                scale, column, units.get(keys[name], "undefined"), found
            ):
                values[column] = found
        except PayloadError as error:
            faults.append(Fault(f"series {keys[name]!r}: {error}"))
    if "snowfall" in series and (factor := SNOW_DEPTH_TO_WATER.get(units.get(keys["snowfall"], ""))):
        values["snowfall_water_mm"], scale["snowfall_water_mm"] = series["snowfall"], (factor, 0.0)
    return Values(values, scale, faults)


def _whole(hourly: Mapping[str, Any], key: str, length: int) -> Sequence[Any]:
    series: Sequence[Any] = hourly[key]
    if not isinstance(series, list) or len(series) != length:
        raise PayloadError(f"{key!r} does not have one value for each of the {length} times")
    return series


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
