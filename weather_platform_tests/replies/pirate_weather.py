"""A small reply of Pirate Weather, as served."""

from datetime import timedelta
from typing import Any

from weather_platform_tests.replies.start import START


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
