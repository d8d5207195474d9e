"""What is said of a place by the biases around it."""

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.evaluate.features import features_of
from weather_platform.core.features.beside import beside, weights_between

KM_OF_A_DEGREE = 111.195


def test_a_neighbour_counts_by_its_distance_and_nobody_at_himself() -> None:
    weights = weights_between(np.array([50.0, 51.0, 53.0]), np.zeros(3)).toarray()
    by_distance = np.exp(-KM_OF_A_DEGREE / 150 * np.array([[0, 1, 3], [1, 0, 2], [3, 2, 0]]))
    assert weights == pytest.approx(by_distance - np.eye(3), abs=1e-5)


def test_beyond_the_date_line_there_are_neighbours() -> None:
    assert weights_between(np.zeros(2), np.array([179.9, -179.9])).toarray()[0, 1] > 0.8


def test_only_the_eight_nearest_count() -> None:
    weights = weights_between(50 + 0.01 * np.arange(12), np.zeros(12)).toarray()
    assert np.flatnonzero(weights[0]).tolist() == list(range(1, 9))


def test_a_place_without_a_position_is_nobodys_neighbour() -> None:
    weights = weights_between(np.array([50.0, np.nan, 51.0]), np.zeros(3)).toarray()
    assert np.argwhere(weights).tolist() == [[0, 2], [2, 0]]


def _of(bias: list[float], known: list[bool], latitude: list[float]) -> np.ndarray:
    """Of places with one block, one lead and one feed."""
    weights = weights_between(np.array(latitude), np.zeros(len(latitude)))
    shape = (1, 1, len(bias), 1)
    return beside(np.reshape(bias, shape), np.reshape(known, shape[1:]), weights)[0, 0, :, 0]


def test_near_places_say_more_than_far_ones_and_a_silent_one_nothing() -> None:
    found = _of([0.0, 2.0, 8.0, 100.0], [True, True, True, False], [50.0, 50.1, 54.0, 50.05])
    assert found[0] == pytest.approx(2.0, abs=0.6)
    assert found[3] == pytest.approx(1.1, abs=0.3)  # which knows nothing of its own, between its two


def test_who_is_far_from_everybody_has_the_mean_of_all() -> None:
    assert _of([1.0, 2.0, 6.0], [True] * 3, [-40.0, 50.0, 50.1])[0] == pytest.approx(3.0, abs=1e-6)


@pytest.mark.parametrize("known", [[True, False], [False, False]])
def test_where_no_other_place_knows_any_nothing_is_said(known: list[bool]) -> None:
    assert np.isnan(_of([1.0, 2.0], known, [50.0, 50.1])).all()


def _ten_places() -> pd.DataFrame:
    """Of 40 days: a feed errs by 1 K and another by 5 K, at the last of ten places by 2 K more."""
    day = pd.date_range("2026-01-01", periods=40, tz="UTC")
    index = pd.MultiIndex.from_product(
        [day, [f"p{i}" for i in range(10)]], names=["init_time", "location_id"]
    )
    rows = index.to_frame(index=False)
    place = rows["location_id"].str[1:].astype(int)
    rng = np.random.default_rng(7)
    observed = rng.normal(0, 5, len(rows))
    more = observed + np.where(place == 9, 2.0, 0.0)
    return rows.assign(
        valid_time=rows["init_time"] + pd.Timedelta(hours=24),
        lead_hours=24.0,
        lat=50 + 0.1 * place,
        lon=8.0,
        elevation_m=100.0,
        member_sd=np.nan,
        observed=observed,
        feed=more + 1.0 + rng.normal(0, 0.1, len(rows)),
        other=more + 5.0 + rng.normal(0, 0.1, len(rows)),
    )


def _newest(rows: pd.DataFrame, feeds: list[str]) -> pd.Series:
    """What is said on the last day of each place by its neighbours."""
    features = features_of(rows, feeds, "temperature_c", 2.0)
    newest = features[features["cycle"] == features["cycle"].max()]
    return newest.set_index("location_id")["neighbour_bias"]


def test_what_a_region_has_in_common_stands_beside_the_blend_of_its_own() -> None:
    """The last place errs by 3 K where the others do by 1: its neighbours say 1."""
    found = _newest(_ten_places(), ["feed"])
    assert found["p9"] == pytest.approx(1.0, abs=0.15)
    assert found["p0"] == pytest.approx(1.0, abs=0.15)
    assert found["p8"] > 1.15


def test_neighbours_tell_of_the_feeds_that_a_row_has() -> None:
    rows = _ten_places()
    assert _newest(rows, ["feed", "other"])["p0"] == pytest.approx(3.0, abs=0.3)
    rows.loc[rows.index[-10], "other"] = np.nan
    assert _newest(rows, ["feed", "other"])["p0"] == pytest.approx(1.0, abs=0.15)


def test_neighbours_tell_nothing_of_a_feed_that_is_new() -> None:
    rows = _ten_places()
    rows["other"] = rows["other"].where(rows["init_time"] == rows["init_time"].max())
    assert _newest(rows, ["feed", "other"])["p0"] == pytest.approx(1.0, abs=0.15)
