"""Which stations are a place's."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.contracts.archives import LISTING, STATION, STATION_MATCH
from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.history.matching import Limits, alive, match
from weather_platform.core.sphere import great_circle_km
from weather_platform.core.tables.schema import check, conform, empty


def stations(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["station_id", "latitude", "longitude", "elevation_m"])
    return conform(frame.assign(archive="isd_lite", name=frame["station_id"]), STATION)


def places(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["location_id", "latitude", "longitude", "elevation_m"])
    return conform(frame.assign(name=frame["location_id"].str.title()), LOCATIONS)


def test_a_higher_station_loses_to_a_farther_one_and_reasons_are_told() -> None:
    there = stations(("valley", 47.0, 11.1, 600), ("summit", 47.0, 11.01, 2200), ("far", 47.0, 15.0, 600))
    found = match(there, places(("town", 47.0, 11.0, 580)), Limits(50, 300, 3))
    assert check(found, STATION_MATCH).bad.empty
    assert found["station_id"].tolist() == ["valley", "summit", "far"]
    assert found["used"].tolist() == [True, False, False]
    assert found["reason"].tolist() == ["", "more than 300 m higher or lower", "farther than 50 km"]
    assert found["height_difference_m"].tolist() == [20, 1620, 20]


def test_of_many_near_stations_so_many_are_taken() -> None:
    there = stations(*((f"s{i}", 50.0, 8.0 + i / 100, 100) for i in range(9)))
    found = match(there, places(("town", 50.0, 8.0, 100)), Limits(stations=2))
    assert found["station_id"].tolist() == ["s0", "s1"]
    assert found["used"].all()


@given(
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=12),
    st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
)
def test_the_nearest_on_the_sphere_is_found_over_poles_and_the_date_line(
    points: list[tuple[float, float]], place: tuple[float, float]
) -> None:
    there = stations(*((f"s{i:02d}", *point, np.nan) for i, point in enumerate(points)))
    found = match(there, places(("here", *place, np.nan)), Limits(30_000, stations=1))
    km = great_circle_km(np.array(place[0]), np.array(place[1]), *np.array(points).T)
    assert found["distance_km"].iloc[0] == pytest.approx(km.min(), abs=1e-3)


def test_a_list_that_ends_before_the_first_day_still_says_who_reported_at_its_end() -> None:
    """Found by reading: lists are days to months old, and who begins today had no station at all."""
    rows = stations(*((name, 50.0, 8.0, 100) for name in ("ceased", "dateless", "gone", "on")))
    rows["last_day"] = pd.to_datetime(["2026-07-01", "", "2026-03-01", "2026-07-30"], utc=True)
    first = pd.Timestamp("2026-08-01", tz="UTC")
    none = empty(LISTING)
    assert alive(rows, first, none)["station_id"].tolist() == ["ceased", "dateless", "on"]
    assert len(alive(rows, pd.Timestamp("2026-02-01", tz="UTC"), none)) == 4
    other = rows.assign(archive="dwd", last_day=rows["last_day"] + pd.Timedelta(days=300))
    both = pd.concat([rows, other], ignore_index=True)
    assert alive(both, first, none)["station_id"].tolist()[:3] == ["ceased", "dateless", "on"]
    assert alive(stations(), first, none).empty


def test_a_station_without_a_file_in_its_archives_listing_is_passed_over() -> None:
    """Found by reading: GHCN-Hourly's list names no days, and airfields of the forties took a place."""
    rows = stations(*((name, 50.0, 8.0, 100) for name in ("airfield", "old", "on")))
    rows = pd.concat([rows, rows.assign(archive="dwd")], ignore_index=True)
    files = pd.DataFrame({"name": ["a", "b"], "station_id": ["old", "on"], "year": ["2025", "2026"]})
    listed = conform(files.assign(archive="isd_lite", url="u", seen_at=pd.Timestamp(0, tz="UTC")), LISTING)
    first = pd.Timestamp("2026-08-01", tz="UTC")
    found = alive(rows, first, listed)
    assert found.loc[found["archive"] == "isd_lite", "station_id"].tolist() == ["on"]
    assert len(found[found["archive"] == "dwd"]) == 3  # nothing of it is listed
    assert len(alive(rows, first, listed[listed["year"] < "2026"])) == 6
