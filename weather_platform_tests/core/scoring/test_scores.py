"""The scores of a row against what they stand for."""

import numpy as np
import pandas as pd
import pytest
import scoringrules
from scipy.stats import norm

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.evaluate.occurrence import steps
from weather_platform.core.scoring.scores import crps_of_quantiles, expected_crps, gain, score_quantiles


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


def test_what_adding_up_leaves_of_no_error_is_no_error() -> None:
    assert gain(pd.Series([1e-17, 1.0]), pd.Series([1e-15, 2.0])).isna().tolist() == [True, False]
