"""From raw output to the forecast."""

import numpy as np
import pytest

from weather_platform.core.model.distributions import emos_quantiles
from weather_platform.core.model.expert import Raw
from weather_platform.core.model.mixing import AS_FITTED, calibrate, forecast

ROWS = 600


def _raw() -> Raw:
    location = np.linspace(1.0, 12.0, ROWS)
    return Raw(location, np.full(ROWS, 1.5), {}, np.full(ROWS, 30.0))


@pytest.mark.parametrize("variable", ["temperature_c", "wind_speed_m_s", "precipitation_mm"])
def test_as_fitted_changes_nothing_of_emos(variable: str) -> None:
    out = _raw()
    made = forecast(out, AS_FITTED, variable)
    np.testing.assert_array_equal(made.quantiles, emos_quantiles(out.location, out.scale, variable))
    assert np.isnan(made.probability).all() == (variable != "precipitation_mm")


def test_recalibration_mends_a_scale_that_was_too_small() -> None:
    out = _raw()
    observed = out.location + np.random.default_rng(3).normal(0, 3.0, ROWS)
    made = forecast(out, calibrate(out, observed, "temperature_c"), "temperature_c")
    inside = (observed >= made.quantiles[:, 1]) & (observed <= made.quantiles[:, 17])
    plain = emos_quantiles(out.location, out.scale, "temperature_c")
    assert ((observed >= plain[:, 1]) & (observed <= plain[:, 17])).mean() < 0.6
    assert abs(inside.mean() - 0.8) < 0.03
