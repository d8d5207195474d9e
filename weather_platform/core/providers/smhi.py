"""SMHI: SNOW1g, the forecasts of Sweden's weather service for northern Europe; one place per call, hourly for
two to three days, then every 6 and 12 hours.

What its wire format asks of a reader: coordinates are [longitude, latitude], in the path as in the answer,
which is for the nearest point of a 2.5 km grid; units stand in none of its replies but in its catalogue of
parameters, cloud in eighths and visibility in km among them; 9999 is missing, in whichever field. Amounts and
chances are over the time from `intervalParametersStartTime` to `time` (amounts in kg/m², where pmp3g, the
format before, had rates), the rest holds at `time`; where that is no time at all, as in files made of
pmp3g's, nothing tells what an amount is over, and it is left out. `precipitation_amount_mean` is the
ensemble's, while `_min` and `_max` are of those members only in which it falls, and the frozen part is not
the ensemble's.
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
from weather_platform.core.providers.steps import one, timed
from weather_platform.core.providers.terms import Limit, Terms
from weather_platform.core.quantities.units import affine

TOLERANCE_KM = 5.0
MISSING = 9999
_BEGINS = "intervalParametersStartTime"
_LONGEST_S = 24 * 3600
# Corners of the area that pmp3g documented (latitude; longitudes west and east). That of SNOW1g holds it, and
# is a little larger; a place outside is answered with a 404, cycle by cycle.
_LATITUDES = (52.50, 70.66)
_WEST, _EAST = (2.25, -8.54), (27.35, 37.85)
# By contract column: the field, and its unit.
_INSTANT = {
    "temperature_c": ("air_temperature", "°C"),
    "relative_humidity": ("relative_humidity", "%"),
    "pressure_msl_hpa": ("air_pressure_at_mean_sea_level", "hPa"),
    "cloud_cover": ("cloud_area_fraction", "okta"),
    "visibility_m": ("visibility_in_air", "km"),
    "wind_speed_m_s": ("wind_speed", "m/s"),
    "wind_direction_deg": ("wind_from_direction", "°"),
    "wind_gust_m_s": ("wind_speed_of_gust", "m/s"),
}
_OVER_TIME = {
    "precipitation_mm": ("precipitation_amount_mean", "kg/m²"),
    "precipitation_probability": ("probability_of_precipitation", "%"),
}
_SCALE = {column: affine(unit, column) for column, (_, unit) in {**_INSTANT, **_OVER_TIME}.items()}


def covers(place: Place) -> bool:
    """The Nordic countries but Iceland, the Baltic ones, and what lies between and beside them."""
    west, east = (float(np.interp(place.latitude, _LATITUDES, side)) for side in (_WEST, _EAST))
    return _LATITUDES[0] <= place.latitude <= _LATITUDES[1] and west <= place.longitude <= east


def requests(places: Sequence[Place], horizon: Horizon) -> list[Request]:
    """One request per place; the horizon is always the provider's own."""
    del horizon
    return [
        Request(
            plain_name(place.location_id),
            "/api/category/snow1g/version/1/geotype/point"
            f"/lon/{place.longitude:.4f}/lat/{place.latitude:.4f}/data.json",
            {},
            (place,),
        )
        for place in places
    ]


def parse(body: bytes, asked: Asked) -> list[Block | Fault]:
    """The one block of a reply, and a Fault for each of its steps that has no time."""
    reply = read_object(body)
    if "timeSeries" not in reply:
        raise PayloadError(
            f"the reply has no `timeSeries`: it holds no forecast but {quoted(', '.join(reply))}"
        )
    longitude, latitude, *_ = reply["geometry"]["coordinates"]
    place = answered_place(asked, 0, latitude, longitude, TOLERANCE_KM)
    series, times, faults = timed(reply["timeSeries"], "time", utc_times, "step")
    data = nested(series, "data")
    values = {column: _known(data, field) for column, (field, _) in _INSTANT.items()}
    intervals, told = _intervals(series, times)
    if not told.all():
        why = f"no whole hours end at `time` that begin at `{_BEGINS}`, so amounts and chances are left out"
        faults.append(Fault(f"{np.count_nonzero(~told)} of {len(told)} steps: {why}"))
    over = [row if known else {} for row, known in zip(data, told, strict=True)]
    values |= {column: _known(over, field) for column, (field, _) in _OVER_TIME.items()}
    values["weather_code"] = _known(data, "symbol_code")
    block = Block(place, "snow1g", times, values, _SCALE, intervals, latitude, longitude)
    block.issue_time, undated = one(reply.get("createdTime"), utc_time, "createdTime")
    return [block, *faults, *undated]


def _intervals(series: list[dict[str, Any]], times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hours of the interval that ends at each step, and whether the step tells it; where not, 1."""
    begun = [one(text, utc_time, _BEGINS)[0] for text in pluck(series, _BEGINS)]
    starts = np.array([time and time.replace(tzinfo=None) for time in begun], dtype="datetime64[s]")
    seconds = (times - starts).astype("int64")
    told = (seconds > 0) & (seconds <= _LONGEST_S) & (seconds % 3600 == 0)
    return np.where(told, seconds // 3600, 1), told


def _known(rows: Sequence[dict[str, Any]], field: str) -> list[Any]:
    return [None if value == MISSING else value for value in pluck(rows, field)]


PROVIDER = Provider(
    name="smhi",
    title="SMHI",
    base_url="https://opendata-download-metfcst.smhi.se",
    models=("snow1g",),
    requests=requests,
    parse=parse,
    terms=Terms(
        licence="CC BY 4.0 SE",
        attribution="Source: SMHI (CC BY 4.0), modified",
        url="https://www.smhi.se/data/om-smhis-data/villkor-for-anvandning",
        as_of=date(2026, 11, 30),
        commercial=True,
        storage="allowed",
        limits=(Limit("minute", 60),),  # no figure is published, but that its services are not to be loaded
    ),
    steps=lambda _hours: 82,  # always all of it, some ten days
    covers=covers,
    in_sandbox=False,
    concurrency=1,  # connections side by side are allowed to those only of whom each is a user
    max_bytes=4_000_000,
)
