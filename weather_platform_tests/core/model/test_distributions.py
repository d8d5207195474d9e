"""Scores and quantiles of the distributions agree with numerical integration and with each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.model.distributions import DISTRIBUTIONS, emos_quantiles
from weather_platform.core.quantities.targets import KNOWN

# One target of each family.
VARIABLES = sorted({target.family: name for name, target in KNOWN.items()}.values())


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize(
    ("observed", "location", "scale"),
    [(0.0, 1.0, 0.5), (3.0, 1.0, 0.7), (0.4, -0.6, 0.3), (1.0, 0.8, 0.2), (0.0, 0.05, 0.1), (1.0, 1.3, 0.1)],
)
def test_crps_is_the_integral_it_stands_for(
    variable: str, observed: float, location: float, scale: float
) -> None:
    one = DISTRIBUTIONS[variable]
    floor, ceiling = KNOWN[variable].range
    low, high = max(floor, location - 12 * scale), min(ceiling, max(observed, location) + 25 * scale)

    def squared(x: float) -> float:
        return float((one.below(x, np.float64(location), np.float64(scale)) - (x >= observed)) ** 2)

    bend = [min(max(observed, low), high)]
    area, _ = integrate.quad(squared, low, high, points=bend, limit=400)
    outside = max(low - observed, observed - high, 0.0)
    score = one.crps(np.float64(observed), np.float64(location), np.float64(scale))
    assert score == pytest.approx(area + outside, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("location", [-1e3, -3.0, 0.0, 5.0, 400.0])
@pytest.mark.parametrize("scale", [0.003, 0.2, 300.0])
@pytest.mark.parametrize("variable", ["precipitation_mm", "cloud_cover"])
def test_what_is_censored_scores_everything_finitely(variable: str, location: float, scale: float) -> None:
    one = DISTRIBUTIONS[variable]
    raised = max(location, one.lowest * scale)
    scores = one.crps(np.array([0.0, 0.1, 2.0, 300.0]), np.full(4, raised), np.full(4, scale))
    assert np.isfinite(scores).all()
    assert (scores >= 0).all()


@pytest.mark.parametrize("observed", [0.0, 0.3, 1.0])
def test_a_sky_that_is_surely_clear_or_overcast_is_scored_as_such(observed: float) -> None:
    crps = DISTRIBUTIONS["cloud_cover"].crps
    assert crps(np.float64(observed), np.float64(-7.0), np.float64(0.1)) == pytest.approx(observed, abs=1e-6)
    assert crps(np.float64(observed), np.float64(9.0), np.float64(0.1)) == pytest.approx(
        1 - observed, abs=1e-6
    )


@given(st.sampled_from(sorted(KNOWN)), st.floats(-20, 40), st.floats(0.01, 20))
def test_quantiles_never_cross_and_keep_to_the_range(variable: str, location: float, scale: float) -> None:
    """Of a location far below 0 too, which a correction of a light wind can be."""
    quantiles = emos_quantiles(np.array([location]), np.array([scale]), variable)[0]
    floor, ceiling = KNOWN[variable].range
    assert (np.diff(quantiles) >= 0).all()
    assert quantiles.min() >= floor
    assert quantiles.max() <= ceiling
    assert np.isfinite(quantiles).all()


@given(st.floats(-20, 40), st.floats(0.01, 20))
def test_a_wind_far_from_calm_has_the_quantiles_of_what_is_cut_nowhere(location: float, scale: float) -> None:
    """Worked out apart, since that takes a tenth of the time; as they would be together."""
    one = DISTRIBUTIONS["wind_speed_m_s"]
    raised = np.maximum(location, one.lowest * scale)
    expected = one.quantile(np.array(QUANTILE_LEVELS), np.array([raised]), np.array([scale]))
    found = emos_quantiles(np.array([location]), np.array([scale]), "wind_speed_m_s")[0]
    assert found == pytest.approx(expected, rel=1e-6)


@given(st.sampled_from(VARIABLES), st.floats(-2, 10), st.floats(0.1, 3), st.sampled_from(QUANTILE_LEVELS))
def test_the_cdf_undoes_the_quantile(variable: str, location: float, scale: float, level: float) -> None:
    one = DISTRIBUTIONS[variable]
    raised = np.float64(max(location, one.lowest * scale))
    value = float(one.quantile(np.float64(level), raised, np.float64(scale)))
    assert one.below(value, raised, np.float64(scale)) >= level - 1e-6
    if KNOWN[variable].range.floor < value < KNOWN[variable].range.ceiling:
        assert one.below(value, raised, np.float64(scale)) == pytest.approx(level, abs=1e-6)
