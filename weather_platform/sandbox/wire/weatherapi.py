"""WeatherAPI's `/v1/forecast.json`: whole local days of hourly values, hours already past included.

As on the wire: metric and imperial side by side, chances 0-100, `time` local and `time_epoch` UTC, snow in cm
beside precipitation in mm (over the hour that ends at `time`), an invalid `days` counts as 1, a malformed `q`
is answered for some other place with status 200. An hour that the feed leaves out has nulls. Astronomy and
`current` are placeholders of the right shape.
"""

from datetime import UTC, datetime
from typing import Any

import numpy as np

from weather_platform.sandbox.feeds import feeds_of
from weather_platform.sandbox.panel import Spot
from weather_platform.sandbox.physics import snow_share
from weather_platform.sandbox.simulation import Simulation
from weather_platform.sandbox.wire.ask import (
    Ask,
    Reply,
    Series,
    json_reply,
    rounded,
    spot_of,
    utc_text,
    whole,
    zone_hours,
)
from weather_platform.sandbox.wire.sky import WEATHERAPI, sky

(_FEED,) = feeds_of("weatherapi")
_MOST_DAYS = 10
_MPH, _INCH, _MILES = 0.6213712, 1 / 25.4, 0.6213712
_WINDS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
_HOUR_KEYS = (
    "time_epoch", "time", "temp_c", "temp_f", "is_day", "condition", "wind_mph", "wind_kph", "wind_degree", "wind_dir",
    "pressure_mb", "pressure_in", "precip_mm", "precip_in", "snow_cm", "humidity", "cloud", "feelslike_c",
    "feelslike_f", "windchill_c", "windchill_f", "heatindex_c", "heatindex_f", "dewpoint_c", "dewpoint_f",
    "will_it_rain", "chance_of_rain", "will_it_snow", "chance_of_snow", "vis_km", "vis_miles", "gust_mph", "gust_kph",
    "uv",
)  # fmt: skip


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
    if spot is None:
        if not latitude.replace(".", "").replace("-", "").isdecimal():
            return _error(400, 1006, "No matching location found.")
        spot = simulation.panel.spot(
            23.13, 113.27
        )  # as recorded: a truncated coordinate is answered for Guangdong
    return json_reply(_forecast(ask, simulation, spot), content_type="application/json")


def _error(status: int, code: int, message: str) -> Reply:
    return json_reply({"error": {"code": code, "message": message}}, status, "application/json")


def _forecast(ask: Ask, simulation: Simulation, spot: Spot) -> dict[str, Any]:
    shift = zone_hours(spot.longitude)
    days = ask.params.get("days", "1")
    count = min(int(days), _MOST_DAYS) if days.isdecimal() and int(days) else 1
    midnight = (int(ask.now // 3600) + shift) // 24 * 24 - shift
    series = Series(simulation, _FEED, ask, spot, np.arange(midnight, midnight + 24 * count))
    hours = _hours(series, shift)
    panel = simulation.panel
    local = datetime.fromtimestamp(ask.now + shift * 3600, UTC)
    current = dict(hours[int(ask.now // 3600) - midnight])
    epoch = current.pop("time_epoch")
    return {
        "location": {
            "name": panel.names[spot.index],
            "region": "",
            "country": panel.countries[spot.index],
            "lat": round(spot.latitude, 2),
            "lon": round(spot.longitude, 2),
            "tz_id": f"Etc/GMT{-shift:+d}" if shift else "Etc/GMT",
            "localtime_epoch": int(ask.now),
            "localtime": f"{local:%Y-%m-%d} {local.hour}:{local:%M}",
        },
        "current": {"last_updated_epoch": epoch, "last_updated": current.pop("time")} | current,
        "forecast": {"forecastday": [_day(hours[24 * day : 24 * day + 24]) for day in range(count)]},
    }


def _hours(series: Series, shift: int) -> list[dict[str, Any]]:
    celsius, dew, feels = series["temperature_c"], series["dew_point_c"], series["apparent_temperature_c"]
    wind, gust = series["wind_speed_m_s"] * 3.6, series["wind_gust_m_s"] * 3.6
    pressure, amount, snow = series["pressure_msl_hpa"], series["precipitation_mm"], snow_share(celsius)
    visible = np.minimum(series["visibility_m"], 10_000) / 1000
    chance = whole(np.round(series["precipitation_probability"] * 100))
    degrees = whole(series["wind_direction_deg"])
    cold, warm = np.minimum(celsius, feels), np.maximum(celsius, feels)
    day = [int(6 <= (hour + series.spot.longitude / 15) % 24 < 18) for hour in series.hours.tolist()]
    state = sky(series["cloud_cover"], amount, snow, series["visibility_m"])
    rains = [
        None if c is None else int(c > 50 and s < 0.5) for c, s in zip(chance, snow.tolist(), strict=True)
    ]
    snows = [
        None if c is None else int(c > 50 and s >= 0.5) for c, s in zip(chance, snow.tolist(), strict=True)
    ]
    rain_chance = [
        c if s < 0.5 else (None if c is None else 0) for c, s in zip(chance, snow.tolist(), strict=True)
    ]
    snow_chance = [
        c if s >= 0.5 else (None if c is None else 0) for c, s in zip(chance, snow.tolist(), strict=True)
    ]
    columns = (
        (series.hours * 3600).tolist(),
        utc_text(series.hours + shift, "%Y-%m-%d %H:%M"),
        rounded(celsius, 1), rounded(celsius * 1.8 + 32, 1), day,
        [_condition(s, d) for s, d in zip(state, day, strict=True)],
        rounded(wind * _MPH, 1), rounded(wind, 1), degrees,
        [None if d is None else _WINDS[int(d / 22.5 + 0.5) % 16] for d in degrees],
        rounded(pressure, 1), rounded(pressure * 0.02953, 2), rounded(amount, 2), rounded(amount * _INCH, 2),
        rounded(amount * snow, 2), whole(series["relative_humidity"] * 100), whole(series["cloud_cover"] * 100),
        rounded(feels, 1), rounded(feels * 1.8 + 32, 1), rounded(cold, 1), rounded(cold * 1.8 + 32, 1),
        rounded(warm, 1), rounded(warm * 1.8 + 32, 1), rounded(dew, 1), rounded(dew * 1.8 + 32, 1),
        rains, rain_chance, snows, snow_chance,
        rounded(visible, 1), rounded(np.floor(visible * _MILES), 1), rounded(gust * _MPH, 1), rounded(gust, 1),
        [1.0 + 4.0 * d for d in day],
    )  # fmt: skip
    return [dict(zip(_HOUR_KEYS, row, strict=True)) for row in zip(*columns, strict=True)]


def _condition(state: int, day: int) -> dict[str, Any]:
    code, text, icon = WEATHERAPI[state]
    when = "day" if day else "night"
    return {
        "text": "Sunny" if state == 0 and day else text,
        "icon": f"//cdn.weatherapi.com/weather/64x64/{when}/{icon}.png",
        "code": code,
    }


def _day(hours: list[dict[str, Any]]) -> dict[str, Any]:
    def known(key: str) -> list[float]:
        return [hour[key] for hour in hours if hour[key] is not None] or [0.0]

    warm, cold, rain = max(known("temp_c")), min(known("temp_c")), sum(known("precip_mm"))
    mean, wind = sum(known("temp_c")) / len(known("temp_c")), max(known("wind_kph"))
    visible = sum(known("vis_km")) / len(known("vis_km"))
    date = hours[0]["time"][:10]
    return {
        "date": date,
        "date_epoch": int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp()),
        "day": {
            "maxtemp_c": warm, "maxtemp_f": round(warm * 1.8 + 32, 1),
            "mintemp_c": cold, "mintemp_f": round(cold * 1.8 + 32, 1),
            "avgtemp_c": round(mean, 1), "avgtemp_f": round(mean * 1.8 + 32, 1),
            "maxwind_mph": round(wind * _MPH, 1), "maxwind_kph": wind,
            "totalprecip_mm": round(rain, 2), "totalprecip_in": round(rain * _INCH, 2),
            "totalsnow_cm": round(sum(known("snow_cm")), 2),
            "avgvis_km": round(visible, 1), "avgvis_miles": float(int(visible * _MILES)),
            "avghumidity": round(sum(known("humidity")) / len(known("humidity"))),
            "daily_will_it_rain": int(max(known("chance_of_rain")) > 50),
            "daily_chance_of_rain": int(max(known("chance_of_rain"))),
            "daily_will_it_snow": int(max(known("chance_of_snow")) > 50),
            "daily_chance_of_snow": int(max(known("chance_of_snow"))),
            "condition": hours[12]["condition"],
            "uv": 3.0,
        },
        "astro": {
            "sunrise": "06:00 AM", "sunset": "06:00 PM", "moonrise": "06:00 PM", "moonset": "06:00 AM",
            "moon_phase": "Full Moon", "moon_illumination": 100, "is_moon_up": 0, "is_sun_up": 1,
        },
        "hour": hours,
    }  # fmt: skip
