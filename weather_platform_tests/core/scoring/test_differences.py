"""Differences from day to day are told from chance as often as is said."""

import numpy as np
import pytest
from scipy.stats import t

from weather_platform.core.scoring.differences import (
    FEWEST_DAYS,
    beyond_chance,
    differences,
    standard_errors,
)


def test_the_bootstrap_tells_a_steady_difference_from_a_chance_one() -> None:
    rng = np.random.default_rng(3)
    daily = np.column_stack([rng.normal(-1, 0.5, 30), rng.normal(0, 5, 30)])
    low, high, _, p = differences(daily * 10, np.full((30, 2), 10))
    assert high[0] < 0
    assert low[1] < 0 < high[1]
    assert (p < 0.05).tolist() == [True, False]


def test_intervals_of_six_days_are_wrong_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(4)
    for days in (FEWEST_DAYS, 10, 21):
        low, high, _, p = differences(rng.normal(0, 1, (days, 3000)), np.ones((days, 3000)))
        assert 0.02 < (high < 0).mean() < 0.065
        assert 0.02 < (low > 0).mean() < 0.065
        assert ((p < 0.05) == ((low > 0) | (high < 0))).all()


def test_an_interval_reaches_as_far_as_students_t_of_its_days() -> None:
    n = np.ones((FEWEST_DAYS, 1))
    daily = np.arange(FEWEST_DAYS, dtype=float)[:, None] ** 2
    low, high, *_ = differences(daily, n)
    assert (low + high) / 2 == pytest.approx(daily.mean())
    reach = t.ppf(0.975, FEWEST_DAYS - 1) * standard_errors(daily, n)
    assert (high - low) / 2 == pytest.approx(reach)


def test_days_of_others_are_no_days_of_a_series() -> None:
    n = np.ones((40, 2))
    n[FEWEST_DAYS - 1 :, 0] = 0
    daily = np.random.default_rng(1).normal(-5, 1, n.shape) * n
    low, *_ = differences(daily, n)
    assert np.isnan(low).tolist() == [True, False]


def test_of_a_family_without_any_difference_nothing_is_beyond_chance_and_what_is_stays() -> None:
    """Each for itself, some twenty-five of five hundred were."""
    rng = np.random.default_rng(7)
    found = [differences(rng.normal(0, 1, (30, 500)), np.ones((30, 500))).p for _ in range(20)]
    assert np.mean([(p < 0.05).sum() for p in found]) > 15
    assert sum(beyond_chance(p).any() for p in found) <= 4
    steady = differences(rng.normal(-2, 1, (30, 20)), np.ones((30, 20))).p
    assert beyond_chance(np.concatenate([found[0], steady]))[-20:].all()


def test_what_is_not_known_is_never_beyond_chance_and_takes_nothing_from_others() -> None:
    assert beyond_chance(np.array([np.nan, 0.04, np.nan, np.nan])).tolist() == [False, True, False, False]
    assert not beyond_chance(np.array([np.nan])).any()
    assert not beyond_chance(np.array([])).any()


def test_without_any_difference_from_day_to_day_chance_has_no_part() -> None:
    n = np.ones((FEWEST_DAYS, 3))
    assert differences(np.array([0.0, 1.0, -1.0]) * n, n).p.tolist() == [1.0, 0.0, 0.0]
