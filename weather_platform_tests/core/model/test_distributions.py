"""Scores and quantiles of the distributions agree with numerical integration and with each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.model.distributions import DISTRIBUTIONS, emos_quantiles

VARIABLES = sorted(DISTRIBUTIONS)


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize(
    ("observed", "location", "scale"), [(0.0, 1.0, 0.5), (3.0, 1.0, 0.7), (0.4, -0.6, 0.3)]
)
def test_crps_is_the_integral_it_stands_for(
    variable: str, observed: float, location: float, scale: float
) -> None:
    one = DISTRIBUTIONS[variable]
    low = location - 12 * scale if variable == "temperature_c" else 0.0

    def squared(x: float) -> float:
        return float((one.below(x, np.float64(location), np.float64(scale)) - (x >= observed)) ** 2)

    area, _ = integrate.quad(squared, low, max(observed, location) + 25 * scale, points=[observed], limit=400)
    below = max(low - observed, 0.0)
    score = one.crps(np.float64(observed), np.float64(location), np.float64(scale))
    assert score == pytest.approx(area + below, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("location", [-1e3, -3.0, 0.0, 5.0, 400.0])
@pytest.mark.parametrize("scale", [0.003, 0.2, 300.0])
def test_the_censored_logistic_scores_everything_finitely(location: float, scale: float) -> None:
    one = DISTRIBUTIONS["precipitation_mm"]
    raised = max(location, one.lowest * scale)
    scores = one.crps(np.array([0.0, 0.1, 2.0, 300.0]), np.full(4, raised), np.full(4, scale))
    assert np.isfinite(scores).all()
    assert (scores >= 0).all()


@given(st.sampled_from(VARIABLES), st.floats(-20, 40), st.floats(0.01, 20))
def test_quantiles_never_cross_and_keep_to_the_range(variable: str, location: float, scale: float) -> None:
    raised = max(location, DISTRIBUTIONS[variable].lowest * scale)
    quantiles = emos_quantiles(np.array([raised]), np.array([scale]), variable)[0]
    assert (np.diff(quantiles) >= 0).all()
    assert variable == "temperature_c" or quantiles[0] >= 0


@given(st.sampled_from(VARIABLES), st.floats(-2, 10), st.floats(0.1, 3), st.sampled_from(QUANTILE_LEVELS))
def test_the_cdf_undoes_the_quantile(variable: str, location: float, scale: float, level: float) -> None:
    one = DISTRIBUTIONS[variable]
    raised = np.float64(max(location, one.lowest * scale))
    value = float(one.quantile(np.float64(level), raised, np.float64(scale)))
    assert one.below(value, raised, np.float64(scale)) >= level - 1e-6
    if value > 0 or variable == "temperature_c":
        assert one.below(value, raised, np.float64(scale)) == pytest.approx(level, abs=1e-6)
