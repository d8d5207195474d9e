"""Distances on the Earth, and that whoever tells one tells the same."""

import numpy as np
import pytest

from weather_platform.core.history.matching import Limits, match
from weather_platform.core.sphere import EARTH_RADIUS_KM, great_circle_km
from weather_platform_tests.core.history.test_matching import places, stations
from weather_platform_tests.core.history.test_open_meteo_archive import rows_of_reply

HALF_WAY_ROUND = np.pi * EARTH_RADIUS_KM


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        ((50.0, 8.0), (50.0, 8.0), 0.0),
        ((0.0, 179.5), (0.0, -179.5), HALF_WAY_ROUND / 180),
        ((89.0, 0.0), (89.0, 180.0), HALF_WAY_ROUND / 90),
        ((90.0, 0.0), (-90.0, 77.0), HALF_WAY_ROUND),
        ((0.0, 10.0), (0.0, -170.0), HALF_WAY_ROUND),
        ((48.8566, 2.3522), (51.5074, -0.1278), 343.6),
    ],
)
def test_distances_that_are_known(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    assert great_circle_km(*one, *other) == pytest.approx(km, abs=0.05)
    assert great_circle_km(*other, *one) == great_circle_km(*one, *other)


def test_one_point_stands_beside_many() -> None:
    many = np.array([0.0, 1.0, 2.0])
    assert great_circle_km(0.0, 0.0, many, 0.0) == pytest.approx(many * HALF_WAY_ROUND / 180)


def test_a_grid_point_and_a_station_at_one_spot_are_equally_far() -> None:
    """The nearer of two sources of truth is taken: both are measured on one sphere, to the last metre."""
    grid = rows_of_reply(latitude=50.3, longitude=8.4)["distance_km"].iloc[0]
    there = match(stations(("s", 50.3, 8.4, 120)), places(("here", 50.0, 8.0, 120)), Limits())
    assert grid == pytest.approx(there["distance_km"].iloc[0], rel=1e-9)
    assert grid == great_circle_km(50.0, 8.0, 50.3, 8.4)
