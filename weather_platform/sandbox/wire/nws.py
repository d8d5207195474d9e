"""The US National Weather Service: `/points/{lat},{lon}` leads to `/gridpoints/{office}/{x},{y}`, raw layers.

As on the wire: a User-Agent is required; layers are values with intervals (`start/PT6H`), equal neighbours
merged; temperatures are whole °F written in °C, winds whole knots in km/h, directions tens of degrees;
precipitation is a sum over its six-hour interval; places outside the US are unknown (404), errors are
problem+json. The single office is `SIM` and its grid is one of hundredths of a degree, so that a gridpoint
says where it lies.
"""

import re
from typing import Any

import numpy as np

from weather_platform.sandbox.feeds import US, feeds_of
from weather_platform.sandbox.forecast import RUN_DELAY_HOURS, run_at
from weather_platform.sandbox.panel import Spot
from weather_platform.sandbox.simulation import Simulation
from weather_platform.sandbox.wire.ask import Ask, Reply, Series, json_reply, spot_of, utc_text, zone_hours
from weather_platform.sandbox.wire.nws_layers import layers

(_FEED,) = feeds_of("nws")
_HOURS = 180
_OFFICE = "SIM"
_GEO, _PROBLEM = "application/geo+json", "application/problem+json"
_POINT = re.compile(r"/points/([-\d.]+),([-\d.]+)")
_GRID = re.compile(rf"/gridpoints/{_OFFICE}/(\d{{1,5}}),(\d{{1,5}})")
_API = "https://api.weather.gov"
_CONTEXT = [
    "https://geojson.org/geojson-ld/geojson-context.jsonld",
    {"@version": "1.1", "wmoUnit": "https://codes.wmo.int/common/unit/"},
]
_EMPTY = ("pressure", "snowLevel", "waveDirection", "probabilityOfThunder", "redFlagThreatIndex")


def respond(ask: Ask, simulation: Simulation) -> Reply:
    """Answer a request below `/nws`."""
    if not ask.headers.get("user-agent"):
        return _problem(403, "Forbidden", "A User-Agent that names your application and contact is required.")
    if point := _POINT.fullmatch(ask.path):
        spot = spot_of(ask, simulation, *point.groups())
        if spot is None:
            return _problem(400, "Bad Request", "Bad Request")
        return _lookup(simulation, spot)
    if grid := _GRID.fullmatch(ask.path):
        x, y = int(grid[1]) / 100 - 180, int(grid[2]) / 100 - 90
        spot = spot_of(ask, simulation, str(y), str(x))
        if spot is not None and simulation.panel.countries[spot.index] in US:
            return json_reply(_gridpoint(ask, simulation, spot, grid[1], grid[2]), content_type=_GEO)
    return _problem(404, "Not Found", "Not Found")


def _problem(status: int, title: str, detail: str, kind: str | None = None) -> Reply:
    content = {
        "correlationId": "5a5a5a5",
        "title": title,
        "type": f"{_API}/problems/{kind or title.replace(' ', '')}",
        "status": status,
        "detail": detail,
        "instance": f"{_API}/requests/5a5a5a5",
    }
    return json_reply(content, status, _PROBLEM)


def _lookup(simulation: Simulation, spot: Spot) -> Reply:
    if simulation.panel.countries[spot.index] not in US:
        where = f"{spot.latitude:g},{spot.longitude:g}"
        return _problem(
            404,
            "Data Unavailable For Requested Point",
            f"Unable to provide data for {where}",
            "InvalidPoint",
        )
    x, y = round((spot.longitude + 180) * 100), round((spot.latitude + 90) * 100)
    grid, point = (
        f"{_API}/gridpoints/{_OFFICE}/{x},{y}",
        f"{_API}/points/{spot.latitude:g},{spot.longitude:g}",
    )
    properties = {
        "@id": point,
        "@type": "wx:Point",
        "cwa": _OFFICE,
        "forecastOffice": f"{_API}/offices/{_OFFICE}",
        "gridId": _OFFICE,
        "gridX": x,
        "gridY": y,
        "forecast": f"{grid}/forecast",
        "forecastHourly": f"{grid}/forecast/hourly",
        "forecastGridData": grid,
        "observationStations": f"{grid}/stations",
        "timeZone": f"Etc/GMT{-zone_hours(spot.longitude):+d}",
        "radarStation": "KSIM",
    }
    return json_reply(
        {
            "@context": _CONTEXT,
            "id": point,
            "type": "Feature",
            "geometry": _point(spot),
            "properties": properties,
        },
        content_type=_GEO,
    )


def _point(spot: Spot) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [spot.longitude, spot.latitude]}


def _gridpoint(ask: Ask, simulation: Simulation, spot: Spot, x: str, y: str) -> dict[str, Any]:
    run = run_at(ask.now)
    series = Series(
        simulation, _FEED, ask, spot, np.arange(run + RUN_DELAY_HOURS, run + RUN_DELAY_HOURS + _HOURS)
    )
    start, updated = (
        utc_text(series.hours[:1], "%Y-%m-%dT%H:00:00+00:00")[0],
        utc_text(series.hours[:1], "%Y-%m-%dT%H:15:41+00:00")[0],
    )
    size = 0.012
    corners = [(-size, -size), (-size, size), (size, size), (size, -size), (-size, -size)]
    ring = [[round(spot.longitude + east, 7), round(spot.latitude + north, 7)] for east, north in corners]
    link = f"{_API}/gridpoints/{_OFFICE}/{x},{y}"
    properties = {
        "@id": link,
        "@type": "wx:Gridpoint",
        "updateTime": updated,
        "validTimes": f"{start}/P7DT12H",
        "elevation": {"unitCode": "wmoUnit:m", "value": float(simulation.panel.elevation_m[spot.index])},
        "forecastOffice": f"{_API}/offices/{_OFFICE}",
        "gridId": _OFFICE,
        "gridX": x,
        "gridY": y,
        **layers(series),
        **{name: {"values": []} for name in _EMPTY},
    }
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {
        "@context": _CONTEXT,
        "id": link,
        "type": "Feature",
        "geometry": geometry,
        "properties": properties,
    }
