"""How wide the forecast is: learned from what each pair of quantiles held."""

import numpy as np
import pytest
from scipy.special import ndtri

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.features.axes import DAY
from weather_platform.core.model.width import drawn, learn_widths

DAYS, ROWS = 200, 40
KNOWN = np.repeat(np.arange(DAYS), ROWS) * DAY
LEVELS = np.array(QUANTILE_LEVELS)
SAID = 10 + np.tile(ndtri(LEVELS), (DAYS * ROWS, 1))
ALL_LEARNED = np.array([(DAYS + 1) * DAY])


def _observed(sd: float | np.ndarray) -> np.ndarray:
    return 10 + sd * np.random.default_rng(1).normal(size=DAYS * ROWS)


def _held(quantiles: np.ndarray, observed: np.ndarray, lowest: int) -> float:
    inside = (observed >= quantiles[:, lowest]) & (observed <= quantiles[:, -1 - lowest])
    return float(inside.mean())


@pytest.mark.parametrize("sd", [0.75, 1.0, 1.4])
def test_each_pair_comes_near_to_holding_what_it_says(sd: float) -> None:
    observed = _observed(sd)
    made = drawn(SAID, learn_widths(SAID, observed, KNOWN).at(KNOWN))
    late = KNOWN > 60 * DAY
    for lowest in (0, 1, 4):
        says = 1 - 2 * QUANTILE_LEVELS[lowest]
        off, before = (abs(_held(q[late], observed[late], lowest) - says) for q in (made, SAID))
        assert off <= max(0.02, 0.65 * before)


def test_what_held_is_left_nearly_alone() -> None:
    factors = learn_widths(SAID, _observed(1.0), KNOWN).values[40:]
    assert 0.9 < factors.min() < factors.max() < 1.1


def test_the_fewer_days_are_known_the_wider_and_the_tails_most() -> None:
    factors = learn_widths(SAID, _observed(1.0), KNOWN).values
    for lowest in (0, 4):
        assert factors[2, lowest] > factors[5, lowest] > factors[60, lowest]
    assert factors[3, 0] > factors[3, 4] > 1.1
    # Student's t of 2 degrees of freedom while fewer days are known, then of as many as there are.
    assert factors[[0, 1, 3], 0] == pytest.approx([2.17, 2.17, 1.65], rel=0.05)
    np.testing.assert_array_equal(factors[:, 9], 1.0)


def test_what_was_fitted_to_few_days_holds_what_it_says() -> None:
    fitted, new = np.split(np.random.default_rng(2).normal(size=(6000, 6)), [5], axis=1)
    said = fitted.mean(axis=1, keepdims=True) + fitted.std(axis=1, ddof=1, keepdims=True) * ndtri(LEVELS)
    five = KNOWN < 5 * DAY
    factors = learn_widths(SAID[five], _observed(1.0)[five], KNOWN[five]).newest
    for lowest in (0, 1):
        says = 1 - 2 * QUANTILE_LEVELS[lowest]
        before, made = (_held(q, new[:, 0], lowest) - says for q in (said, drawn(said, factors)))
        assert before < -0.07
        assert abs(made) < 0.6 * abs(before)


def test_nothing_is_learned_from_what_was_not_known_yet() -> None:
    observed = _observed(1.4)
    spoilt = np.where(KNOWN >= 30 * DAY, 1e6, observed)
    before, after = (learn_widths(SAID, truth, KNOWN).at(KNOWN) for truth in (observed, spoilt))
    early = KNOWN < 31 * DAY  # a day's truth serves from the next day on
    np.testing.assert_array_equal(before[early], after[early])
    assert not np.array_equal(before[~early], after[~early])
    assert (before[0, [0, -1]] > before[30 * ROWS, [0, -1]]).all()


def test_whatever_comes_true_nothing_is_drawn_out_without_end() -> None:
    assert learn_widths(SAID, _observed(50.0), KNOWN).newest.max() == pytest.approx(2.0, rel=0.03)


def test_a_truth_that_is_the_end_of_a_pair_is_inside() -> None:
    """As a dry hour is of what begins at 0 mm."""
    assert learn_widths(np.maximum(SAID, 10), np.maximum(_observed(1.0), 10), KNOWN).newest.max() < 1.05


def test_what_was_learned_fades() -> None:
    observed = np.where(KNOWN < 100 * DAY, _observed(2.0), np.nan)
    observed[-1] = 10.0
    learned = learn_widths(SAID, observed, KNOWN)
    at_once, later = learned.at(np.array([100 * DAY]))[0, 1], learned.at(ALL_LEARNED)[0, 1]
    assert at_once > 1.2
    assert abs(later - 1) < 0.15


def test_without_a_truth_or_without_quantiles_nothing_is_learned_but_days_count() -> None:
    silent = np.full_like(SAID, np.nan)
    no_truth = learn_widths(SAID, np.full(len(SAID), np.nan), KNOWN).at(ALL_LEARNED)
    no_quantiles = learn_widths(silent, _observed(3.0), KNOWN).at(ALL_LEARNED)
    assert no_truth[0, 0] > 2
    np.testing.assert_allclose(no_quantiles, 1.0, atol=0.01)
    np.testing.assert_array_equal(learn_widths(silent[:0], KNOWN[:0] + 0.0, KNOWN[:0]).newest, no_truth[0])


def test_drawn_quantiles_stay_in_order_around_their_median() -> None:
    uneven = np.where(np.arange(len(LEVELS)) % 2, 2.0, 0.5)
    made = drawn(SAID[:3], uneven)
    assert (np.diff(made, axis=1) >= 0).all()
    np.testing.assert_array_equal(drawn(SAID[:3], 1.0), SAID[:3])
    np.testing.assert_array_equal(made[:, 9], SAID[:3, 9])


def test_quantiles_that_nobody_said_stay_unknown() -> None:
    made = drawn(np.full((2, len(LEVELS)), np.nan), 1.2)
    assert np.isnan(made).all()
