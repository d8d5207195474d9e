"""WeatherAPI.com forecast.json: one place per call, full local calendar days by the hour, past hours
included.

What its wire format asks of a reader: a malformed `q` is answered with HTTP 200 for another place, so the
answered coordinates are compared; keys are added over time, so an absent one is missing, not an error;
`time_epoch` is UTC while `time` is local; `chance_of_rain` and `chance_of_snow` are 0-100 and apart, and
the larger is the least that precipitation can have; `precip_mm` holds melted snow already; `snow_cm` is
depth, taken as 10:1 (recorded: 0.83 cm beside 0.98 mm of water); `pressure_mb` is of the sea level. The
hour that an amount is of is not documented; it is taken to end at its stamp. Hours are those of the place's
clock: in India they begin at 00:30 UTC, and core.parsing.whole_hours makes whole ones of them.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from weather_platform.core.places import Place
from weather_platform.core.providers.reading import (
    answered_place,
    epoch_times,
    nested,
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

TOLERANCE_KM = 50.0
MAX_DAYS = 14
SNOW_CM_TO_WATER_MM = 1.0
_FIELDS = {
    "temperature_c": ("temp_c", "°C"),
    "apparent_temperature_c": ("feelslike_c", "°C"),
    "dew_point_c": ("dewpoint_c", "°C"),
    "relative_humidity": ("humidity", "%"),
    "pressure_msl_hpa": ("pressure_mb", "hPa"),
    "cloud_cover": ("cloud", "%"),
    "visibility_m": ("vis_km", "km"),
    "precipitation_mm": ("precip_mm", "mm"),
    "wind_speed_m_s": ("wind_kph", "km/h"),
    "wind_direction_deg": ("wind_degree", "°"),
    "wind_gust_m_s": ("gust_kph", "km/h"),
}
_SCALE: dict[str, tuple[float, float]] = {
    **{column: affine(unit, column) for column, (_, unit) in _FIELDS.items()},
    "snowfall_water_mm": (SNOW_CM_TO_WATER_MM, 0.0),
    "precipitation_probability": affine("%", "precipitation_probability"),
}


def requests(places: Sequence[Place], horizon: Horizon) -> list[Request]:
    """One request per place. A plan that serves fewer days than asked for answers with what it has."""
    days = min(MAX_DAYS, -(-horizon.hours // 24) + 1)
    return [
        Request(
            plain_name(place.location_id),
            "/v1/forecast.json",
            {
                "q": f"{place.latitude:.4f},{place.longitude:.4f}",
                "days": str(days),
                "aqi": "no",
                "alerts": "no",
            },
            (place,),
        )
        for place in places
    ]


def parse(body: bytes, asked: Asked) -> list[Block | Fault]:
    """The one block of a reply, and a Fault for each of its days and hours that cannot be read."""
    reply = read_object(body)
    if isinstance(error := reply.get("error"), dict):
        raise PayloadError(
            f"the provider answered with an error {error.get('code')}: {quoted(error.get('message'))}"
        )
    location = reply.get("location") or {}
    place = answered_place(asked, 0, location.get("lat"), location.get("lon"), TOLERANCE_KM)
    days, faults = each(_days(reply), _hours, "day")
    hours, times, timeless = timed([hour for day in days for hour in day], "time_epoch", epoch_times, "hour")
    values = {column: pluck(hours, name) for column, (name, _) in _FIELDS.items()}
    values["snowfall_water_mm"] = pluck(hours, "snow_cm")
    rain, snow = pluck(hours, "chance_of_rain"), pluck(hours, "chance_of_snow")
    values["precipitation_probability"] = [_larger(a, b) for a, b in zip(rain, snow, strict=True)]
    values["weather_code"] = pluck(nested(hours, "condition"), "code")
    block = Block(place, "blend", times, values, _SCALE, 1, location["lat"], location["lon"])
    return [block, *faults, *timeless]


def _days(reply: dict[str, Any]) -> list[Any]:
    days = (reply.get("forecast") or {}).get("forecastday")
    if not isinstance(days, list):
        raise PayloadError("the reply has no `forecast.forecastday`: it holds no forecast")
    return days


def _hours(day: dict[str, Any]) -> list[Any]:
    """Of one day; a plan that serves fewer hours than days leaves some days without."""
    return list(day.get("hour") or ())


def _larger(a: Any, b: Any) -> Any:
    """The larger of two chances, of which either may be missing or a number as text. Where they cannot be
    compared, one that is no plain number is handed on, to be judged with its row."""
    if a is None or b is None:
        return b if a is None else a
    try:
        return a if float(a) >= float(b) else b
    except (ValueError, TypeError):
        return b if isinstance(a, int | float) else a


PROVIDER = Provider(
    name="weatherapi",
    title="WeatherAPI.com",
    base_url="https://api.weatherapi.com",
    models=("blend",),
    requests=requests,
    parse=parse,
    terms=Terms(
        licence="WeatherAPI.com terms",
        attribution="Powered by WeatherAPI.com",
        url="https://www.weatherapi.com/terms.aspx",
        as_of=date(2026, 11, 30),
        commercial=True,
        # Two public documents of 2026 quote "forecast data - maximum 24 hours"; the page itself could not be
        # read. Whoever sets a key should read it, and ask.
        storage="conditional",
        limits=(Limit("month", 100_000),),
    ),
    steps=lambda hours: min(hours, 60),  # three days, of which the first has partly passed
    auth=Auth(query="key"),
    concurrency=32,
    max_bytes=4_000_000,
)
