"""Made-up replies in the providers' wire formats, for tests and benchmarks that need many or odd ones."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import orjson

START = datetime(2026, 8, 1, tzinfo=UTC)
OPEN_METEO_UNITS = {
    "temperature_2m": "°C",
    "apparent_temperature": "°C",
    "dew_point_2m": "°C",
    "relative_humidity_2m": "%",
    "pressure_msl": "hPa",
    "surface_pressure": "hPa",
    "cloud_cover": "%",
    "visibility": "m",
    "precipitation": "mm",
    "precipitation_probability": "%",
    "wind_speed_10m": "m/s",
    "wind_direction_10m": "°",
}


def series(seed: int, hours: int, low: float, high: float, decimals: int = 1) -> list[float]:
    """Numbers as APIs print them."""
    return np.random.default_rng(seed).uniform(low, high, hours).round(decimals).tolist()


def open_meteo(
    latitude: float = 46.5,
    longitude: float = 7.0,
    hours: int = 168,
    seed: int = 0,
    models: Sequence[str] = (),
) -> dict[str, Any]:
    """One place's reply with 12 variables; keys carry the model's name where there are two or more."""
    times = [f"{START + timedelta(hours=i):%Y-%m-%dT%H:%M}" for i in range(hours)]
    suffixes = [f"_{model}" for model in models] if len(models) > 1 else [""]
    hourly: dict[str, Any] = {"time": times}
    units = {"time": "iso8601"}
    for n, (name, unit) in enumerate(OPEN_METEO_UNITS.items()):
        low, high = (900, 1040) if unit == "hPa" else (0, 30)
        for m, suffix in enumerate(suffixes):
            hourly[name + suffix] = series(seed * 1000 + n * 10 + m, hours, low, high)
            units[name + suffix] = unit
    return {
        "latitude": latitude,
        "longitude": longitude,
        "generationtime_ms": 0.2,
        "utc_offset_seconds": 0,
        "timezone": "GMT",
        "timezone_abbreviation": "GMT",
        "elevation": 500.0,
        "hourly_units": units,
        "hourly": hourly,
    }


def openweathermap(latitude: float = 46.5, longitude: float = 7.0, steps: int = 40) -> dict[str, Any]:
    """A 5 day / 3 hour reply in metric units; every second step is wet."""
    return {
        "cod": "200",
        "message": 0,
        "cnt": steps,
        "list": [_openweathermap_step(i) for i in range(steps)],
        "city": {
            "id": 1,
            "name": "X",
            "coord": {"lat": latitude, "lon": longitude},
            "country": "CH",
            "timezone": 7200,
        },
    }


def _openweathermap_step(i: int) -> dict[str, Any]:
    time = START + timedelta(hours=3 * (i + 1))
    step: dict[str, Any] = {
        "dt": int(time.timestamp()),
        "main": {
            "temp": 12.5,
            "feels_like": 11.0,
            "pressure": 1015,
            "sea_level": 1015,
            "grnd_level": 955,
            "humidity": 70,
        },
        "weather": [{"id": 500, "main": "Rain", "description": "light rain", "icon": "10d"}],
        "clouds": {"all": 83},
        "wind": {"speed": 3.1, "deg": 200, "gust": 6.2},
        "visibility": 10000,
        "pop": 0.4,
        "dt_txt": f"{time:%Y-%m-%d %H:%M:%S}",
    }
    return step | ({"rain": {"3h": 0.6}} if i % 2 else {})


def weatherapi(latitude: float = 46.5, longitude: float = 7.0, days: int = 7) -> dict[str, Any]:
    """Whole days by the hour, with the fields of early 2024 that are read and some that are not."""
    return {
        "location": {"name": "X", "lat": latitude, "lon": longitude, "tz_id": "UTC", "localtime_epoch": 0},
        "current": {"temp_c": 1.0},
        "forecast": {
            "forecastday": [{"hour": [_weatherapi_hour(24 * d + h) for h in range(24)]} for d in range(days)]
        },
    }


def _weatherapi_hour(i: int) -> dict[str, Any]:
    time = START + timedelta(hours=i)
    return {
        "time_epoch": int(time.timestamp()),
        "time": f"{time:%Y-%m-%d %H:%M}",
        "temp_c": 10.8,
        "temp_f": 51.4,
        "is_day": 0,
        "condition": {
            "text": "Clear",
            "icon": "//cdn.weatherapi.com/weather/64x64/night/113.png",
            "code": 1000,
        },
        "wind_mph": 3.8,
        "wind_kph": 36.0,
        "wind_degree": 157,
        "wind_dir": "SSE",
        "pressure_mb": 1014.0,
        "precip_mm": 0.3,
        "snow_cm": 0.2,
        "humidity": 79,
        "cloud": 13,
        "feelslike_c": 10.4,
        "dewpoint_c": 7.3,
        "will_it_rain": 1,
        "chance_of_rain": 20,
        "will_it_snow": 0,
        "chance_of_snow": 60,
        "vis_km": 10.0,
        "gust_kph": 54.0,
        "uv": 1.0,
    }


def met_norway(
    latitude: float = 46.5, longitude: float = 7.0, hours: int = 60, blocks: int = 20
) -> dict[str, Any]:
    """Hourly steps, then six-hourly ones; amounts look forward."""
    offsets = [*range(hours), *(hours + 6 * i for i in range(blocks))]
    units = {
        "air_pressure_at_sea_level": "hPa",
        "air_temperature": "celsius",
        "cloud_area_fraction": "%",
        "precipitation_amount": "mm",
        "relative_humidity": "%",
        "wind_from_direction": "degrees",
        "wind_speed": "m/s",
    }
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude, 500]},
        "properties": {
            "meta": {"updated_at": "2026-07-31T22:10:00Z", "units": units},
            "timeseries": [_met_norway_step(o, 1 if o < hours else 6) for o in offsets],
        },
    }


def _met_norway_step(offset: int, window: int) -> dict[str, Any]:
    details = {
        "air_pressure_at_sea_level": 1013.2,
        "air_temperature": 11.5,
        "cloud_area_fraction": 50.0,
        "relative_humidity": 66.5,
        "wind_from_direction": 37.0,
        "wind_speed": 6.0,
    }
    ahead = {"summary": {"symbol_code": f"rain_{offset}"}, "details": {"precipitation_amount": offset / 10}}
    return {
        "time": f"{START + timedelta(hours=offset):%Y-%m-%dT%H:%M:%SZ}",
        "data": {"instant": {"details": details}, f"next_{window}_hours": ahead},
    }


def nws_points(office: str = "LWX", x: int = 97, y: int = 71) -> dict[str, Any]:
    """A look-up's reply."""
    return {"type": "Feature", "properties": {"gridId": office, "gridX": x, "gridY": y}}


def nws_gridpoint(latitude: float = 38.89, longitude: float = -77.03, hours: int = 168) -> dict[str, Any]:
    """Raw layers: states by the hour, amounts by six hours."""

    def layer(unit: str, value: float, step: int = 1) -> dict[str, Any]:
        starts = [START + timedelta(hours=i) for i in range(0, hours, step)]
        values = [
            {"validTime": f"{start:%Y-%m-%dT%H:%M:%S+00:00}/PT{step}H", "value": value} for start in starts
        ]
        return {"uom": f"wmoUnit:{unit}", "values": values}

    corner = [[longitude - 0.01, latitude - 0.01], [longitude + 0.01, latitude - 0.01]]
    corner += [[longitude + 0.01, latitude + 0.01], [longitude - 0.01, latitude + 0.01]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [[*corner, corner[0]]]},
        "properties": {
            "updateTime": "2026-07-31T20:15:00+00:00",
            "elevation": {"unitCode": "wmoUnit:m", "value": 3.96},
            "temperature": layer("degC", 22.5),
            "dewpoint": layer("degC", 12.0),
            "relativeHumidity": layer("percent", 73),
            "skyCover": layer("percent", 40),
            "windDirection": layer("degree_(angle)", 160),
            "windSpeed": layer("km_h-1", 18.0),
            "windGust": layer("km_h-1", 36.0),
            "quantitativePrecipitation": layer("mm", 1.2, 6),
            "probabilityOfPrecipitation": layer("percent", 30, 6),
        },
    }


def brightsky(latitude: float = 46.5, longitude: float = 7.0, hours: int = 24) -> dict[str, Any]:
    """In SI units; the first hour was observed, at a station of its own."""
    source = {"lat": latitude, "lon": longitude, "height": 500.0, "distance": 100.0}
    return {
        "weather": [_brightsky_hour(i) for i in range(hours)],
        "sources": [
            source | {"id": 11, "observation_type": "current", "height": 490.0},
            source | {"id": 2252, "observation_type": "forecast", "station_name": "X"},
        ],
    }


def _brightsky_hour(i: int) -> dict[str, Any]:
    return {
        "timestamp": f"{START + timedelta(hours=i):%Y-%m-%dT%H:%M:%S+00:00}",
        "source_id": 2252 if i else 11,
        "precipitation": 0.3,
        "precipitation_probability": 40,
        "pressure_msl": 101320,
        "sunshine": 600,
        "temperature": 285.15,
        "dew_point": 280.15,
        "wind_direction": 167,
        "wind_speed": 5.5,
        "wind_gust_direction": None,
        "wind_gust_speed": 13.0,
        "cloud_cover": 75,
        "relative_humidity": None,
        "visibility": 11500,
        "condition": "dry",
        "icon": "cloudy",
    }


def smhi(
    latitude: float = 46.5, longitude: float = 7.0, steps: Sequence[int] = (1,) * 18 + (6, 6, 12)
) -> dict[str, Any]:
    """`steps` are the hours from each time to the next; the first begins at START."""
    ends = np.cumsum(steps).tolist()
    return {
        "createdTime": "2026-07-31T23:46:26Z",
        "referenceTime": "2026-07-31T23:30:00Z",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "timeSeries": [_smhi_step(end - over, end) for over, end in zip(steps, ends, strict=True)],
    }


def _smhi_step(begun: int, ended: int) -> dict[str, Any]:
    return {
        "time": f"{START + timedelta(hours=ended):%Y-%m-%dT%H:%M:%SZ}",
        "intervalParametersStartTime": f"{START + timedelta(hours=begun):%Y-%m-%dT%H:%M:%SZ}",
        "data": {
            "air_temperature": 12.5,
            "wind_from_direction": 200,
            "wind_speed": 4.5,
            "wind_speed_of_gust": 9.5,
            "relative_humidity": 80,
            "air_pressure_at_mean_sea_level": 1013.2,
            "visibility_in_air": 11.5,
            "thunderstorm_probability": 1,
            "cloud_area_fraction": 6,
            "cloud_base_altitude": 9999,
            "precipitation_amount_mean_deterministic": 0.5,
            "precipitation_amount_mean": 0.3,
            "precipitation_amount_min": 0.4,
            "precipitation_amount_max": 1.2,
            "precipitation_amount_median": 0.2,
            "probability_of_precipitation": 40,
            "precipitation_frozen_part": -9,
            "symbol_code": 18,
        },
    }


def visualcrossing(latitude: float = 46.5, longitude: float = 7.0, hours: int = 24) -> dict[str, Any]:
    """In metric units, in days of UTC; the first hour was observed."""
    told = [_visualcrossing_hour(i) for i in range(hours)]
    days = [
        {
            "datetimeEpoch": told[i]["datetimeEpoch"],
            "source": "fcst" if i else "comb",
            "hours": told[i : i + 24],
        }
        for i in range(0, hours, 24)
    ]
    return {
        "queryCost": 1,
        "latitude": latitude,
        "longitude": longitude,
        "resolvedAddress": f"{latitude},{longitude}",
        "timezone": "Etc/UTC",
        "tzoffset": 0.0,
        "days": days,
    }


def _visualcrossing_hour(i: int) -> dict[str, Any]:
    return {
        "datetimeEpoch": int((START + timedelta(hours=i)).timestamp()),
        "temp": 12.5,
        "feelslike": 11.0,
        "humidity": 70.4,
        "dew": 7.3,
        "precip": 0.3,
        "precipprob": 40.0,
        "windgust": 36.0,
        "windspeed": 18.0,
        "winddir": 167.0,
        "pressure": 1013.2,
        "visibility": 11.5,
        "cloudcover": 75.0,
        "icon": "rain",
        "source": "fcst" if i else "obs",
    }


def pirate_weather(latitude: float = 46.5, longitude: float = 7.0, hours: int = 24) -> dict[str, Any]:
    """In SI units, as asked for."""
    return {
        "latitude": latitude,
        "longitude": longitude,
        "timezone": "Etc/UTC",
        "offset": 0.0,
        "elevation": 500,
        "hourly": {
            "icon": "rain",
            "data": [_pirate_weather_hour(i) for i in range(hours)],
        },
        "flags": {
            "sources": ["ETOPO1", "gfs", "ecmwf_ifs"],
            "sourceTimes": {"gfs": "2026-07-31 18Z", "ecmwf_ifs": "2026-07-31 12Z"},
            "nearest-station": -999,
            "units": "si",
            "version": "V2.10.0",
        },
    }


def _pirate_weather_hour(i: int) -> dict[str, Any]:
    return {
        "time": int((START + timedelta(hours=i)).timestamp()),
        "summary": "Light Rain",
        "icon": "rain",
        "precipIntensity": 0.3,
        "precipProbability": 0.4,
        "precipIntensityError": 0.1,
        "precipAccumulation": 0.03,
        "precipType": "rain",
        "rainIntensity": 0.3,
        "temperature": 12.5,
        "apparentTemperature": 10.5,
        "dewPoint": 7.5,
        "humidity": 0.8,
        "pressure": 1013.2,
        "windSpeed": 4.5,
        "windGust": 9.5,
        "windBearing": 200,
        "cloudCover": 0.75,
        "uvIndex": 1.2,
        "visibility": 11.5,
        "ozone": 330.5,
        "smoke": -999,
    }


def encoded(reply: Any) -> bytes:
    """As served."""
    return orjson.dumps(reply)


class Example(NamedTuple):
    """A small good reply for 46.5° N, 7° E from START on, and the keys that lead to its list of steps."""

    reply: Any
    steps: tuple[str | int, ...]


# One of every provider: what holds for all of them is tried on these.
EXAMPLES = {
    "open_meteo": Example(open_meteo(hours=6, models=("a", "b")), ("hourly", "time")),
    "openweathermap": Example(openweathermap(steps=3), ("list",)),
    "weatherapi": Example(weatherapi(days=1), ("forecast", "forecastday", 0, "hour")),
    "met_norway": Example(met_norway(hours=3, blocks=2), ("properties", "timeseries")),
    "nws": Example(nws_gridpoint(46.5, 7.0, hours=6), ("properties", "temperature", "values")),
    "brightsky": Example(brightsky(hours=6), ("weather",)),
    "smhi": Example(smhi(steps=(1, 1, 6, 12)), ("timeSeries",)),
    "visualcrossing": Example(visualcrossing(hours=6), ("days", 0, "hours")),
    "pirate_weather": Example(pirate_weather(hours=6), ("hourly", "data")),
}
