"""Open-Meteo's `/v1/forecast`: hourly series of several models and places in one reply.

As on the wire: a list in request order for more than one coordinate, whose first element has no
`location_id`; variables suffixed by the model where several are asked for; unserved variables present and all
null; coordinates snapped to a grid; precipitation over the preceding hour; local times without offset.
`past_days`, `daily` and `current` are not simulated.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from weather_platform.sandbox.feeds import Feed, feeds_of
from weather_platform.sandbox.panel import Spot
from weather_platform.sandbox.simulation import Simulation
from weather_platform.sandbox.wire.ask import Ask, Reply, Series, json_reply, spot_of, zone_hours
from weather_platform.sandbox.wire.open_meteo_variables import VARIABLES, Units, scaled, units

MODELS: dict[str, Feed] = {feed.model: feed for feed in feeds_of("open_meteo")}
BEST = "ecmwf_ifs025"
_UNSERVED = {"ecmwf_ifs025": {"visibility"}, "icon_seamless": {"precipitation_probability", "visibility"}}
_MOST_PLACES, _MOST_DAYS = 1000, 16
_GRID_DEGREES = 0.125


class BadRequestError(ValueError):
    """A parameter that Open-Meteo answers with 400."""


def respond(ask: Ask, simulation: Simulation) -> Reply:
    """Answer a request below `/open_meteo`."""
    if ask.path != "/v1/forecast":
        return json_reply({"error": True, "reason": "Not Found"}, 404)
    try:
        content = _forecast(ask, simulation)
    except BadRequestError as error:
        return json_reply({"error": True, "reason": str(error)}, 400)
    return json_reply(content[0] if len(content) == 1 else content)


@dataclass(frozen=True)
class _Wanted:
    models: list[str]
    variables: list[str]
    units: Units


def _forecast(ask: Ask, simulation: Simulation) -> list[dict[str, Any]]:
    spots = spots_of(ask, simulation)
    models = [name for name in ask.params.get("models", "best_match").split(",") if name]
    variables = [name for name in ask.params.get("hourly", "").split(",") if name]
    for model in models:
        if model not in MODELS and model != "best_match":
            raise BadRequestError(f"Cannot initialize MultiDomains from invalid String value {model}.")
    for name in variables:
        if name not in VARIABLES:
            raise BadRequestError(f"Cannot initialize ForecastVariable from invalid String value {name}.")
    if ask.params.get("past_days", "0") != "0":
        raise BadRequestError("past_days is not simulated by the sandbox; ask for 0")
    try:
        wanted = _Wanted(models, variables, units(ask.params))
    except ValueError as error:
        raise BadRequestError(str(error)) from None
    return [_place(ask, simulation, spot, index, wanted) for index, spot in enumerate(spots)]


def _place(ask: Ask, simulation: Simulation, spot: Spot, index: int, wanted: _Wanted) -> dict[str, Any]:
    hours = _hours(ask, _zone(ask, spot)[2])
    part = head(ask, simulation, spot, index, hours)
    named, hourly = part["hourly_units"], part["hourly"]
    for model in wanted.models:
        series = Series(simulation, MODELS[BEST if model == "best_match" else model], ask, spot, hours)
        for name in wanted.variables:
            kind, column = VARIABLES[name]
            unit, factor, shift, digits = wanted.units[kind]
            key = f"{name}_{model}" if len(wanted.models) > 1 else name
            named[key] = unit
            unserved = name in _UNSERVED.get(model, ())
            hourly[key] = [None] * len(hours) if unserved else scaled(column(series), factor, shift, digits)
    return part


def head(ask: Ask, simulation: Simulation, spot: Spot, index: int, hours: np.ndarray) -> dict[str, Any]:
    """What the reply says of a place before its series: coordinates, zone, height, times."""
    zone, abbreviation, offset = _zone(ask, spot)
    return {
        "latitude": _snapped(spot.latitude),
        "longitude": _snapped(spot.longitude),
        "generationtime_ms": 0.5127191543579102,
        "utc_offset_seconds": offset,
        "timezone": zone,
        "timezone_abbreviation": abbreviation,
        "elevation": float(simulation.panel.elevation_m[spot.index]),
        **({"location_id": index} if index else {}),
        "hourly_units": {"time": "unixtime" if ask.params.get("timeformat") == "unixtime" else "iso8601"},
        "hourly": {"time": _times(ask, hours, offset)},
    }


def _snapped(degrees: float) -> float:
    return round(degrees / _GRID_DEGREES) * _GRID_DEGREES


def spots_of(ask: Ask, simulation: Simulation) -> list[Spot]:
    """The places of the coordinates asked for. Raises BadRequestError."""
    latitudes = ask.params.get("latitude", "").split(",")
    longitudes = ask.params.get("longitude", "").split(",")
    if len(latitudes) != len(longitudes):
        raise BadRequestError("Parameter 'latitude' and 'longitude' must have the same number of elements")
    if len(latitudes) > _MOST_PLACES:
        raise BadRequestError(f"Parameter count must be between 1 and {_MOST_PLACES}.")
    spots = [spot_of(ask, simulation, lat, lon) for lat, lon in zip(latitudes, longitudes, strict=True)]
    for spot, latitude, longitude in zip(spots, latitudes, longitudes, strict=True):
        if spot is None:
            given = f"Given: {latitude or 'nothing'}, {longitude or 'nothing'}."
            raise BadRequestError(
                f"Latitude must be in range of -90 to 90° and longitude of -180 to 180°. {given}"
            )
    return [spot for spot in spots if spot is not None]


def _number(ask: Ask, name: str, default: int, most: int) -> int:
    text = ask.params.get(name, str(default))
    if not text.isdecimal() or int(text) > most:
        raise BadRequestError(f"Parameter '{name}' is out of allowed range from 0 to {most}. Given: {text}")
    return int(text)


def _hours(ask: Ask, offset: int) -> np.ndarray:
    """From the local midnight before now for `forecast_days`, or from this hour for `forecast_hours`."""
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
        raise BadRequestError("Invalid timezone") from None
    seconds = int(offset.total_seconds()) if offset else 0
    return name, f"GMT{seconds / 3600:+g}", seconds // 3600 * 3600


def _times(ask: Ask, hours: np.ndarray, offset: int) -> list[Any]:
    seconds = hours * 3600
    if ask.params.get("timeformat") == "unixtime":
        unix: list[Any] = seconds.tolist()
        return unix
    local: list[Any] = np.datetime_as_string((seconds + offset).astype("datetime64[s]"), unit="m").tolist()
    return local
