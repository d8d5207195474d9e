"""Visual Crossing's timeline: a blend of models as JSON; one place per call, fifteen local days by the hour.

What its wire format asks of a reader: hours stand inside their days, which may have none. Each names its
source: observed hours, those mixed of both and statistics are no forecast and are passed over.
`datetimeEpoch` is UTC, the other times are the place's. `precip` holds melted snow; `snow` is depth, and
`preciptype` says rain where 2 cm of it fall, so what part was rain is not known. `pressure` is of
the sea level; a gust is null where it is little more than the wind. Which hour an amount is of is not
documented: it is taken to end at its stamp, since of the recorded one, after five days, each third hour of
UTC has the amount of three, as steps of models end, with zeros between. A reply never says its units: metric
ones are asked for, and a file without a request is judged (`_units`). When it was made it does not say.
Errors are plain text.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from weather_platform.core.places import Place
from weather_platform.core.providers.reading import (
    answered_place,
    epoch_times,
    number,
    plain_name,
    pluck,
    quoted,
    read_object,
)
from weather_platform.core.providers.spec import (
    Asked,
    Auth,
    Block,
    Fault,
    Horizon,
    PayloadError,
    Provider,
    Request,
)
from weather_platform.core.providers.steps import each, timed
from weather_platform.core.providers.terms import Limit, Terms
from weather_platform.core.quantities.units import affine

TOLERANCE_KM = 10.0  # it answers for the very place
# A forecast, and one of the past where it was asked for; hours of a file asked without `source` say nothing.
_FORECAST = ("fcst", "histfcst", None)
# By contract column: the field, and its unit or, where the group of units has it, what it measures.
_FIELDS = {
    "temperature_c": ("temp", "heat"),
    "apparent_temperature_c": ("feelslike", "heat"),
    "dew_point_c": ("dew", "heat"),
    "relative_humidity": ("humidity", "%"),
    "pressure_msl_hpa": ("pressure", "hPa"),
    "cloud_cover": ("cloudcover", "%"),
    "visibility_m": ("visibility", "distance"),
    "precipitation_mm": ("precip", "amount"),
    "precipitation_probability": ("precipprob", "%"),
    "wind_speed_m_s": ("windspeed", "speed"),
    "wind_direction_deg": ("winddir", "°"),
    "wind_gust_m_s": ("windgust", "speed"),
}
_CODE = "icon"
_GROUPS = {
    "metric": {"heat": "°C", "speed": "km/h", "distance": "km", "amount": "mm"},
    "us": {"heat": "°F", "speed": "mph", "distance": "mi", "amount": "in"},
    "uk": {"heat": "°C", "speed": "mph", "distance": "mi", "amount": "mm"},
    "base": {"heat": "K", "speed": "m/s", "distance": "km", "amount": "mm"},
}
_DEFAULT = "us"  # of who asks for none
_SCALES = {
    group: {column: affine(units.get(unit, unit), column) for column, (_, unit) in _FIELDS.items()}
    for group, units in _GROUPS.items()
}
_ELEMENTS = ("datetimeEpoch", "source", *(field for field, _ in _FIELDS.values()), _CODE)


def requests(places: Sequence[Place], _horizon: Horizon) -> list[Request]:
    """One request per place. Fifteen days cost as much as one, and days named would be the place's own, of
    which those past cost 24 times as much."""
    return [
        Request(
            plain_name(place.location_id),
            f"/VisualCrossingWebServices/rest/services/timeline/{place.latitude:.4f},{place.longitude:.4f}",
            {
                "unitGroup": "metric",
                "include": "hours",
                "elements": ",".join(_ELEMENTS),
                "contentType": "json",
            },
            (place,),
        )
        for place in places
    ]


def parse(body: bytes, asked: Asked) -> list[Block | Fault]:
    """The one block of a reply, none where it has no forecast, and a Fault for each of its days and hours
    that cannot be read."""
    reply = read_object(body)
    if not isinstance(reply.get("days"), list):
        raise PayloadError(f"the reply has no list `days`, but {quoted(', '.join(reply))}")
    place = answered_place(asked, 0, reply.get("latitude"), reply.get("longitude"), TOLERANCE_KM)
    days, faults = each(reply["days"], lambda day: list(day.get("hours") or ()), "day")
    hours, times, timeless = timed(
        [hour for day in days for hour in day], "datetimeEpoch", epoch_times, "hour"
    )
    ahead = np.array([hour.get("source") in _FORECAST for hour in hours])
    if not ahead.any():
        return [*faults, *timeless]
    rows = [hour for hour, kept in zip(hours, ahead, strict=True) if kept]
    values = {column: pluck(rows, field) for column, (field, _) in _FIELDS.items()}
    scale = _SCALES[_units(values, asked.params)]
    values["weather_code"] = pluck(rows, _CODE)
    block = Block(place, "blend", times[ahead], values, scale, 1, reply["latitude"], reply["longitude"])
    return [block, *faults, *timeless]


def _units(values: Mapping[str, Sequence[Any]], params: Mapping[str, str]) -> str:
    """The group of units asked for. Where nobody knows what was asked, the one in which most temperatures
    and dew points give the humidity beside them; of two with the same temperatures, the first of _GROUPS.
    """
    if params:
        group = params.get("unitGroup", _DEFAULT)
        return group if group in _SCALES else _DEFAULT
    temperature, dew, humidity = (
        np.array([number(value) for value in values[column]])
        for column in ("temperature_c", "dew_point_c", "relative_humidity")
    )
    told = np.isfinite(temperature) & np.isfinite(dew) & np.isfinite(humidity)
    if not told.any():
        raise PayloadError(
            "the reply does not say its units, and no `temp`, `dew` and `humidity` of an hour tell them; "
            "say what was asked: unitGroup=metric"
        )
    off = {}
    with np.errstate(all="ignore"):  # of numbers that no weather has
        for group, scale in _SCALES.items():
            warm, wet = scale["temperature_c"], scale["dew_point_c"]
            share = _vapour(dew * wet[0] + wet[1]) / _vapour(temperature * warm[0] + warm[1])
            off[group] = np.median(np.nan_to_num(abs(share * 100 - humidity)[told], nan=np.inf))
    return min(off, key=lambda group: off[group])


def _vapour(celsius: np.ndarray) -> np.ndarray:
    """Pressure of saturated vapour over water, as a multiple of that at 0 °C (Magnus's formula)."""
    return np.exp(17.62 * celsius / (243.12 + celsius))


PROVIDER = Provider(
    name="visualcrossing",
    title="Visual Crossing",
    base_url="https://weather.visualcrossing.com",
    models=("blend",),
    requests=requests,
    parse=parse,
    terms=Terms(
        licence="Visual Crossing terms (kept for personal use, else as the plan allows)",
        attribution="Weather Data Provided by Visual Crossing",
        url="https://www.visualcrossing.com/weather-service-terms/",
        as_of=date(2026, 11, 30),
        commercial=False,  # free it may be asked, but what it says may not be kept
        storage="conditional",
        limits=(Limit("day", 1000),),
    ),
    steps=lambda _hours: 348,  # always all of it, fifteen days of which the first has partly passed
    auth=Auth(query="key"),
    in_sandbox=False,
    concurrency=1,  # its free plan takes no second request beside the first
    max_bytes=4_000_000,
)
