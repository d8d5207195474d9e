"""A small reply of SMHI, as served."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from weather_platform_tests.replies.start import START


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
