"""A small reply of OpenWeatherMap, as served."""

from datetime import timedelta
from typing import Any

from weather_platform_tests.replies.start import START


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
