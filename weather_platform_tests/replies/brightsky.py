"""A small reply of Bright Sky, as served."""

from datetime import timedelta
from typing import Any

from weather_platform_tests.replies.start import START


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
