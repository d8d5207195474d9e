"""Days at places: eight values each, by the sun's midnight, whatever the longitude."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.days.calendar import dates, ended_in, newest, whole_days
from weather_platform_tests.core.days.hours import START, places, predicted

LONGITUDES = st.floats(-180, 180)


@given(longitude=LONGITUDES, first=st.integers(0, 8), count=st.integers(1, 40))
def test_a_day_has_the_eight_values_of_24_hours_from_the_suns_midnight(
    longitude: float, first: int, count: int
) -> None:
    rows = predicted(np.zeros(first + count), "here").iloc[first:]
    found = whole_days(rows, places(here=longitude), "temperature_c", ["cycle"])
    sun = found["starts_at"] + pd.Timedelta(hours=longitude / 15)
    off = (sun - sun.dt.round("D")).abs()
    assert (off <= pd.Timedelta(minutes=30, seconds=1)).all(), "to the hour"
    assert (found["valid_time"] >= found["starts_at"]).all()
    assert (found["valid_time"] < found["starts_at"] + timedelta(days=1)).all()
    assert (found.groupby("starts_at").size() == 8).all()
    assert found["valid_time"].is_monotonic_increasing
    assert len(rows) - len(found) <= 14, "at most a part of a day at each end is left out"
    assert (len(found) > 0) or count < 15


@given(longitude=LONGITUDES)
def test_an_amount_belongs_to_the_day_that_holds_the_middle_of_its_hours(longitude: float) -> None:
    rows = predicted(np.zeros(30), "here", variable="precipitation_mm")
    found = whole_days(rows, places(here=longitude), "precipitation_mm", ["cycle"])
    middle = found["valid_time"] - timedelta(hours=1.5)
    assert (middle >= found["starts_at"]).all()
    assert (middle < found["starts_at"] + timedelta(days=1)).all()
    assert len(found) >= 16


@given(longitude=LONGITUDES)
def test_all_of_a_day_that_ended_on_a_utc_day_lies_in_it_and_its_eve(longitude: float) -> None:
    start, end = START + timedelta(days=2), START + timedelta(days=3)
    for variable, before in (("temperature_c", 0), ("precipitation_mm", 3)):
        rows = predicted(np.zeros(60), "here", variable=variable)
        found = ended_in(whole_days(rows, places(here=longitude), variable, ["cycle"]), start, end)
        assert len(found) == 8 and set(found["day"]) == {pd.Timestamp(start)}
        assert (found["valid_time"] - timedelta(hours=before) >= start - timedelta(days=1)).all()
        assert (found["valid_time"] < end).all()


@pytest.mark.parametrize(
    ("longitude", "starts", "date"),
    [
        (0.0, "2026-08-02T00Z", "2026-08-02"),
        (-105.0, "2026-08-02T07Z", "2026-08-02"),
        (85.3, "2026-08-01T18Z", "2026-08-02"),
        (180.0, "2026-08-01T12Z", "2026-08-02"),
        (-180.0, "2026-08-01T12Z", "2026-08-01"),
    ],
)
def test_a_date_is_the_places_own(longitude: float, starts: str, date: str) -> None:
    rows = predicted(np.zeros(30), "here")
    found = whole_days(rows, places(here=longitude), "temperature_c", ["cycle"])
    days = found.iloc[::8]
    told = dict(zip(days["starts_at"], dates(days, places(here=longitude)), strict=True))
    assert told[pd.Timestamp(starts)] == date


def test_places_and_cycles_keep_their_days_apart_and_unknown_places_have_none() -> None:
    both = [predicted(np.zeros(16), place, START + timedelta(hours=six)) for place in "ab" for six in (0, 6)]
    found = whole_days(pd.concat(both), places(a=0.0), "temperature_c", ["cycle"])
    assert set(found["location_id"]) == {"a"}
    assert found.groupby(["cycle", "starts_at"]).size().tolist() == [8, 8]


def test_the_newest_of_a_day_is_the_latest_of_its_eight() -> None:
    times = pd.Series(pd.date_range("2026-08-01", periods=16, freq="3h", tz="UTC")).sample(
        frac=1, random_state=1
    )
    first, second = newest(times)
    assert first == times.iloc[:8].max() and second == times.iloc[8:].max()
