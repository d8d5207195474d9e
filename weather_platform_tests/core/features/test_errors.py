"""Pairs and sums agree with what they are made of."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.errors import ERROR_SUM, FORECAST_ERROR
from weather_platform.core.features.errors import error_sums, forecast_errors
from weather_platform.core.grid import computed
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.tables.schema import check, conform
from weather_platform_tests.core.synthetic import FEEDS, START, world


def test_pairs_follow_the_contract_and_lie_in_the_window() -> None:
    made = world(days=4, n_places=2)
    start, end = START + timedelta(days=1), START + timedelta(days=2)
    pairs = conform(
        forecast_errors(made.forecasts, made.observations, start, end, DEFAULT_TARGETS).execute(),
        FORECAST_ERROR,
    )
    assert len(pairs) > 0
    assert check(pairs, FORECAST_ERROR).bad.empty
    assert pairs["valid_time"].min() == start
    assert pairs["valid_time"].max() < end
    assert (pairs["known_at"] >= pairs["valid_time"] + timedelta(hours=2)).all()
    assert (pairs["error"] - (pairs["forecast"] - pairs["observed"])).abs().max() < 1e-12


def test_sums_are_the_sums_of_the_pairs() -> None:
    made = world(days=4, n_places=2)
    pairs = forecast_errors(
        made.forecasts, made.observations, START, START + timedelta(days=4), DEFAULT_TARGETS
    ).execute()
    sums = conform(error_sums(pairs).execute(), ERROR_SUM)
    assert check(sums, ERROR_SUM).bad.empty
    assert sums["n"].sum() == len(pairs)
    for column, values in (
        ("error_sum", pairs["error"]),
        ("absolute_error_sum", pairs["error"].abs()),
        ("squared_error_sum", pairs["error"] ** 2),
        ("observed_sum", pairs["observed"]),
    ):
        assert sums[column].sum() == pytest.approx(values.sum())
    one = sums.iloc[len(sums) // 2]
    same = pairs[
        (pairs["feed"] == one["feed"])
        & (pairs["variable"] == one["variable"])
        & (pairs["location_id"] == one["location_id"])
        & (pairs["valid_time"].dt.floor("D") == one["day"])
        & (pairs["valid_time"].dt.hour // 6 == one["hour_block"])
        & (np.floor(pairs["lead_hours"] / 24) == one["lead_day"])
    ]
    assert (len(same), same["error"].sum()) == (one["n"], pytest.approx(one["error_sum"]))
    assert same["known_at"].min() < same["known_at"].max() == one["known_at"]


def test_a_pair_is_known_once_both_its_sides_are_and_its_error_is_the_forecasts() -> None:
    made = world(days=2, n_places=1)
    late = made.forecasts["cycle"] == START
    kept = START + timedelta(days=5)
    forecasts = made.forecasts.assign(fetched_at=made.forecasts["fetched_at"].mask(late, kept))
    pairs = forecast_errors(
        forecasts, made.observations, START, START + timedelta(days=1), DEFAULT_TARGETS
    ).execute()
    since = pairs["cycle"] == START
    assert since.any() and (pairs.loc[since, "known_at"] == kept).all()
    assert (pairs.loc[~since, "known_at"] < kept).all()
    np.testing.assert_allclose(pairs["error"], pairs["forecast"] - pairs["observed"])


def test_only_pairs_whose_truth_is_refused_for_their_feed_on_their_day_are_left_out() -> None:
    made = world(days=2, n_places=1)
    pairs = forecast_errors(
        made.forecasts, made.observations, START, START + timedelta(days=2), DEFAULT_TARGETS
    ).execute()
    agreement = pd.DataFrame(
        {
            "day": pd.to_datetime([START, START, START + timedelta(days=1)]).as_unit("us"),
            "feed": [FEEDS[0], FEEDS[1], FEEDS[2]],
            "variable": "temperature_c",
            "location_id": "place_0",
            "truth_source": "made_up",
            "refused": [True, False, False],
        }
    )
    every, some = (error_sums(pairs, told).execute() for told in (None, agreement))
    refused = (every["feed"] == FEEDS[0]) & (every["day"] == START) & (every["variable"] == "temperature_c")
    key = ["feed", "variable", "day", "lead_day", "hour_block"]
    assert 0 < refused.sum() == len(every) - len(some)
    assert not every[refused].merge(some, on=key).size


def test_sums_are_the_same_bits_in_whatever_order_the_pairs_come() -> None:
    """Found: DuckDB's threads added floats in the order in which they ended, and each training had features
    with other last bits, whose quantiles of rain were up to 0.0009 mm apart."""
    made = world(days=4, n_places=2)
    pairs = forecast_errors(
        made.forecasts, made.observations, START, START + timedelta(days=4), DEFAULT_TARGETS
    ).execute()
    shuffled = pairs.sample(frac=1.0, random_state=1)
    one, other = (computed(error_sums(rows), ERROR_SUM.key) for rows in (pairs, shuffled))
    pd.testing.assert_frame_equal(one, other, check_exact=True)
