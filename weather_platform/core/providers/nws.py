"""US National Weather Service: a place's grid cell is looked up, then its raw gridpoint forecast is read.

What its wire format asks of a reader: each layer is a list of values over ISO 8601 intervals (`start/PT3H`,
`P1DT6H`) with its own lengths and `uom`. A state (temperature, wind, cloud) holds at every hour of its
interval. An amount or a probability is of its whole interval, so it stands on the one row where the
interval ends, with the interval's length: splitting it over hours would invent a distribution. A row has
one interval, the amount's, so a probability of another is left out: a chance of twelve hours bounds that of
six from above only. `snowfallAmount` is depth, taken as 10:1. The layer `pressure` is seldom filled and its
level is not documented, so it is left out.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from weather_platform.core.places import Place
from weather_platform.core.providers.nws_layers import read_gridpoint, wmo_affine
from weather_platform.core.providers.nws_periods import read_periods
from weather_platform.core.providers.reading import answered_place, plain_name, quoted, read_object, utc_time
from weather_platform.core.providers.spec import Asked, Block, Fault, Horizon, PayloadError, Provider, Request
from weather_platform.core.providers.steps import one
from weather_platform.core.providers.terms import Limit, Terms

# Grid cells are 2.5 km wide; some products answer with the middle of a larger area.
TOLERANCE_KM = 25.0
_COVERED = ("US", "PR", "VI", "GU", "AS", "MP")


def covers(place: Place) -> bool:
    """The service covers the United States and their territories, which have country codes of their own."""
    return place.country in _COVERED


def requests(places: Sequence[Place], horizon: Horizon) -> list[Request]:
    """The look-up of every place's grid cell; `follow` makes the forecast request of it."""
    del horizon
    return [
        Request(
            f"{plain_name(place.location_id)}.points",
            # More than 4 decimals, or zeros at their end, are answered with a redirect.
            f"/points/{_degrees(place.latitude)},{_degrees(place.longitude)}",
            {},
            (place,),
            role="lookup",
            leads_to=plain_name(place.location_id),
        )
        for place in places
    ]


def _degrees(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def follow(lookup: Request, body: bytes) -> Request:
    """The forecast request that a look-up leads to. Raises PayloadError where it names no grid cell."""
    properties = _properties(read_object(body))
    office, x, y = (properties.get(name) for name in ("gridId", "gridX", "gridY"))
    # The path is built of checked parts, so that a reply cannot send us anywhere else.
    if not re.fullmatch(r"[A-Z]{3}", str(office)) or type(x) is not int or type(y) is not int:
        raise PayloadError(f"the look-up names no grid cell: gridId {office!r}, gridX {x!r}, gridY {y!r}")
    return Request(lookup.leads_to, f"/gridpoints/{office}/{x},{y}", {}, lookup.places)


def parse(body: bytes, asked: Asked) -> list[Block | Fault]:
    """The one block of a raw gridpoint reply, or of the product `forecast/hourly` (a feed of its own), and a
    Fault for each of its intervals, layers or periods that cannot be read.
    """
    reply = read_object(body)
    properties = _properties(reply)
    longitude, latitude = _middle(reply.get("geometry"))
    place = answered_place(asked, 0, latitude, longitude, TOLERANCE_KM)
    if isinstance(properties.get("periods"), list):
        block, faults = read_periods(place, properties["periods"])
    else:
        block, faults = read_gridpoint(place, properties)
    block.grid_latitude, block.grid_longitude = latitude, longitude
    block.elevation_m, nowhere = one(properties.get("elevation"), _metres, "elevation")
    block.issue_time, undated = one(properties.get("updateTime"), utc_time, "updateTime")
    return [block, *faults, *nowhere, *undated]


def _metres(elevation: dict[str, Any]) -> float | None:
    if elevation["value"] is None:
        return None
    return float(elevation["value"]) * wmo_affine(elevation.get("unitCode"), "visibility_m").factor


def _properties(reply: dict[str, Any]) -> dict[str, Any]:
    properties = reply.get("properties")
    if not isinstance(properties, dict):
        problem = reply.get("detail") or reply.get("title") or ", ".join(reply)
        raise PayloadError(
            f"the provider answered with an error {reply.get('status', '')}: {quoted(problem)}"
        )
    return properties


def _middle(geometry: Any) -> tuple[float, float]:
    """Longitude and latitude of a point, or of the middle of a polygon's corners."""
    if not isinstance(geometry, dict):
        raise PayloadError("the reply has no geometry, so its place is unknown")
    if geometry.get("type") == "GeometryCollection":
        return _middle(geometry["geometries"][0])
    if geometry.get("type") == "Point":
        longitude, latitude = geometry["coordinates"][:2]
        return longitude, latitude
    corners = geometry["coordinates"][0][:-1]  # the last corner repeats the first
    return sum(c[0] for c in corners) / len(corners), sum(c[1] for c in corners) / len(corners)


PROVIDER = Provider(
    name="nws",
    title="US National Weather Service",
    base_url="https://api.weather.gov",
    models=("blend",),
    requests=requests,
    parse=parse,
    terms=Terms(
        licence="public domain",
        attribution="Data from the US National Weather Service (public domain)",
        url="https://www.weather.gov/documentation/services-web-api",
        as_of=date(2026, 11, 25),
        commercial=True,
        storage="allowed",
        limits=(Limit("minute", 300),),  # nothing is published; half of what others report to pass
    ),
    steps=lambda _hours: 170,  # always all of it, about a week of hours
    follow=follow,
    covers=covers,
    headers={"Accept": "application/geo+json"},
    concurrency=32,
    max_bytes=8_000_000,
    also_retried=(404,),  # common for single cells, and gone a moment later; lasting outside the US only
)
