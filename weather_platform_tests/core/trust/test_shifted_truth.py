"""Truth whose times are shifted: which places are told, and which are left alone."""

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.errors import FORECAST_ERROR
from weather_platform.core.tables.schema import conform, empty
from weather_platform.core.trust.shifted_truth import shifted_truth

START = pd.Timestamp("2026-08-01T00:00Z")
STEPS = np.arange(8 * 14)


def pairs(place: str, late_hours: int = 0, source: str = "mine", **how: float) -> pd.DataFrame:
    """Two weeks of what three feeds said of a place, one of them with little skill, and of its truth, whose
    times are late."""
    own = np.random.default_rng(len(place))
    hours = 3 * np.arange(-8, len(STEPS) + 8)
    weather = own.normal(0, 0.4, len(hours)).cumsum()
    real = 15 + how.get("amplitude", 6.0) * np.cos(2 * np.pi * (hours - 15) / 24) + weather
    observed = np.interp(3 * STEPS - late_hours, hours, real) + how.get("bias", 0.0)
    at = np.interp(3 * STEPS, hours, real)
    parts = []
    for feed, error in {"a/one": 1.0, "b/one": 1.0, "c/one": 4.0}.items():
        forecast = at + own.normal(0, error, len(STEPS))
        parts.append(pd.DataFrame({"feed": feed, "forecast": forecast, "observed": observed}))
        parts[-1]["valid_time"] = START + pd.to_timedelta(3 * STEPS, unit="h")
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.assign(location_id=place, truth_source=source, variable="temperature_c", lead_hours=6.0)
    rows = rows.assign(error=rows["forecast"] - rows["observed"], cycle=rows["valid_time"])
    return conform(rows.assign(known_at=rows["valid_time"]), FORECAST_ERROR)


@pytest.mark.parametrize("late", [-6, 3, 5, 9])
def test_a_station_whose_times_are_shifted_is_named_with_the_hours(late: int) -> None:
    dew = pairs("well", late, bias=50).assign(variable="dew_point_c")
    rows = pd.concat([pairs("well"), dew, pairs("shifted", late), pairs("other", source="theirs")])
    (found,) = shifted_truth(rows).to_dict("records")
    assert (found["location_id"], found["truth_source"]) == ("shifted", "mine")
    assert abs(found["lag_hours"] + late) < 3
    assert found["reason"].startswith("shifted: temperatures of this truth (mine) fit what all feeds said of")


def test_bias_an_hour_and_days_without_a_high_prove_nothing() -> None:
    """What cannot be told is not told: an hour's shift is within what a valley differs from a grid cell."""
    rows = [pairs("warm", bias=7), pairs("an hour", 1), pairs("sea", 6, amplitude=0.1)]
    assert shifted_truth(pd.concat(rows)).empty


def test_where_nothing_is_known_nothing_is_said() -> None:
    assert shifted_truth(empty(FORECAST_ERROR)).empty
    assert shifted_truth(pairs("new", 6).head(20)).empty
