"""The global panel: equal areas, no crowding, ids that never change their meaning, within the budget."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.panel.lattice import (
    MOST_POINTS,
    LatticeError,
    affordable,
    fibonacci,
    largest,
    lattice,
)
from weather_platform.core.panel.places_file import PanelError, joined
from weather_platform.core.places import Place
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Horizon
from weather_platform.core.tables.schema import check


@given(st.integers(1, 5000), st.integers(1, 60))
def test_bands_of_equal_area_hold_counts_that_differ_by_at_most_one(points: int, bands: int) -> None:
    latitude, _ = fibonacci(points)
    height = np.sin(np.radians(latitude))
    counts, _ = np.histogram(height, bins=np.linspace(-1, 1, bands + 1) + 1e-12)
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("points", [500, 2000, 10_000])
def test_cells_of_equal_area_are_all_filled_alike_up_to_the_poles(points: int) -> None:
    """Cells of some twenty points each, in bands of equal area cut into equal sectors."""
    latitude, longitude = fibonacci(points)
    bands, sectors = 5, points // 100
    counts, _, _ = np.histogram2d(
        np.sin(np.radians(latitude)),
        longitude,
        bins=[np.linspace(-1, 1, bands + 1), np.linspace(-180, 180, sectors + 1)],
    )
    assert counts.min() >= 16 and counts.max() <= 24
    polar = np.abs(latitude) > 60
    assert polar.mean() == pytest.approx(1 - np.sin(np.radians(60)), abs=1 / points * 2)


def test_neighbours_keep_their_distance() -> None:
    """The nearest neighbour is never closer than half of the side of a point's own square."""
    points = 1000
    latitude, longitude = (np.radians(degrees) for degrees in fibonacci(points))
    xyz = np.stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
    )
    near = np.sort(np.arccos(np.clip(xyz.T @ xyz, -1, 1)), axis=1)[:, 1]
    side = np.sqrt(4 * np.pi / points)
    assert near.min() > side / 2


def test_an_id_is_the_same_place_with_or_without_the_others() -> None:
    everywhere = lattice(300)
    north = lattice(300, lambda latitude, _longitude: latitude > 0)
    assert check(everywhere, LOCATIONS).bad.empty
    assert len(north) == 150
    both = north.merge(everywhere, on="location_id", suffixes=("", "_all"))
    assert (both["latitude"] == both["latitude_all"]).all() and len(both) == 150
    south_east = lattice(300, lambda latitude, longitude: (latitude < 0) & (longitude > 0))
    there = everywhere[(everywhere["latitude"] < 0) & (everywhere["longitude"] > 0)]
    pd.testing.assert_frame_equal(south_east, there.reset_index(drop=True))
    assert everywhere["location_id"].iloc[7] == "lattice-300-007"
    named = lattice(100).iloc[7][["location_id", "latitude", "longitude"]]
    assert named.to_list() == ["lattice-100-07", 58.2117, 117.4457], "for ever"


def test_no_budget_asks_for_more_points_than_a_lattice_has() -> None:
    assert largest(2 * MOST_POINTS) == MOST_POINTS
    assert largest(MOST_POINTS, lambda latitude, _longitude: latitude > 0) == MOST_POINTS


def test_of_a_small_region_the_budget_is_spent_too() -> None:
    def alps(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
        return (latitude > 44) & (latitude < 48) & (longitude > 5) & (longitude < 16)

    assert 90 <= len(lattice(largest(100, alps), alps)) <= 100


def test_a_small_budget_is_kept_too() -> None:
    def east(_latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
        return longitude > 60

    for most in range(1, 31):
        assert most - 1 <= len(lattice(largest(most, east), east)) <= most


@given(st.integers(1, 3000))
def test_the_largest_lattice_keeps_within_the_budget_and_near_it(most: int) -> None:
    def quarter(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
        return (latitude > 0) & (longitude > 0)

    kept = len(lattice(largest(most, quarter), quarter))
    assert kept <= most
    assert kept >= most - max(3, most * 0.02)


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_plan_of_a_day_costs_what_the_budget_allows(name: str) -> None:
    provider = PROVIDERS[name]
    horizon = Horizon(120, provider.models)
    count = affordable(provider, horizon, 10_000)
    frame = lattice(count)
    places = [
        Place(i, lat, lon)
        for i, lat, lon in zip(frame["location_id"], frame["latitude"], frame["longitude"], strict=True)
    ]
    requests = provider.requests(places, horizon)
    # A look-up is a call, and so is what it leads to.
    spent = 4 * sum(request.quota_weight * (2 if request.leads_to else 1) for request in requests)
    assert 9_500 <= spent <= 10_000


def test_own_sites_and_the_lattice_become_one_panel() -> None:
    own = lattice(5).assign(location_id=list("edcba"))
    assert joined(own, lattice(4))["location_id"].tolist() == [*"abcde", *lattice(4)["location_id"]]
    with pytest.raises(PanelError, match="lattice-4-0, lattice-4-1"):
        joined(lattice(4).head(2), lattice(4))


def test_a_budget_for_nothing_says_what_to_do() -> None:
    with pytest.raises(LatticeError, match="raise it or give fewer"):
        largest(0)
    with pytest.raises(LatticeError, match="ask for 1 to"):
        fibonacci(0)
    with pytest.raises(LatticeError, match="ask for 1 to"):
        fibonacci(MOST_POINTS + 1)
