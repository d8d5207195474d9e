"""The blend answers with any feeds missing, and says so by a larger error to expect."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from weather_platform.core.features.blend import ERROR_CORRELATION, blend
from weather_platform.core.quantities.targets import ANY, KNOWN, POSITIVE

NAN = np.nan


def test_weights_follow_recent_skill_and_bias_is_taken_off() -> None:
    mixed = blend(np.array([[11.0, 14.0]]), np.array([[1.0, 2.0]]), np.array([[1.0, 2.0]]), ANY)
    assert mixed.equal_weight[0] == 12.5
    assert mixed.bias_corrected[0] == pytest.approx(10 * 0.8 + 12 * 0.2)
    assert mixed.feeds_present[0] == 2


def test_without_any_feed_there_is_no_answer_and_without_history_a_plain_one() -> None:
    values = np.array([[NAN, NAN], [4.0, 8.0]])
    mixed = blend(values, np.full((2, 2), NAN), np.full((2, 2), NAN), ANY)
    assert np.isnan([mixed.equal_weight[0], mixed.bias_corrected[0], *mixed.expected_error]).all()
    assert mixed.bias_corrected[1] == mixed.equal_weight[1] == 6.0


@given(
    arrays(float, 4, elements=st.floats(0, 50)),
    arrays(float, 4, elements=st.floats(0.1, 5)),
    st.lists(st.booleans(), min_size=4, max_size=4).filter(any),
)
def test_the_blend_lies_among_its_feeds_and_missing_ones_change_nothing(
    values: np.ndarray, rmse: np.ndarray, present: list[bool]
) -> None:
    shown = np.where(present, values, NAN)
    mixed = blend(shown[None], np.zeros((1, 4)), rmse[None], POSITIVE)
    kept = np.array(present)
    alone = blend(values[kept][None], np.zeros((1, int(kept.sum()))), rmse[kept][None], POSITIVE)
    assert mixed.bias_corrected == pytest.approx(alone.bias_corrected)
    assert mixed.expected_error == pytest.approx(alone.expected_error)
    assert values[kept].min() - 1e-9 <= mixed.bias_corrected[0] <= values[kept].max() + 1e-9


def test_fewer_equal_feeds_mean_a_larger_error_to_expect() -> None:
    values = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, NAN], [1.0, NAN, NAN]])
    error = blend(values, np.zeros((3, 3)), np.ones((3, 3)), ANY).expected_error
    assert error[0] < error[1] < error[2] == 1.0


def test_a_feed_that_is_missing_says_nothing_of_the_others_errors() -> None:
    """Its error is known from days on which it was there: of two others, one of which is new."""
    rmse = np.array([[1.0, NAN, 50.0], [NAN, NAN, 50.0]])
    mixed = blend(np.array([[10.0, 14.0, NAN]] * 2), np.zeros((2, 3)), rmse, ANY)
    assert mixed.bias_corrected.tolist() == pytest.approx([12.0, 12.0])
    assert mixed.expected_error[0] == pytest.approx(np.sqrt(0.75))
    assert np.isnan(mixed.expected_error[1])


def test_what_a_bias_takes_beyond_what_can_be_is_at_its_end() -> None:
    share = KNOWN["cloud_cover"].range
    bias = np.array([[-0.4, -0.4], [0.4, 0.4]])
    found = blend(np.array([[0.9, 0.8], [0.1, 0.2]]), bias, np.ones((2, 2)), share).bias_corrected
    assert found.tolist() == [1.0, 0.0]


def test_the_spread_is_of_what_is_left_without_biases() -> None:
    values, bias = np.array([[11.0, 9.0, NAN], [5.0, NAN, NAN]]), np.array([[1.0, -1.0, 0.0]] * 2)
    spread = blend(values, bias, np.ones((2, 3)), ANY).spread
    assert spread[0] == pytest.approx(0.0) and np.isnan(spread[1])
    apart = blend(np.array([[1.0, 2.0, 6.0]]), np.zeros((1, 3)), np.ones((1, 3)), ANY).spread
    assert apart[0] == pytest.approx(np.std([1, 2, 6], ddof=1))


def test_a_feed_that_errs_with_a_better_one_and_more_adds_nothing() -> None:
    """Of errors 1 and 1.5 that correlate by 0.5 the second is worth a seventh; twice as large, nothing."""
    values, none = np.array([[10.0, 17.0]]), np.zeros((1, 2))
    worth = [blend(values, none, np.array([[1.0, rmse]]), ANY, 0.5).bias_corrected[0] for rmse in (1.5, 2, 9)]
    assert worth == pytest.approx([11.0, 10.0, 10.0])
    beside = blend(np.array([[10.0, 17.0, 99.0]]), np.zeros((1, 3)), np.array([[1.0, 1.5, 9.0]]), ANY, 0.5)
    assert beside.bias_corrected[0] == pytest.approx(worth[0])


@given(
    arrays(float, 5, elements=st.floats(0.1, 5)),
    st.lists(st.booleans(), min_size=5, max_size=5).filter(any),
    arrays(float, 5, elements=st.floats(0.01, 1)),
)
def test_no_weights_give_a_smaller_error_of_errors_that_correlate(
    rmse: np.ndarray, present: list[bool], others: np.ndarray
) -> None:
    shown = np.where(present, 1.0, NAN)
    made = blend(shown[None], np.zeros((1, 5)), rmse[None], ANY, ERROR_CORRELATION)
    weights = np.where(present, others, 0.0) / others[present].sum()
    each = weights * rmse
    variance = ERROR_CORRELATION * each.sum() ** 2 + (1 - ERROR_CORRELATION) * (each**2).sum()
    assert made.bias_corrected == pytest.approx(1.0)
    assert made.expected_error[0] <= np.sqrt(variance) * (1 + 1e-9)
