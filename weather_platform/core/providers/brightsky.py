"""Bright Sky: MOSMIX, the forecasts of Germany's weather service (DWD), as JSON; one place per call, hourly.

What its wire format asks of a reader: one reply holds observed and forecast hours, told apart by the source
that each names; observed ones are no forecast and are passed over. It answers for the nearest station, whose
hours and fields that lack something are filled from stations further away: these are left out, or a place's
series would jump. Amounts, gusts and chances are of the hour before `timestamp`, which carries an offset. A
reply never says its units: SI is asked for, and a file without a request is judged by its temperatures, which
are in kelvin then, or in °C as by default. `relative_humidity` is null in MOSMIX. An empty `weather` is the
answer where a station has no such hours. When its forecasts were issued it does not say.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np

from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.reading import (
    answered_place,
    number,
    plain_name,
    pluck,
    quoted,
    read_object,
    utc_time,
)
from weather_platform.core.providers.spec import Asked, Block, Fault, Horizon, PayloadError, Provider, Request
from weather_platform.core.providers.steps import each
from weather_platform.core.providers.terms import Limit, Terms
from weather_platform.core.quantities.units import affine

# How far its station may be from the place, which is asked for and checked; the service's own default.
TOLERANCE_KM = 50.0
MAX_HOURS = 240
# Latitudes and longitudes of Germany and what borders on it. MOSMIX has stations elsewhere too, but sparse
# ones, and a place with none within reach is answered with a 404, cycle by cycle.
_SOUTH, _NORTH, _WEST, _EAST = 47.2, 55.1, 5.8, 15.1
# No air on Earth is 100 °C, and none is below 100 K.
_SURELY_KELVIN = 100.0
# By contract column: the field, and its unit by name of the system.
_FIELDS = {
    "temperature_c": ("temperature", {"dwd": "°C", "si": "K"}),
    "dew_point_c": ("dew_point", {"dwd": "°C", "si": "K"}),
    "relative_humidity": ("relative_humidity", {"dwd": "%", "si": "%"}),
    "pressure_msl_hpa": ("pressure_msl", {"dwd": "hPa", "si": "Pa"}),
    "cloud_cover": ("cloud_cover", {"dwd": "%", "si": "%"}),
    "visibility_m": ("visibility", {"dwd": "m", "si": "m"}),
    "precipitation_mm": ("precipitation", {"dwd": "mm", "si": "kg/m²"}),
    "precipitation_probability": ("precipitation_probability", {"dwd": "%", "si": "%"}),
    "wind_speed_m_s": ("wind_speed", {"dwd": "km/h", "si": "m/s"}),
    "wind_direction_deg": ("wind_direction", {"dwd": "°", "si": "°"}),
    "wind_gust_m_s": ("wind_gust_speed", {"dwd": "km/h", "si": "m/s"}),
}
_SCALES = {
    system: {column: affine(units[system], column) for column, (_, units) in _FIELDS.items()}
    for system in ("dwd", "si")
}


def covers(place: Place) -> bool:
    """Germany and its borders, where stations are dense."""
    return _SOUTH <= place.latitude <= _NORTH and _WEST <= place.longitude <= _EAST


def requests(places: Sequence[Place], horizon: Horizon) -> list[Request]:
    """One request per place, of the hours from a cycle's start on."""
    return [
        Request(
            plain_name(place.location_id),
            "/weather",
            {
                "lat": f"{place.latitude:.4f}",
                "lon": f"{place.longitude:.4f}",
                "max_dist": f"{TOLERANCE_KM * 1000:.0f}",
                "units": "si",
                "tz": "Etc/UTC",
            },
            (place,),
            dated=partial(_span, horizon.hours),
        )
        for place in places
    ]


def _span(hours: int, cycle: datetime) -> dict[str, str]:
    """So far from a fetch at any time of the cycle. Beyond what a station has, others are looked through."""
    end = cycle + min(timedelta(hours=hours) + CYCLE.length, timedelta(hours=MAX_HOURS))
    return {"date": f"{cycle:%Y-%m-%dT%H:%M}", "last_date": f"{end:%Y-%m-%dT%H:%M}"}


def parse(body: bytes, asked: Asked) -> list[Block | Fault]:
    """The one block of a reply, none where it has no forecast, and a Fault for each of its sources and hours
    that cannot be read.
    """
    reply = read_object(body)
    weather, listed = reply.get("weather"), reply.get("sources")
    if not isinstance(weather, list) or not isinstance(listed, list):
        problem = reply.get("detail") or reply.get("title") or ", ".join(reply)
        raise PayloadError(f"the reply has no lists `weather` and `sources`: {quoted(problem)}")
    sources, faults = each(listed, _source, "source")
    hours, unread = each(weather, partial(_hour, dict(sources)), "hour")
    faults += unread
    ahead = {name for name, source in sources if source.get("observation_type") == "forecast"}
    told = ahead & {name for name, _, _ in hours}
    # They are listed from near to far.
    nearest = next((name for name, _ in sources if name in told), None)
    if nearest is None:
        return list(faults)
    station = dict(sources)[nearest]
    place = answered_place(asked, 0, station.get("lat"), station.get("lon"), TOLERANCE_KM)
    times = np.array([time for name, time, _ in hours if name == nearest], dtype="datetime64[s]")
    rows = [row for name, _, row in hours if name == nearest]
    values = {column: pluck(rows, field) for column, (field, _) in _FIELDS.items()}
    scale = _SCALES[_system(values["temperature_c"], asked.params)]
    values["weather_code"] = [row.get("icon") or row.get("condition") for row in rows]
    block = Block(place, "mosmix", times, values, scale, 1, station["lat"], station["lon"])
    block.elevation_m = station.get("height")
    return [block, *faults]


def _source(source: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return str(source["id"]), source


def _hour(sources: Mapping[str, dict[str, Any]], row: dict[str, Any]) -> tuple[str, datetime, dict[str, Any]]:
    """The hour's source, its time (UTC, naive), and what its own source says of it."""
    name = str(row["source_id"])
    if name not in sources:
        raise PayloadError(f"its source {quoted(name)} is not among the reply's `sources`")
    time = utc_time(row["timestamp"]).replace(tzinfo=None)
    return name, time, row | dict.fromkeys(row.get("fallback_source_ids") or ())


def _system(temperatures: Sequence[Any], params: Mapping[str, str]) -> str:
    """The system of units asked for; where nobody knows what was asked, by most of the temperatures."""
    if params.get("units") in _SCALES:
        return params["units"]
    if params:  # asked for none
        return "dwd"
    known = np.array([number(value) for value in temperatures])
    return (
        "si"
        if np.count_nonzero(known > _SURELY_KELVIN) > np.count_nonzero(known <= _SURELY_KELVIN)
        else "dwd"
    )


PROVIDER = Provider(
    name="brightsky",
    title="Bright Sky",
    base_url="https://api.brightsky.dev",
    models=("mosmix",),
    requests=requests,
    parse=parse,
    terms=Terms(
        licence="DWD GeoNutzV (CC BY 4.0)",
        attribution="Quelle: Deutscher Wetterdienst",
        url="https://brightsky.dev",
        as_of=date(2026, 11, 30),
        commercial=True,
        storage="allowed",
        limits=(Limit("minute", 60),),  # nothing is published; it lives on donations, so gently
    ),
    steps=lambda hours: min(hours, MAX_HOURS),
    covers=covers,
    in_sandbox=False,
    concurrency=2,
    max_bytes=4_000_000,
)
