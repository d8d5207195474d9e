"""WeatherAPI's hours and day summaries: every quantity in metric and imperial units side by side."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import numpy as np

from weather_platform.sandbox.physics import snow_share
from weather_platform.sandbox.wire.ask import Series, rounded, utc_text, whole
from weather_platform.sandbox.wire.sky import WEATHERAPI, sky

_MILES, _INCHES, _INCHES_OF_MERCURY = 0.6213712, 1 / 25.4, 0.02953
_LIKELY_PERCENT = 50
_WINDS = (
    *("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE"),
    *("S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"),
)
_SUMMARISED = (
    *(
        "temp_c",
        "temp_f",
        "wind_mph",
        "wind_kph",
        "precip_mm",
        "precip_in",
        "snow_cm",
        "vis_km",
        "humidity",
        "uv",
    ),
    *("will_it_rain", "chance_of_rain", "will_it_snow", "chance_of_snow"),
)
_ASTRO = {
    "sunrise": "06:00 AM",
    "sunset": "06:00 PM",
    "moonrise": "06:00 PM",
    "moonset": "06:00 AM",
    "moon_phase": "Full Moon",
    "moon_illumination": 100,
    "is_moon_up": 0,
    "is_sun_up": 1,
}


def columns_of(series: Series, shift: int) -> dict[str, list[Any]]:
    """The fields of the `hour` objects by the hour; `shift` is local time less UTC, hours. An hour left out
    has nulls.
    """
    celsius, amount, snow = (
        series["temperature_c"],
        series["precipitation_mm"],
        snow_share(series["temperature_c"]),
    )
    day = [int(6 <= (hour + series.spot.longitude / 15) % 24 < 18) for hour in series.hours.tolist()]
    state = sky(series["cloud_cover"], amount, snow, series["visibility_m"])
    return {
        "time_epoch": (series.hours * 3600).tolist(),
        "time": utc_text(series.hours + shift, "%Y-%m-%d %H:%M"),
        **_temperature("temp", celsius),
        "is_day": day,
        "condition": [_condition(*pair) for pair in zip(state, day, strict=True)],
        **_wind(series),
        "pressure_mb": rounded(series["pressure_msl_hpa"], 1),
        "pressure_in": rounded(series["pressure_msl_hpa"] * _INCHES_OF_MERCURY, 2),
        "precip_mm": rounded(amount, 2),
        "precip_in": rounded(amount * _INCHES, 2),
        "snow_cm": rounded(amount * snow, 2),
        "humidity": whole(series["relative_humidity"] * 100),
        "cloud": whole(series["cloud_cover"] * 100),
        **_felt(celsius, series["apparent_temperature_c"]),
        **_temperature("dewpoint", series["dew_point_c"]),
        **_chances(series["precipitation_probability"], snow),
        **_visibility(np.minimum(series["visibility_m"], 10_000) / 1000),
        "gust_mph": rounded(series["wind_gust_m_s"] * 3.6 * _MILES, 1),
        "gust_kph": rounded(series["wind_gust_m_s"] * 3.6, 1),
        "uv": [1.0 + 4.0 * by_day for by_day in day],
    }


def hours_of(columns: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """The `hour` objects."""
    names = tuple(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _temperature(name: str, celsius: np.ndarray) -> dict[str, list[Any]]:
    return {f"{name}_c": rounded(celsius, 1), f"{name}_f": rounded(celsius * 1.8 + 32, 1)}


def _felt(celsius: np.ndarray, feels: np.ndarray) -> dict[str, list[Any]]:
    cold, warm = np.minimum(celsius, feels), np.maximum(celsius, feels)
    return (
        _temperature("feelslike", feels) | _temperature("windchill", cold) | _temperature("heatindex", warm)
    )


def _wind(series: Series) -> dict[str, list[Any]]:
    speed, degrees = series["wind_speed_m_s"] * 3.6, whole(series["wind_direction_deg"])
    return {
        "wind_mph": rounded(speed * _MILES, 1),
        "wind_kph": rounded(speed, 1),
        "wind_degree": degrees,
        "wind_dir": [None if value is None else _WINDS[int(value / 22.5 + 0.5) % 16] for value in degrees],
    }


def _chances(probability: np.ndarray, snow: np.ndarray) -> dict[str, list[Any]]:
    """The chance of whichever falls; the other's is zero."""
    percent, snowy = np.round(probability * 100), snow >= 0.5
    rain, snowfall = np.where(snowy, 0 * percent, percent), np.where(snowy, percent, 0 * percent)
    likely = np.where(np.isnan(percent), np.nan, _LIKELY_PERCENT)
    return {
        "will_it_rain": whole(np.where(np.isnan(likely), np.nan, rain > likely)),
        "chance_of_rain": whole(rain),
        "will_it_snow": whole(np.where(np.isnan(likely), np.nan, snowfall > likely)),
        "chance_of_snow": whole(snowfall),
    }


def _visibility(kilometres: np.ndarray) -> dict[str, list[Any]]:
    return {"vis_km": rounded(kilometres, 1), "vis_miles": rounded(np.floor(kilometres * _MILES), 1)}


@cache
def _condition(state: int, day: int) -> dict[str, Any]:
    """Shared by hours: never write to it."""
    code, text, icon = WEATHERAPI[state]
    when = "day" if day else "night"
    picture = f"//cdn.weatherapi.com/weather/64x64/{when}/{icon}.png"
    return {"text": "Sunny" if state == 0 and day else text, "icon": picture, "code": code}


def day_of(columns: Mapping[str, Sequence[Any]], hours: list[dict[str, Any]], first: int) -> dict[str, Any]:
    """The `forecastday` object around the 24 hours from the number `first` on; summaries count the hours that
    have values.
    """
    of_day = slice(first, first + 24)
    known = {key: [v for v in columns[key][of_day] if v is not None] or [0.0] for key in _SUMMARISED}
    mean = {key: sum(known[key]) / len(known[key]) for key in ("temp_c", "temp_f", "vis_km", "humidity")}
    date = columns["time"][first][:10]
    summary = {
        **{f"maxtemp_{unit}": max(known[f"temp_{unit}"]) for unit in "cf"},
        **{f"mintemp_{unit}": min(known[f"temp_{unit}"]) for unit in "cf"},
        **{f"avgtemp_{unit}": round(mean[f"temp_{unit}"], 1) for unit in "cf"},
        "maxwind_mph": max(known["wind_mph"]),
        "maxwind_kph": max(known["wind_kph"]),
        "totalprecip_mm": round(sum(known["precip_mm"]), 2),
        "totalprecip_in": round(sum(known["precip_in"]), 2),
        "totalsnow_cm": round(sum(known["snow_cm"]), 2),
        "avgvis_km": round(mean["vis_km"], 1),
        "avgvis_miles": float(int(mean["vis_km"] * _MILES)),
        "avghumidity": round(mean["humidity"]),
        **{f"daily_{key}": int(max(known[key])) for key in ("will_it_rain", "chance_of_rain")},
        **{f"daily_{key}": int(max(known[key])) for key in ("will_it_snow", "chance_of_snow")},
        "condition": columns["condition"][first + 12],
        "uv": max(known["uv"]),
    }
    epoch = int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp())
    return {"date": date, "date_epoch": epoch, "day": summary, "astro": _ASTRO, "hour": hours[of_day]}
