"""OpenWeatherMap's `/data/2.5/forecast`: five days in 40 steps of three hours.

As on the wire: kelvin unless `units` says otherwise; `rain` and `snow` keys absent when dry; `pop` 0-1 and
visibility capped at 10 km; `cod` a string in a success and in a 404, a number in a 401; amounts over the
three hours before `dt`. A step that the feed leaves out is absent from the list.
"""

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
from weather_platform.sandbox.wire.sky import OPENWEATHERMAP, sky

(_FEED,) = feeds_of("openweathermap")
_STEP, _STEPS = 3, 40
_TEMPERATURE = {"standard": (1.0, 273.15), "metric": (1.0, 0.0), "imperial": (1.8, 32.0)}
_WIND = {"standard": 1.0, "metric": 1.0, "imperial": 2.2369363}
_MM_REPORTED = 0.05


def respond(ask: Ask, simulation: Simulation) -> Reply:
    """Answer a request below `/openweathermap`."""
    if not (ask.params.get("appid") or ask.headers.get("x-api-key")):
        message = "Invalid API key. Please see https://openweathermap.org/faq#error401 for more info."
        return json_reply({"cod": 401, "message": message}, 401)
    if ask.path != "/data/2.5/forecast":
        return json_reply({"cod": "404", "message": "Internal error"}, 404)
    for name in ("lat", "lon"):
        if not ask.params.get(name):
            return json_reply({"cod": "400", "message": "Nothing to geocode"}, 400)
    spot = spot_of(ask, simulation, ask.params["lat"], ask.params["lon"])
    if spot is None:
        return json_reply(
            {"cod": "400", "message": "wrong latitude" if _bad(ask) else "wrong longitude"}, 400
        )
    return json_reply(_forecast(ask, simulation, spot))


def _bad(ask: Ask) -> bool:
    try:
        return abs(float(ask.params["lat"])) > 90
    except ValueError:
        return True


def _forecast(ask: Ask, simulation: Simulation, spot: Spot) -> dict[str, Any]:
    count = ask.params.get("cnt", "")
    steps = min(int(count), _STEPS) if count.isdecimal() and int(count) else _STEPS
    first = (int(ask.now // 3600) // _STEP + 1) * _STEP
    series = Series(simulation, _FEED, ask, spot, np.arange(first, first + steps * _STEP, _STEP))
    items = _items(series, ask.params.get("units", "standard"))
    panel = simulation.panel
    return {
        "cod": "200",
        "message": 0,
        "cnt": len(items),
        "list": items,
        "city": {
            "id": panel.keys[spot.index] % 9_000_000,
            "name": panel.names[spot.index],
            "coord": {"lat": round(spot.latitude, 4), "lon": round(spot.longitude, 4)},
            "country": panel.countries[spot.index],
            "population": 0,
            "timezone": zone_hours(spot.longitude) * 3600,
            "sunrise": first // 24 * 86400 + 21600 - zone_hours(spot.longitude) * 3600,
            "sunset": first // 24 * 86400 + 64800 - zone_hours(spot.longitude) * 3600,
        },
    }


def _items(series: Series, units: str) -> list[dict[str, Any]]:
    factor, offset = _TEMPERATURE.get(units, _TEMPERATURE["standard"])
    wind = _WIND.get(units, 1.0)
    celsius = series["temperature_c"]
    amount = series.sum_before("precipitation_mm", _STEP)
    snow = snow_share(celsius)
    columns = (
        (series.hours * 3600).tolist(),
        rounded(celsius * factor + offset, 2),
        rounded(series["apparent_temperature_c"] * factor + offset, 2),
        whole(series["pressure_msl_hpa"]),
        whole(series["surface_pressure_hpa"]),
        whole(series["relative_humidity"] * 100),
        sky(series["cloud_cover"], amount / _STEP, snow, series["visibility_m"]),
        whole(series["cloud_cover"] * 100),
        rounded(series["wind_speed_m_s"] * wind, 2),
        whole(series["wind_direction_deg"]),
        rounded(series["wind_gust_m_s"] * wind, 2),
        whole(np.minimum(series["visibility_m"], 10_000)),
        rounded(series.chance(_STEP), 2),
        rounded(amount * (1 - snow), 2),
        rounded(amount * snow, 2),
        [6 <= (hour + series.spot.longitude / 15) % 24 < 18 for hour in series.hours.tolist()],
        utc_text(series.hours, "%Y-%m-%d %H:%M:%S"),
    )
    return [_item(row) for row in zip(*columns, strict=True) if row[1] is not None]


def _item(row: tuple[Any, ...]) -> dict[str, Any]:
    """One step, from values in the order of `_items`' columns."""
    (
        dt,
        temp,
        feels,
        sea,
        ground,
        humidity,
        state,
        clouds,
        speed,
        degrees,
        gust,
        far,
        pop,
        rain,
        snow,
        day,
        text,
    ) = row
    code, main, description, icon = OPENWEATHERMAP[state]
    pod = "d" if day else "n"
    temperatures = {"temp": temp, "feels_like": feels, "temp_min": temp, "temp_max": temp}
    pressures = {"pressure": sea, "sea_level": sea, "grnd_level": ground}
    item = {
        "dt": dt,
        "main": {**temperatures, **pressures, "humidity": humidity, "temp_kf": 0},
        "weather": [{"id": code, "main": main, "description": description, "icon": icon + pod}],
        "clouds": {"all": clouds},
        "wind": {"speed": speed, "deg": degrees, "gust": gust},
        "visibility": far,
        "pop": pop,
        "sys": {"pod": pod},
        "dt_txt": text,
    }
    fallen = {"rain": rain, "snow": snow}
    return item | {name: {"3h": mm} for name, mm in fallen.items() if mm is not None and mm >= _MM_REPORTED}
