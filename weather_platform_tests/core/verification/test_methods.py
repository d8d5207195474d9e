"""What the distributions of EMOS and of the reference are scored as, row by row."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import logistic, norm

from weather_platform.core.contracts.learned import QUANTILE_LEVELS, QUANTILES
from weather_platform.core.scoring.baselines import BASELINES
from weather_platform.core.scoring.scores import crps_of_quantiles
from weather_platform.core.verification.methods import EMOS, IDEAL, row_scores

OBSERVED = np.array([0.0, 0.4, 2.0])


def three_rows(**columns: np.ndarray | float) -> pd.DataFrame:
    """Rows of which the last has no EMOS, and the reference says nothing of the first."""
    rows = pd.DataFrame(
        {
            "observed": OBSERVED, "probability": 0.5, "value__a__x": 1.0,
            "emos_location": [-1.0, 0.5, np.nan], "emos_scale": [0.4, 0.6, np.nan],
        }
    )  # fmt: skip
    return rows.assign(**dict.fromkeys([*BASELINES, *QUANTILES], 0.3), **columns)


@pytest.mark.parametrize(
    ("variable", "law", "sd"), [("precipitation_mm", logistic, np.pi / 3**0.5), ("temperature_c", norm, 1.0)]
)
def test_a_distribution_is_scored_by_its_quantiles_and_its_chance_of_rain(
    variable: str, law: "type[norm]", sd: float
) -> None:
    rain = variable == "precipitation_mm"
    value, spread = np.array([np.nan, 0.5, 1.5]), np.array([np.nan, 0.9, 0.7])
    rows = three_rows(ideal_value=value, ideal_sd=spread)
    found = row_scores(rows, variable)
    expected = {EMOS: (rows["emos_location"], rows["emos_scale"]), IDEAL: (value, spread / sd)}
    for method, (location, scale) in expected.items():
        at, by = np.array(location)[:, None], np.array(scale)[:, None]
        quantiles = law.ppf(np.array(QUANTILE_LEVELS), at, by)
        quantiles = np.maximum(quantiles, 0) if rain else quantiles
        np.testing.assert_allclose(found[method].crps, crps_of_quantiles(OBSERVED, quantiles))
        chance = law.sf(0.1, location, scale) if rain else np.full(3, np.nan)
        np.testing.assert_allclose(found[method].brier, (chance - [0, 1, 1]) ** 2)


def test_where_no_reference_is_known_there_is_none() -> None:
    nothing = {"ideal_value": np.nan, "ideal_sd": np.nan}
    for rows in (three_rows(), three_rows(**nothing)):
        assert IDEAL not in row_scores(rows, "temperature_c")
    assert EMOS not in row_scores(three_rows(emos_location=np.nan, emos_scale=np.nan), "temperature_c")
