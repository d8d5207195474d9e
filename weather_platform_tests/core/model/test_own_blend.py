"""The model's own blend, and the yardstick beside it that knows nothing of correlated errors."""

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.model.fallback import from_bias_corrected, from_blend
from weather_platform.core.model.own_blend import correlation_of, with_blend
from weather_platform.core.quantities.targets import KNOWN
from weather_platform_tests.core.synthetic import learned

VARIABLE, MEDIAN = "temperature_c", QUANTILE_LEVELS.index(0.5)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    pairs = learned().pairs
    known = pairs["expected_error"].notna() & pairs["observed"].notna()
    return pairs[(pairs["variable"] == VARIABLE) & known].reset_index(drop=True)


@pytest.mark.parametrize("correlation", [0.0, 1e-12])
def test_without_a_correlation_it_is_the_blend_that_is_stored(rows: pd.DataFrame, correlation: float) -> None:
    made = with_blend(rows, VARIABLE, correlation)
    assert "blend" not in rows
    assert made["blend"].to_numpy() == pytest.approx(rows["bias_corrected"].to_numpy())
    assert made["blend_error"].to_numpy() == pytest.approx(rows["expected_error"].to_numpy())


def test_it_expects_a_smaller_error(rows: pd.DataFrame) -> None:
    made = with_blend(rows, VARIABLE, correlation_of(VARIABLE))
    assert (made["blend_error"] <= rows["expected_error"] * (1 + 1e-9)).all()
    assert (made["blend_error"] < 0.99 * rows["expected_error"]).any()


def test_what_is_said_without_a_model_stands_on_it_and_the_yardstick_does_not(rows: pd.DataFrame) -> None:
    own = with_blend(rows, VARIABLE, correlation_of(VARIABLE))["blend"]
    said, yardstick = from_blend(rows, VARIABLE), from_bias_corrected(rows, VARIABLE)
    assert said.quantiles[:, MEDIAN] == pytest.approx(own.to_numpy())
    assert yardstick.quantiles[:, MEDIAN] == pytest.approx(rows["bias_corrected"].to_numpy())
    assert not np.allclose(own, rows["bias_corrected"])


def test_amounts_and_shares_have_the_plain_one() -> None:
    assert {name for name, target in KNOWN.items() if correlation_of(name) == 0} == {
        "precipitation_mm",
        "relative_humidity",
        "cloud_cover",
    }
