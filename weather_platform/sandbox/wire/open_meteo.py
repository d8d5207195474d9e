"""Open-Meteo's `/v1/forecast`: hourly series of several models and places in one reply.

As on the wire: a list in request order for more than one coordinate, whose first element has no
`location_id`; variables suffixed by the model where several are asked for; unserved variables present and all
null; coordinates snapped to a grid; precipitation over the preceding hour; local times without offset.
`past_days`, `daily` and `current` are not simulated.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from weather_platform.sandbox.feeds import Feed, feeds_of
from weather_platform.sandbox.panel import Spot
from weather_platform.sandbox.physics import snow_share
from weather_platform.sandbox.simulation import Simulation
from weather_platform.sandbox.wire.ask import (
    Ask,
    Reply,
    Series,
    json_reply,
    spot_of,
    whole,
    zone_hours,
)
from weather_platform.sandbox.wire.sky import WMO, sky

MODELS: dict[str, Feed] = {feed.model: feed for feed in feeds_of("open_meteo")}
_BEST = "ecmwf_ifs025"
_UNSERVED = {"ecmwf_ifs025": {"visibility"}, "icon_seamless": {"precipitation_probability", "visibility"}}
_MOST_PLACES, _MOST_DAYS = 1000, 16
_GRID_DEGREES = 0.125
_SNOW_CM_PER_MM = 0.7
_SHOWERS = 0.3  # share of liquid precipitation that models with a convection scheme of their own call showers


class BadRequest(ValueError):
    """A parameter that Open-Meteo answers with 400."""


def respond(ask: Ask, simulation: Simulation) -> Reply:
    """Answer a request below `/open_meteo`."""
    if ask.path != "/v1/forecast":
        return json_reply({"error": True, "reason": "Not Found"}, 404)
    try:
        content = _forecast(ask, simulation)
    except BadRequest as error:
        return json_reply({"error": True, "reason": str(error)}, 400)
    return json_reply(content[0] if len(content) == 1 else content)


def _forecast(ask: Ask, simulation: Simulation) -> list[dict[str, Any]]:
    spots = _spots(ask, simulation)
    models = [name for name in ask.params.get("models", "best_match").split(",") if name]
    variables = [name for name in ask.params.get("hourly", "").split(",") if name]
    for model in models:
        if model not in MODELS and model != "best_match":
            raise BadRequest(
                f"Cannot initialize MultiDomains from invalid String value {model} for key models"
            )
    for name in variables:
        if name not in _VARIABLES:
            raise BadRequest(
                f"Cannot initialize SurfacePressureAndHeightVariable from invalid String value {name}."
            )
    units = _units(ask)
    return [
        _place(ask, simulation, spot, index, models, variables, units) for index, spot in enumerate(spots)
    ]


def _place(
    ask: Ask,
    simulation: Simulation,
    spot: Spot,
    index: int,
    models: list[str],
    variables: list[str],
    units: "Units",
) -> dict[str, Any]:
    zone, abbreviation, offset = _zone(ask, spot)
    hours = _hours(ask, offset)
    hourly: dict[str, Any] = {"time": _times(ask, hours, offset)}
    named: dict[str, str] = {"time": "unixtime" if ask.params.get("timeformat") == "unixtime" else "iso8601"}
    for model in models:
        series = Series(simulation, MODELS[_BEST if model == "best_match" else model], ask, spot, hours)
        for name in variables:
            kind, column = _VARIABLES[name]
            key = f"{name}_{model}" if len(models) > 1 else name
            named[key] = units[kind][0]
            unserved = name in _UNSERVED.get(model, ())
            hourly[key] = [None] * len(hours) if unserved else _scaled(column(series), *units[kind][1:])
    return {
        "latitude": float(np.float32(round(spot.latitude / _GRID_DEGREES) * _GRID_DEGREES)),
        "longitude": float(np.float32(round(spot.longitude / _GRID_DEGREES) * _GRID_DEGREES)),
        "generationtime_ms": 0.5127191543579102,
        "utc_offset_seconds": offset,
        "timezone": zone,
        "timezone_abbreviation": abbreviation,
        "elevation": float(simulation.panel.elevation_m[spot.index]),
        **({"location_id": index} if index else {}),
        "hourly_units": named,
        "hourly": hourly,
    }


def _spots(ask: Ask, simulation: Simulation) -> list[Spot]:
    latitudes = ask.params.get("latitude", "").split(",")
    longitudes = ask.params.get("longitude", "").split(",")
    if len(latitudes) != len(longitudes):
        raise BadRequest("Parameter 'latitude' and 'longitude' must have the same number of elements")
    if len(latitudes) > _MOST_PLACES:
        raise BadRequest(f"Parameter count must be between 1 and {_MOST_PLACES}.")
    spots = [spot_of(ask, simulation, lat, lon) for lat, lon in zip(latitudes, longitudes, strict=True)]
    for spot, latitude, longitude in zip(spots, latitudes, longitudes, strict=True):
        if spot is None:
            given = f"Given: {latitude or 'nothing'}, {longitude or 'nothing'}."
            raise BadRequest(
                f"Latitude must be in range of -90 to 90° and longitude of -180 to 180°. {given}"
            )
    return [spot for spot in spots if spot is not None]


def _number(ask: Ask, name: str, default: int, most: int) -> int:
    text = ask.params.get(name, str(default))
    if not text.isdecimal() or int(text) > most:
        raise BadRequest(f"Parameter '{name}' is out of allowed range from 0 to {most}. Given: {text}")
    return int(text)


def _hours(ask: Ask, offset: int) -> np.ndarray:
    """Valid hours: from the local midnight before now for forecast_days, or from this hour for forecast_hours."""
    this_hour = int(ask.now // 3600)
    if "forecast_hours" in ask.params:
        return np.arange(this_hour, this_hour + max(1, _number(ask, "forecast_hours", 24, 24 * _MOST_DAYS)))
    shift = offset // 3600
    midnight = (this_hour + shift) // 24 * 24 - shift
    return np.arange(midnight, midnight + 24 * max(1, _number(ask, "forecast_days", 7, _MOST_DAYS)))


def _zone(ask: Ask, spot: Spot) -> tuple[str, str, int]:
    """Name, abbreviation and offset in seconds of the zone asked for; whole hours only, as all hours are."""
    name = ask.params.get("timezone", "GMT")
    if name in ("GMT", "UTC"):
        return "GMT", "GMT", 0
    if name == "auto":
        hours = zone_hours(spot.longitude)
        return (
            f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT",
            f"GMT{hours:+d}" if hours else "GMT",
            hours * 3600,
        )
    try:
        offset = datetime.fromtimestamp(ask.now, UTC).astimezone(ZoneInfo(name)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError):
        raise BadRequest("Invalid timezone") from None
    seconds = int(offset.total_seconds()) if offset else 0
    return name, f"GMT{seconds / 3600:+g}", seconds // 3600 * 3600


def _times(ask: Ask, hours: np.ndarray, offset: int) -> list[Any]:
    seconds = hours * 3600
    if ask.params.get("timeformat") == "unixtime":
        unix: list[Any] = seconds.tolist()
        return unix
    local: list[Any] = np.datetime_as_string((seconds + offset).astype("datetime64[s]"), unit="m").tolist()
    return local


Column = Callable[[Series], np.ndarray]
Units = dict[str, tuple[str, float, float, int]]


def _units(ask: Ask) -> Units:
    """Kind of variable → (unit's name, factor, offset, digits; digits −1 for whole numbers)."""
    winds = {
        "kmh": ("km/h", 3.6, 1),
        "ms": ("m/s", 1.0, 2),
        "mph": ("mp/h", 2.2369363, 1),
        "kn": ("kn", 1.9438445, 1),
    }
    wind = winds.get(ask.params.get("wind_speed_unit", "kmh"))
    fahrenheit = ask.params.get("temperature_unit") == "fahrenheit"
    inch = ask.params.get("precipitation_unit") == "inch"
    if wind is None:
        raise BadRequest("Cannot initialize WindspeedUnit from invalid String value for key wind_speed_unit")
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


def _scaled(values: np.ndarray, factor: float, offset: float, digits: int) -> Any:
    wire = values * factor + offset
    return whole(wire) if digits < 0 else np.round(wire, digits)


def _liquid(series: Series) -> np.ndarray:
    return series["precipitation_mm"] * (1 - snow_share(series["temperature_c"]))


def _snow(series: Series) -> np.ndarray:
    return series["precipitation_mm"] * snow_share(series["temperature_c"])


def _code(series: Series) -> np.ndarray:
    snow = snow_share(series["temperature_c"])
    state = sky(series["cloud_cover"], series["precipitation_mm"], snow, series["visibility_m"])
    return np.where(np.isnan(series["temperature_c"]), np.nan, np.array(WMO, dtype=float)[state])


_VARIABLES: dict[str, tuple[str, Column]] = {
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
