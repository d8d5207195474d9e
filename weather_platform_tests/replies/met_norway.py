"""A small reply of MET Norway, as served."""

from datetime import timedelta
from typing import Any

from weather_platform_tests.replies.start import START


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
