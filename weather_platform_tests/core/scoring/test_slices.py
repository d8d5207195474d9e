"""Cuts by lead, region and season have the edges and names that a reader expects."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.scoring.slices import (
    ALL_LEADS,
    LEAD_BUCKETS,
    lead_bucket,
    lead_label,
    region,
    season,
)


def test_a_bucket_has_its_first_hour_and_not_its_last() -> None:
    found = lead_bucket(np.array([0, 23.99, 24, 71.9, 72, 119.9, 120, 239, 240, 400]))
    assert list(found) == [
        "000-024", "000-024", "024-048", "048-072", "072-096", "096-120", "120-168", "168-240",
        "240+", "240+",
    ]  # fmt: skip


def test_buckets_sort_as_they_follow() -> None:
    assert sorted(LEAD_BUCKETS) == list(LEAD_BUCKETS)


def test_buckets_are_written_as_people_read_them() -> None:
    assert [lead_label(bucket) for bucket in ("000-024", "096-120", "240+", ALL_LEADS)] == [
        "0–24 h", "96–120 h", "240+ h", "all leads",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("latitude", "longitude", "name"),
    [
        (25.76, -80.19, "Americas, subtropics N"),
        (48.86, 2.35, "Europe and Africa, mid-latitudes N"),
        (-1.29, 36.82, "Europe and Africa, tropics"),
        (-33.87, 151.21, "Asia and Oceania, subtropics S"),
        (-41.29, 174.78, "Asia and Oceania, mid-latitudes S"),
        (64.13, -21.9, "Europe and Africa, polar N"),
        (52.0, -176.6, "Americas, mid-latitudes N"),
        (53.2, 50.15, "Europe and Africa, mid-latitudes N"),
        (41.3, 69.24, "Asia and Oceania, mid-latitudes N"),
        (-18.1, 180.0, "Americas, tropics"),
        (90.0, 0.0, "Europe and Africa, polar N"),
        (52.0, 330.5, "Europe and Africa, mid-latitudes N"),
    ],
)
def test_places_are_where_people_say_they_are(latitude: float, longitude: float, name: str) -> None:
    assert region(np.array([latitude]), np.array([longitude]))[0] == name


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_place_is_in_one_region_however_its_longitude_is_written(latitude: float, longitude: float) -> None:
    found = region(np.array([latitude] * 2), np.array([longitude, longitude + 360]))
    assert found[0] == found[1]


def test_january_is_winter_in_the_north_and_summer_in_the_south() -> None:
    times = pd.Series(pd.to_datetime(["2026-01-15", "2026-01-15", "2026-10-01", "2026-12-01"], utc=True))
    assert list(season(times, np.array([50.0, -50.0, 50.0, 50.0]))) == [
        "winter",
        "summer",
        "autumn",
        "winter",
    ]
