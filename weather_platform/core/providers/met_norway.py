"""MET Norway Locationforecast 2.0: one place per call, hourly for two to three days, then six-hourly.

What its wire format asks of a reader: `next_N_hours` looks forward from its step, so its amount belongs to
the row N hours later, whose interval it fills; where the step to the next row is not N, the amount of that
interval is not known; the last steps lack them. Units stand in `properties.meta.units`; coordinates are
[longitude, latitude, altitude]; at most 4 decimals may be asked for; an identifying User-Agent is mandatory
(infra.web.http sends it).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from weather_platform.core.places import Place
from weather_platform.core.providers.reading import (
    answered_place,
    nested,
    plain_name,
    pluck,
    quoted,
    read_object,
    utc_time,
    utc_times,
)
from weather_platform.core.providers.spec import Asked, Block, Fault, Horizon, PayloadError, Provider, Request
from weather_platform.core.providers.steps import in_order, one, timed
from weather_platform.core.providers.terms import Limit, Terms
from weather_platform.core.quantities.units import UnitError, affine

# The answer repeats the coordinates asked for, cut to 4 decimals.
TOLERANCE_KM = 5.0
WINDOWS = (1, 3, 6, 12)
_INSTANT = {
    "temperature_c": "air_temperature",
    "dew_point_c": "dew_point_temperature",
    "relative_humidity": "relative_humidity",
    "pressure_msl_hpa": "air_pressure_at_sea_level",
    "cloud_cover": "cloud_area_fraction",
    "wind_speed_m_s": "wind_speed",
    "wind_direction_deg": "wind_from_direction",
    "wind_gust_m_s": "wind_speed_of_gust",
}
_AHEAD = {
    "precipitation_mm": "precipitation_amount",
    "precipitation_probability": "probability_of_precipitation",
}


def requests(places: Sequence[Place], horizon: Horizon) -> list[Request]:
    """One request per place; the horizon is always the provider's own."""
    del horizon
    return [
        Request(
            plain_name(place.location_id),
            "/weatherapi/locationforecast/2.0/complete",
            _params(place),
            (place,),
        )
        for place in places
    ]


def _params(place: Place) -> dict[str, str]:
    params = {"lat": f"{place.latitude:.4f}", "lon": f"{place.longitude:.4f}"}
    if place.elevation_m is not None:
        params["altitude"] = f"{place.elevation_m:.0f}"
    return params


def parse(body: bytes, asked: Asked) -> list[Block | Fault]:
    """The one block of a reply, or of a client's cache file that holds the reply under `data`; a Fault for
    each of its steps that has no time.
    """
    reply = read_object(body)
    if "properties" not in reply and isinstance(reply.get("data"), dict):
        reply = reply["data"]
    if "properties" not in reply:
        raise PayloadError(
            f"the reply has no `properties`: it holds no forecast but {quoted(', '.join(reply))}"
        )
    longitude, latitude, *altitude = reply["geometry"]["coordinates"]
    place = answered_place(asked, 0, latitude, longitude, TOLERANCE_KM)
    meta = reply["properties"]["meta"]
    series, times, faults = in_order(*timed(reply["properties"]["timeseries"], "time", utc_times, "step"))
    instant = nested(series, "data", "instant", "details")
    values = {column: pluck(instant, name) for column, name in _INSTANT.items()}
    gaps = np.diff(times.astype("int64")) // 3600
    ahead, code = _ahead(series, gaps.tolist())
    values |= {column: pluck(ahead, name) for column, name in _AHEAD.items()}
    values["weather_code"] = code
    scale, unknown = _scale(meta["units"], values)
    intervals = np.concatenate([[1], np.where(np.isin(gaps, WINDOWS), gaps, 1)])
    block = Block(place, "blend", times, values, scale, intervals, latitude, longitude)
    block.elevation_m = altitude[0] if altitude else None
    block.issue_time, undated = one(meta.get("updated_at"), utc_time, "updated_at")
    return [block, *faults, *unknown, *undated]


def _ahead(series: list[dict[str, Any]], gaps: list[int]) -> tuple[list[dict[str, Any]], list[Any]]:
    """Details and symbol of the window that ends at each row: those that the row before looks forward to."""
    data = nested(series[:-1], "data")
    windows = [
        {"next": row.get(f"next_{gap}_hours") if gap in WINDOWS else None}
        for row, gap in zip(data, gaps, strict=True)
    ]
    symbols = pluck(nested(windows, "next", "summary"), "symbol_code")
    return [{}, *nested(windows, "next", "details")], [None, *symbols]


def _scale(
    units: dict[str, Any], values: dict[str, list[Any]]
) -> tuple[dict[str, tuple[float, float]], list[Fault]]:
    """Scales of the variables that are there. One of no known unit is taken out of `values`, with a Fault."""
    scale: dict[str, tuple[float, float]] = {}
    faults: list[Fault] = []
    for column, name in {**_INSTANT, **_AHEAD}.items():
        if all(value is None for value in values[column]):
            continue
        try:
            scale[column] = affine(str(units.get(name)), column)
        except UnitError as error:
            del values[column]
            faults.append(Fault(f"`meta.units` of {name}: {error}"))
    return scale, faults


PROVIDER = Provider(
    name="met_norway",
    title="MET Norway",
    base_url="https://api.met.no",
    models=("blend",),
    requests=requests,
    parse=parse,
    terms=Terms(
        licence="NLOD 2.0 and CC BY 4.0",
        attribution="Data from MET Norway (CC BY 4.0)",
        url="https://api.met.no/doc/TermsOfService",
        as_of=date(2026, 11, 25),
        commercial=True,
        storage="allowed",
        limits=(Limit("minute", 600),),  # half of the 20 a second that are allowed to an application in total
    ),
    steps=lambda _hours: 85,  # always all of it: hourly for two and a half days, then every six hours
    concurrency=32,
    max_bytes=4_000_000,
)
