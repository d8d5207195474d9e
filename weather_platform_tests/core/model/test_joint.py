"""No gust is below the wind of its row, at any level; everything else stays as it was."""

from random import Random

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from weather_platform.core.contracts.learned import PREDICTION, QUANTILES
from weather_platform.core.model.joint import raised

CYCLE = pd.Timestamp("2026-03-01T00:00Z")


def _predictions(variable: str, quantiles: np.ndarray) -> pd.DataFrame:
    """A row for every three hours of one place, quantiles put in order."""
    rows = pd.DataFrame(np.sort(quantiles, axis=1), columns=list(QUANTILES))
    times = CYCLE + pd.to_timedelta(3 * np.arange(len(rows)), unit="h")
    return rows.assign(
        variable=variable, location_id="here", cycle=CYCLE, valid_time=times, center=rows["q50"]
    )


QUANTILE_ROWS = arrays(float, (4, len(QUANTILES)), elements=st.floats(0, 40))


@given(QUANTILE_ROWS, QUANTILE_ROWS, st.integers(0, 4), st.randoms(use_true_random=False))
def test_a_gust_is_never_below_the_wind(
    gust: np.ndarray, wind: np.ndarray, known: int, random: Random
) -> None:
    gusts, winds = _predictions("wind_gust_m_s", gust), _predictions("wind_speed_m_s", wind)[:known]
    other = _predictions("temperature_c", gust)
    rows = pd.concat([gusts, other, winds], ignore_index=True)
    mixed = rows.iloc[random.sample(range(len(rows)), len(rows))].reset_index(drop=True)
    made = raised(mixed)
    values = made[list(QUANTILES)].to_numpy()
    assert (np.diff(values, axis=1) >= 0).all()
    assert (made["center"] == made["q50"]).all()
    np.testing.assert_array_equal(made["variable"], mixed["variable"])
    of_gust = made[made["variable"] == "wind_gust_m_s"].sort_values("valid_time")[list(QUANTILES)].to_numpy()
    expected = gusts[list(QUANTILES)].to_numpy().copy()
    expected[:known] = np.maximum(expected[:known], winds[list(QUANTILES)].to_numpy())
    np.testing.assert_array_equal(of_gust, expected)
    rest = (mixed["variable"] != "wind_gust_m_s").to_numpy()
    pd.testing.assert_frame_equal(made[rest], mixed[rest])


def test_nothing_predicted_is_nothing() -> None:
    from weather_platform.core.tables.schema import empty

    assert raised(empty(PREDICTION)).empty
