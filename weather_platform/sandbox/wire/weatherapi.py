"""WeatherAPI's `/v1/forecast.json`: whole local days of hourly values, hours already past included.

As on the wire: metric and imperial side by side, chances 0-100, `time` local and `time_epoch` UTC, snow in cm
beside precipitation in mm (over the hour that ends at `time`); an invalid `days` counts as 1; a malformed `q`
is answered for some other place with status 200. An hour that the feed leaves out has nulls. Local time is
whole hours by longitude; astronomy is a placeholder of the right shape.
"""

from datetime import UTC, datetime
from typing import Any

import numpy as np

from weather_platform.sandbox.feeds import feeds_of
from weather_platform.sandbox.panel import Spot
from weather_platform.sandbox.simulation import Simulation
from weather_platform.sandbox.wire.ask import Ask, Reply, Series, json_reply, spot_of, zone_hours
from weather_platform.sandbox.wire.weatherapi_hours import columns_of, day_of, hours_of

(_FEED,) = feeds_of("weatherapi")
_MOST_DAYS = 10
_GUANGDONG = (23.13, 113.27)  # where recorded replies to a truncated coordinate lie


def respond(ask: Ask, simulation: Simulation) -> Reply:
    """Answer a request below `/weatherapi`."""
    if not (ask.params.get("key") or ask.headers.get("key")):
        return _error(401, 1002, "API key not provided.")
    if ask.path != "/v1/forecast.json":
        return _error(400, 1005, "API URL is invalid.")
    if not ask.params.get("q"):
        return _error(400, 1003, "Parameter q is missing.")
    latitude, _, longitude = ask.params["q"].partition(",")
    spot = spot_of(ask, simulation, latitude, longitude)
    if spot is None and any(letter.isalpha() for letter in latitude):
        return _error(400, 1006, "No matching location found.")
    return json_reply(_forecast(ask, simulation, spot or simulation.panel.spot(*_GUANGDONG)))


def _error(status: int, code: int, message: str) -> Reply:
    return json_reply({"error": {"code": code, "message": message}}, status)


def _forecast(ask: Ask, simulation: Simulation, spot: Spot) -> dict[str, Any]:
    shift = zone_hours(spot.longitude)
    days = ask.params.get("days", "1")
    count = min(int(days), _MOST_DAYS) if days.isdecimal() and int(days) else 1
    midnight = (int(ask.now // 3600) + shift) // 24 * 24 - shift
    series = Series(simulation, _FEED, ask, spot, np.arange(midnight, midnight + 24 * count))
    columns = columns_of(series, shift)
    hours = hours_of(columns)
    current = dict(hours[int(ask.now // 3600) - midnight])
    updated = {"last_updated_epoch": current.pop("time_epoch"), "last_updated": current.pop("time")}
    return {
        "location": _location(simulation, spot, ask.now, shift),
        "current": updated | current,
        "forecast": {"forecastday": [day_of(columns, hours, first) for first in range(0, len(hours), 24)]},
    }


def _location(simulation: Simulation, spot: Spot, now: float, shift: int) -> dict[str, Any]:
    local = datetime.fromtimestamp(now + shift * 3600, UTC)
    return {
        "name": simulation.panel.names[spot.index],
        "region": "",
        "country": simulation.panel.countries[spot.index],
        "lat": round(spot.latitude, 2),
        "lon": round(spot.longitude, 2),
        "tz_id": f"Etc/GMT{-shift:+d}" if shift else "Etc/GMT",
        "localtime_epoch": int(now),
        "localtime": f"{local:%Y-%m-%d} {local.hour}:{local:%M}",
    }
