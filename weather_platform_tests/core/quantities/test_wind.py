"""Speed and direction become components on the grid and come back; degrees are never averaged."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.grid import forecast_grid, truth_grid
from weather_platform.core.model.joint import CALM_M_S, direction_deg, directions
from weather_platform.core.quantities.wind import EASTWARD, NORTHWARD

WHEN = pd.Timestamp("2026-03-01T03:00Z")
BOTH = (EASTWARD, NORTHWARD)


def _rows(wind: list[tuple[float, float]]) -> pd.DataFrame:
    """A row a place of (speed, direction), as forecasts and observations have them."""
    time = pd.Series([WHEN] * len(wind)).astype("datetime64[us, UTC]")
    return pd.DataFrame(
        {
            "feed": "alpha/fine",
            "location_id": [f"place_{index}" for index in range(len(wind))],
            "source": "made_up",
            "quality": "good",
            "distance_km": 0.0,
            "elevation_m": 10.0,
            "interval_hours": 1,
            **dict.fromkeys(("cycle", "valid_time", "time", "fetched_at", "issue_time", "known_at"), time),
            "wind_speed_m_s": [speed for speed, _ in wind],
            "wind_direction_deg": [direction for _, direction in wind],
        }
    )


def _components(wind: list[tuple[float, float]]) -> pd.DataFrame:
    return forecast_grid(_rows(wind), BOTH).execute().sort_values("location_id", ignore_index=True)


@pytest.mark.parametrize(
    ("direction", "eastward", "northward"),
    [(0.0, 0.0, -5.0), (90.0, -5.0, 0.0), (180.0, 0.0, 5.0), (270.0, 5.0, 0.0), (360.0, 0.0, -5.0)],
)
def test_a_wind_from_the_west_blows_to_the_east(direction: float, eastward: float, northward: float) -> None:
    found = _components([(5.0, direction)])
    assert found[EASTWARD].iloc[0] == pytest.approx(eastward, abs=1e-12)
    assert found[NORTHWARD].iloc[0] == pytest.approx(northward, abs=1e-12)


def test_truth_has_the_components_that_forecasts_have() -> None:
    wind = [(3.0, 20.0), (8.0, 300.0), (0.0, np.nan), (4.0, np.nan), (np.nan, 10.0)]
    said = _components(wind)
    found = (
        truth_grid(_rows(wind), BOTH)
        .execute()
        .pivot(columns="variable", index="location_id", values="observed")
    )
    for name in BOTH:
        np.testing.assert_array_equal(said[name].dropna(), found[name])
    # A calm is no wind either way, though stations give no direction with it.
    assert said[EASTWARD].iloc[2] == 0
    assert said[EASTWARD].isna().tolist() == [False, False, False, True, True]


@given(st.floats(CALM_M_S + 0.01, 60), st.floats(0, 360))
def test_a_direction_comes_back(speed: float, direction: float) -> None:
    angle = np.radians(direction)
    found = float(direction_deg(np.array(-speed * np.sin(angle)), np.array(-speed * np.cos(angle))))
    assert 0 <= found < 360
    assert abs((found - direction + 180) % 360 - 180) < 1e-6


def test_a_calm_has_no_direction() -> None:
    found = direction_deg(np.array([0.0, 0.3, np.nan, -1.0]), np.array([0.0, 0.3, 2.0, 0.0]))
    assert np.isnan(found).tolist() == [True, True, True, False]
    assert found[3] == 90


def test_the_middle_of_winds_on_both_sides_of_north_is_north() -> None:
    found = _components([(6.0, 350.0), (6.0, 10.0)])[list(BOTH)].mean()
    assert direction_deg(np.array(found[EASTWARD]), np.array(found[NORTHWARD])) % 360 == pytest.approx(
        0, abs=1e-9
    )
    hair = direction_deg(np.array(1e-17), np.array(-1.0))
    assert hair == 0


def test_predictions_of_both_components_have_a_direction() -> None:
    rows = pd.DataFrame(
        {
            "variable": [EASTWARD, NORTHWARD, EASTWARD, "temperature_c"],
            "location_id": ["here", "here", "there", "here"],
            "cycle": WHEN,
            "valid_time": WHEN,
            "q50": [3.0, 3.0, 1.0, 20.0],
        }
    )
    found = directions(rows)
    assert found["location_id"].tolist() == ["here"]
    assert found["wind_direction_deg"].tolist() == pytest.approx([225.0])
