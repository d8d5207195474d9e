"""CRPS learning finds the best forecasts by itself, from what was known in time and nothing later."""

import numpy as np
import pytest

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.features.axes import DAY
from weather_platform.core.model.aggregation import average, learn
from weather_platform.core.model.by_day import days_of
from weather_platform.core.model.distributions import emos_quantiles
from weather_platform.core.scoring.scores import crps_of_quantiles

DAYS, PER_DAY = 60, 20


def _archive(*errors: float, seed: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Quantiles of forecasts whose centers miss by normal errors of these sizes, truth, and when it was
    known."""
    rng = np.random.default_rng(seed)
    rows = DAYS * PER_DAY
    observed = rng.normal(10, 5, rows)
    centers = [observed + rng.normal(0, size, rows) for size in errors]
    said = [
        emos_quantiles(c, np.full(rows, e), "temperature_c") for c, e in zip(centers, errors, strict=True)
    ]
    return np.stack(said), observed, np.repeat(np.arange(DAYS), PER_DAY) * DAY + DAY // 2


def test_a_bad_forecast_is_unlearned_and_the_average_beats_the_best() -> None:
    said, observed, known = _archive(1.0, 1.0, 9.0)
    learned = learn(said, observed, known)
    assert learned.newest[2] < 0.05
    assert np.abs(learned.newest[:2] - 0.5).max() < 0.15
    made = average(said, learned.at(known))
    late = known > 20 * DAY
    alone = [crps_of_quantiles(observed[late], each[late]).mean() for each in said]
    assert crps_of_quantiles(observed[late], made[late]).mean() < 0.9 * min(alone)


def test_what_is_known_later_changes_no_earlier_weight() -> None:
    said, observed, known = _archive(1.0, 3.0)
    before = learn(said, observed, known).at(known)
    spoilt = np.where(known >= 30 * DAY, 1e6, observed)
    after = learn(said, spoilt, known).at(known)
    early = known < 31 * DAY  # a day's truth serves from the next day on
    np.testing.assert_array_equal(before[early], after[early])
    assert not np.array_equal(before[~early], after[~early])
    np.testing.assert_allclose(before[0], 0.5)


def test_one_that_joins_late_is_heard_little_until_it_has_shown_something() -> None:
    said, observed, known = _archive(1.0, 1.5, 9.0)
    said[2, known < 40 * DAY] = np.nan
    weights = learn(said, observed, known).at(known)
    assert weights[known < 40 * DAY, 2].max() < 0.4
    assert weights[-1, 2] < 0.1
    before = weights[known < 40 * DAY][-1]
    assert before[0] > 1.3 * before[1], "the others are learned of while one is silent"


def test_rows_teach_on_the_day_that_their_truth_is_known_in_whatever_order_they_stand() -> None:
    days, rows = days_of(np.array([2, 0, 1, 0, 1]) * DAY, np.array([True, True, True, True, False]))
    assert days.tolist() == [0, 1, 2]
    assert [of_day.tolist() for of_day in rows] == [[1, 3], [2], [0]]


def test_the_silent_are_left_out_and_the_others_share() -> None:
    said = np.array([[1.0] * len(QUANTILE_LEVELS), [3.0] * len(QUANTILE_LEVELS)])[:, None].repeat(3, 1)
    said[0, 1] = said[:, 2] = np.nan
    made = average(said, np.array([0.25, 0.75]))
    np.testing.assert_allclose(made[0], 2.5)
    np.testing.assert_allclose(made[1], 3.0)
    assert np.isnan(made[2]).all()


def test_a_newcomer_whose_first_day_says_little_does_not_take_all() -> None:
    said, observed, known = _archive(1.0, 1.5, 4.0)
    said[2, known < 40 * DAY] = np.nan
    first = (known >= 40 * DAY) & (known < 41 * DAY)
    said[2, first] = said[0, first] + 1e-4
    assert learn(said, observed, known).at(np.array([41 * DAY]))[0, 2] < 0.5


def test_one_that_says_what_the_average_says_does_not_take_all_on_the_first_day() -> None:
    said, observed, known = _archive(1.0, 9.0)
    said = np.stack([*said, said.mean(axis=0) + 1e-4])
    assert learn(said, observed, known).at(np.array([DAY]))[0, 2] < 0.7


def test_a_forecast_that_is_alone_is_all_there_is() -> None:
    rng = np.random.default_rng(4)
    alone, observed = np.sort(rng.normal(size=(1, 40, len(QUANTILE_LEVELS))), axis=2), rng.normal(size=40)
    known = np.arange(40) * 86_400_000_000
    weights = learn(alone, observed, known)
    assert weights.newest.tolist() == [1.0]
    np.testing.assert_allclose(average(alone, weights.at(known)), alone[0])


def test_weights_come_to_rest_where_the_average_is_right_and_not_at_who_alone_is_nearest() -> None:
    """One is 1 K too warm and one 3 K too cold: three parts of one and one of the other are right."""
    observed = np.random.default_rng(6).normal(10, 5, 4 * DAYS * PER_DAY)
    scale = np.full(len(observed), 0.5)
    said = np.stack([emos_quantiles(observed + bias, scale, "temperature_c") for bias in (1.0, -3.0)])
    known = np.repeat(np.arange(4 * DAYS), PER_DAY) * DAY
    assert learn(said, observed, known).newest == pytest.approx([0.75, 0.25], abs=0.06)


def test_how_much_a_day_teaches_is_not_how_many_rows_it_has() -> None:
    said, observed, known = _archive(1.0, 2.0)
    more = np.repeat(np.arange(len(known)), np.where(known // DAY % 3 == 0, 4, 1))
    many = learn(said[:, more], observed[more], known[more])
    np.testing.assert_allclose(many.values, learn(said, observed, known).values)


def test_after_a_day_on_which_one_was_far_off_the_days_that_follow_hold_it_no_further_against_it() -> None:
    said, observed, known = _archive(1.0, 1.0)
    said[0, known // DAY == 50] += 20
    weights = learn(said, observed, known).values[:, 0]
    assert weights[51] < 0.7 * weights[50]
    assert weights[52:].min() > 0.9 * weights[51]
