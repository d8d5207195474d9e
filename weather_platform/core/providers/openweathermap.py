"""OpenWeatherMap: the 5 day / 3 hour forecast, and the hourly part of One Call 3.0 where a file holds one.

What its wire format asks of a reader: a reply never says its units (core.providers.openweathermap_units
tells them); `rain` and `snow` are absent or empty when dry, which is 0 and not unknown; their amounts are mm
over the 3 hours (One Call: 1 hour) before `dt`, whatever the units; `pop` is 0-1; `pressure` is of the sea
level unless `sea_level` says so itself, `grnd_level` of the ground; `cod` is a number in some errors, a
text in others and in success.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from weather_platform.core.places import Place
from weather_platform.core.providers.openweathermap_units import UNITS, units_of
from weather_platform.core.providers.reading import (
    answered_place,
    epoch_times,
    nested,
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
from weather_platform.core.providers.steps import timed
from weather_platform.core.providers.terms import Limit, Terms
from weather_platform.core.quantities.units import affine

# Coordinates are answered as asked, or those of the town next to them.
TOLERANCE_KM = 50.0
STEP_HOURS = 3
MAX_STEPS = 40


def requests(places: Sequence[Place], horizon: Horizon) -> list[Request]:
    """One request per place."""
    steps = min(MAX_STEPS, -(-horizon.hours // STEP_HOURS) + 1)
    return [
        Request(
            plain_name(place.location_id),
            "/data/2.5/forecast",
            {
                "lat": f"{place.latitude:.4f}",
                "lon": f"{place.longitude:.4f}",
                "units": "metric",
                "cnt": str(steps),
            },
            (place,),
        )
        for place in places
    ]


def parse(body: bytes, asked: Asked) -> list[Block | Fault]:
    """The one block of a reply, and a Fault for each of its steps that has no time."""
    reply = read_object(body)
    if str(reply.get("cod", "200")) != "200":
        raise PayloadError(
            f"the provider answered with an error {reply['cod']}: {quoted(reply.get('message'))}"
        )
    if isinstance(reply.get("list"), list):
        rows, times, faults = timed(reply["list"], "dt", epoch_times, "step")
        return [_forecast(reply, rows, times, asked), *faults]
    if isinstance(reply.get("hourly"), list):
        rows, times, faults = timed(reply["hourly"], "dt", epoch_times, "hour")
        return [_one_call(reply, rows, times, asked), *faults]
    raise PayloadError(
        "the reply has neither `list` (forecast) nor `hourly` (One Call): it holds no hourly forecast"
    )


def _step_hours(times: np.ndarray) -> int:
    """3, or 1 where most steps are: paid plans serve the same product by the hour, with amounts of one."""
    hourly = np.diff(np.sort(times)) == np.timedelta64(1, "h")
    return 1 if 2 * hourly.sum() > len(hourly) else STEP_HOURS


def _forecast(reply: dict[str, Any], rows: list[dict[str, Any]], times: np.ndarray, asked: Asked) -> Block:
    coordinates = (reply.get("city") or {}).get("coord") or {}
    latitude, longitude = coordinates.get("lat"), coordinates.get("lon")
    place = answered_place(asked, 0, latitude, longitude, TOLERANCE_KM)
    main, wind, step = nested(rows, "main"), nested(rows, "wind"), _step_hours(times)
    pressure, sea_level = pluck(main, "pressure"), pluck(main, "sea_level")
    values = {
        "temperature_c": pluck(main, "temp"),
        "apparent_temperature_c": pluck(main, "feels_like"),
        "relative_humidity": pluck(main, "humidity"),
        "pressure_msl_hpa": [
            own if own is not None else other for own, other in zip(sea_level, pressure, strict=True)
        ],
        "surface_pressure_hpa": pluck(main, "grnd_level"),
        "cloud_cover": pluck(nested(rows, "clouds"), "all"),
        "wind_speed_m_s": pluck(wind, "speed"),
        "wind_direction_deg": pluck(wind, "deg"),
        "wind_gust_m_s": pluck(wind, "gust"),
        **_shared(rows, f"{step}h"),
    }
    return Block(
        place,
        "blend",
        times,
        values,
        _scale(values, asked.params),
        step,
        grid_latitude=latitude,
        grid_longitude=longitude,
    )


def _one_call(reply: dict[str, Any], rows: list[dict[str, Any]], times: np.ndarray, asked: Asked) -> Block:
    place = answered_place(asked, 0, reply.get("lat"), reply.get("lon"), TOLERANCE_KM)
    values = {
        "temperature_c": pluck(rows, "temp"),
        "apparent_temperature_c": pluck(rows, "feels_like"),
        "dew_point_c": pluck(rows, "dew_point"),
        "relative_humidity": pluck(rows, "humidity"),
        "pressure_msl_hpa": pluck(rows, "pressure"),
        "cloud_cover": pluck(rows, "clouds"),
        "wind_speed_m_s": pluck(rows, "wind_speed"),
        "wind_direction_deg": pluck(rows, "wind_deg"),
        "wind_gust_m_s": pluck(rows, "wind_gust"),
        **_shared(rows, "1h"),
    }
    return Block(
        place,
        "one_call",
        times,
        values,
        _scale(values, asked.params),
        grid_latitude=reply["lat"],
        grid_longitude=reply["lon"],
    )


def _shared(rows: list[dict[str, Any]], window: str) -> dict[str, list[Any]]:
    """What both products name alike."""
    rain, snow = ([_amount(row.get(name, {}), window) for row in rows] for name in ("rain", "snow"))
    weather = [value[0] if isinstance(value, list) and value else None for value in pluck(rows, "weather")]
    return {
        "visibility_m": pluck(rows, "visibility"),
        "precipitation_mm": [_sum(a, b) for a, b in zip(rain, snow, strict=True)],
        "rain_mm": rain,
        "snowfall_water_mm": snow,
        "precipitation_probability": pluck(rows, "pop"),
        "weather_code": [value.get("id") if isinstance(value, dict) else None for value in weather],
    }


def _amount(told: Any, window: str) -> Any:
    """Of rain or snow: an object without anything in it is dry as well, and was usual until 2018."""
    if isinstance(told, dict):
        return told.get(window) if told else 0.0
    return told


def _sum(rain: Any, snow: Any) -> Any:
    """Rain and snow together: missing where either is, and what is no number as it is, to be set aside."""
    together = number(rain) + number(snow)
    if not math.isnan(together):
        return together
    return snow if math.isfinite(number(rain)) else rain


def _scale(values: Mapping[str, Sequence[Any]], params: Mapping[str, str]) -> dict[str, tuple[float, float]]:
    temperature, speed = UNITS[units_of(values, params)]
    columns = ("temperature_c", "apparent_temperature_c", "dew_point_c")
    return {
        **{column: affine(temperature, column) for column in columns},
        **{column: affine(speed, column) for column in ("wind_speed_m_s", "wind_gust_m_s")},
        **{column: affine("%", column) for column in ("relative_humidity", "cloud_cover")},
    }


PROVIDER = Provider(
    name="openweathermap",
    title="OpenWeatherMap",
    base_url="https://api.openweathermap.org",
    models=("blend",),
    requests=requests,
    parse=parse,
    terms=Terms(
        licence="ODbL (database), CC BY-SA 4.0 (data)",
        attribution="Weather data provided by OpenWeather (ODbL)",
        url="https://openweathermap.org/full-price",
        as_of=date(2026, 11, 25),
        commercial=True,
        storage="allowed",
        limits=(Limit("minute", 60), Limit("month", 1_000_000)),
    ),
    steps=lambda hours: min(hours, 120) // 3,
    auth=Auth(query="appid"),
    concurrency=100,  # its replies are small, and what bounds it is the calls per minute
    max_bytes=1_000_000,
)
