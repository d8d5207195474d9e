"""A small reply of WeatherAPI.com, as served."""

from datetime import timedelta
from typing import Any

from weather_platform_tests.replies.start import START


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
