"""Truth that was read in a wrong unit: which places are told, and which are left alone."""

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.errors import FORECAST_ERROR
from weather_platform.core.tables.schema import conform, empty
from weather_platform.core.trust.misread_truth import misread_truth

# Found by trying: a warning of pandas stood in the middle of what a run prints.
pytestmark = pytest.mark.filterwarnings("error::FutureWarning")

START = pd.Timestamp("2026-11-01T00:00Z")
HOURS = 8 * 10


def pairs(
    place: str, variable: str = "temperature_c", factor: float = 1.0, offset: float = 0.0
) -> pd.DataFrame:
    """Ten days of what two feeds said of a place, and of its truth, read by a factor and an offset."""
    own = np.random.default_rng(len(place))
    weather = own.normal(0, 1, HOURS).cumsum() * 0.5
    day = np.cos(np.arange(HOURS) / 8 * 2 * np.pi)
    real = 7 + weather + 4 * day if variable == "temperature_c" else 5 + 3 * day
    said = [
        pd.DataFrame({"feed": feed, "forecast": real + own.normal(0, 1.5, HOURS), "observed": real})
        for feed in ("a/one", "b/one")
    ]
    rows = pd.concat(said, ignore_index=True)
    rows["observed"] = rows["observed"] * factor + offset
    rows["valid_time"] = [*(START + pd.to_timedelta(3 * np.arange(HOURS), unit="h"))] * 2
    rows = rows.assign(location_id=place, truth_source="mine", variable=variable, lead_hours=6.0)
    rows = rows.assign(error=rows["forecast"] - rows["observed"], cycle=rows["valid_time"])
    return conform(rows.assign(known_at=rows["valid_time"]), FORECAST_ERROR)


@pytest.mark.parametrize(
    ("variable", "factor", "offset", "written", "read"),
    [
        ("temperature_c", 1.8, 32.0, "°F", "°C"),
        ("temperature_c", 1 / 1.8, -32 / 1.8, "°C", "°F"),
        ("wind_speed_m_s", 3.6, 0.0, "km/h", "m/s"),
        ("wind_speed_m_s", 0.8 * 3.6, 0.0, "km/h", "m/s"),
        ("precipitation_mm", 1 / 25.4, 0.0, "in", "mm"),
        ("precipitation_mm", 25.4, 0.0, "mm", "in"),
        ("precipitation_mm", 0.55 * 25.4, 0.0, "mm", "in"),
    ],
)
def test_a_station_that_was_read_in_another_unit_is_named_with_both(
    variable: str, factor: float, offset: float, written: str, read: str
) -> None:
    """Found by trying: a cool week in °F, 45 for 7 °C, is within what any check of values lets through."""
    rows = [pairs("misread", variable, factor, offset), pairs("well", variable), pairs("other")]
    (found,) = misread_truth(pd.concat(rows)).to_dict("records")
    assert (found["location_id"], found["variable"], found["truth_source"]) == ("misread", variable, "mine")
    assert found["reason"] == (
        f"misread: {variable} of this truth (mine) fits what all feeds said if it is in {written} and was "
        f"read as {read}: does its mapping name the right unit?"
    )


@pytest.mark.parametrize(
    ("variable", "factor", "offset"),
    [
        ("temperature_c", 1.0, -12.0),  # a summit beside its grid cell
        ("temperature_c", 1.0, 12.0),
        ("wind_speed_m_s", 1 / 3.6, 0.0),  # a garden
        ("wind_speed_m_s", 2.2, 0.0),  # a ridge
        ("precipitation_mm", 0.1, 0.0),  # half of it snow, in a wind
    ],
)
def test_what_stations_are_off_by_nature_proves_nothing(variable: str, factor: float, offset: float) -> None:
    assert misread_truth(pairs("here", variable, factor, offset)).empty


def test_of_few_hours_a_dry_month_and_other_variables_nothing_is_said() -> None:
    few = pairs("new", factor=1.8, offset=32)
    dry = pairs("dry", "precipitation_mm", 25.4).assign(forecast=lambda rows: rows["forecast"] / 50)
    dry["observed"] /= 50
    humid = pairs("humid", factor=1.8, offset=32).assign(variable="relative_humidity")
    for rows in (few[few["valid_time"] < START + pd.Timedelta(hours=90)], dry, humid, empty(FORECAST_ERROR)):
        assert misread_truth(rows).empty
