"""The scores of a row against what they stand for."""

import numpy as np
import pandas as pd
import pytest
import scoringrules
from scipy.stats import norm, t

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.evaluate.occurrence import steps
from weather_platform.core.scoring.scores import (
    FEWEST_DAYS,
    beyond_chance,
    crps_of_quantiles,
    differences,
    expected_crps,
    gain,
    score_quantiles,
    standard_errors,
)


@pytest.mark.parametrize("sd_of_truth", [0.6, 1.0, 1.6])
def test_the_crps_of_quantiles_is_that_of_their_distribution(sd_of_truth: float) -> None:
    truth = np.random.default_rng(5).normal(0, sd_of_truth, 20_000)
    quantiles = np.tile(norm.ppf(QUANTILE_LEVELS), (len(truth), 1))
    exact = scoringrules.crps_normal(truth, 0.0, 1.0).mean()
    assert crps_of_quantiles(truth, quantiles).mean() == pytest.approx(exact, rel=0.01)
    if sd_of_truth == 1.0:
        assert expected_crps(quantiles).mean() == pytest.approx(exact, rel=0.01)


def test_the_crps_of_one_value_is_its_absolute_error() -> None:
    value, truth = np.array([3.0, -2.0, 0.5]), np.array([1.0, 4.0, 0.5])
    quantiles = np.tile(value[:, None], (1, len(QUANTILE_LEVELS)))
    np.testing.assert_allclose(crps_of_quantiles(truth, quantiles), [2.0, 6.0, 0.0], atol=1e-12)


def test_the_crps_of_a_chance_is_its_brier_score() -> None:
    chance = np.array([0.075, 0.275, 0.475, 0.925])
    for truth in (0.0, 1.0):
        observed = np.full(len(chance), truth)
        said = crps_of_quantiles(observed, steps(chance, QUANTILE_LEVELS))
        np.testing.assert_allclose(said, (chance - observed) ** 2, atol=1e-12)


def test_where_nothing_is_said_there_is_no_crps() -> None:
    nothing = np.full((2, len(QUANTILE_LEVELS)), np.nan)
    assert np.isnan(crps_of_quantiles(np.array([1.0, 2.0]), nothing)).all()


def test_where_nothing_is_said_nothing_was_covered_or_missed() -> None:
    found = score_quantiles(np.full((1, len(QUANTILE_LEVELS)), np.nan), np.array([1.0]))
    assert all(np.isnan(values).all() for values in vars(found).values())


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


def test_what_adding_up_leaves_of_no_error_is_no_error() -> None:
    assert gain(pd.Series([1e-17, 1.0]), pd.Series([1e-15, 2.0])).isna().tolist() == [True, False]
