"""A small reply of Visual Crossing, as served."""

from datetime import timedelta
from typing import Any

from weather_platform_tests.replies.start import START


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
