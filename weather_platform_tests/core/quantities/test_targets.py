"""Whatever the parts of a model say and whatever is known of a row, no quantile leaves a target's range."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.model.fallback import from_blend, from_past
from weather_platform.core.model.mixing import forecast
from weather_platform.core.model.parts import Raw
from weather_platform.core.quantities.targets import DEFAULT_TARGETS, KNOWN, columns_of, judged

ROWS = 3
VARIABLES = sorted(KNOWN)
WHEREVER, WIDE = (arrays(float, ROWS, elements=st.floats(*ends)) for ends in ((-30, 30), (0.001, 30)))
MAYBE = st.one_of(st.just(np.nan), st.floats(0, 30))


def in_order_and_range(quantiles: np.ndarray, variable: str) -> bool:
    floor, ceiling = KNOWN[variable].range
    ordered = (np.diff(quantiles, axis=1) >= 0).all()
    return bool(ordered and (quantiles >= floor).all() and (quantiles <= ceiling).all())


@given(st.sampled_from(VARIABLES), WHEREVER, WIDE, WHEREVER, WIDE, st.floats(0, 1), st.floats(0.7, 1.43))
def test_no_mix_of_parts_leaves_the_range(
    variable: str,
    here: np.ndarray,
    wide: np.ndarray,
    there: np.ndarray,
    wider: np.ndarray,
    share: float,
    width: float,
) -> None:
    trees = {"location": there, "scale": wider, "center": here / 10, "size": there / 30}
    said = {"emos": {"location": here, "scale": wide}, "wide": {"location": there, "scale": wider}}
    told = {"share": 0.6, "size_share": 0.5, "table": [list(np.linspace(-2, 2, len(QUANTILE_LEVELS)))] * 4}
    if variable != "precipitation_mm":
        said["trees"] = trees
    weights = {"emos": share, "wide": 1 - share, "trees": 0.4}
    made = forecast(
        Raw(said, np.full(ROWS, 30.0)), {"weights": weights, "width": width, "trees": told}, variable
    )
    assert in_order_and_range(made.quantiles, variable)


@given(st.sampled_from(VARIABLES), arrays(float, ROWS, elements=st.floats(0, 1)), MAYBE, MAYBE)
def test_neither_the_blend_nor_the_past_leaves_it(
    variable: str, center: np.ndarray, error: float, spread: float
) -> None:
    rows = pd.DataFrame(
        {
            "bias_corrected": center,
            "expected_error": error,
            "spread": spread,
            "climatology": center,
            "climatology_sd": error,
        }
    )
    for said in (from_blend(rows, variable), from_past(rows, variable)):
        assert in_order_and_range(said.quantiles, variable)


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_target_is_made_of_columns_that_forecasts_and_observations_have(variable: str) -> None:
    for contract in (FORECAST, OBSERVATION):
        assert set(KNOWN[variable].made_of) <= set(contract.by_name)
    assert KNOWN[variable].at_least in {None, *KNOWN}


def test_feeds_are_judged_by_the_same_six_whatever_is_forecast() -> None:
    usual = {
        *("temperature_c", "dew_point_c", "relative_humidity"),
        *("pressure_msl_hpa", "wind_speed_m_s", "precipitation_mm"),
    }
    assert set(judged(DEFAULT_TARGETS)) == usual
    assert set(judged(("cloud_cover",))) == {*usual, "cloud_cover"}
    assert columns_of(("wind_speed_m_s", "wind_eastward_m_s")) == ("wind_speed_m_s", "wind_direction_deg")
