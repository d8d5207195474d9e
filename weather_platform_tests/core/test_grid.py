"""Rows of any interval become values at 00, 03, ... UTC, or are missing: never a guess."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.grid import forecast_grid, truth_grid
from weather_platform.core.quantities.targets import DEFAULT_TARGETS

CYCLE = pd.Timestamp("2026-03-01T00:00Z")


def _forecasts(rows: list[tuple[str, int, float, float | None]]) -> pd.DataFrame:
    """Rows of (valid time, interval, temperature, precipitation)."""
    frame = pd.DataFrame(rows, columns=["valid_time", "interval_hours", "temperature_c", "precipitation_mm"])
    times = pd.to_datetime(frame["valid_time"], utc=True).astype("datetime64[us, UTC]")
    cycle = pd.Series(CYCLE, index=frame.index).astype("datetime64[us, UTC]")
    return frame.astype({"precipitation_mm": float, "temperature_c": float}).assign(
        valid_time=times,
        feed="alpha/fine",
        location_id="here",
        cycle=cycle,
        fetched_at=cycle,
        issue_time=cycle,
        elevation_m=10.0,
        wind_speed_m_s=1.0,
    )


def _grid(rows: list[tuple[str, int, float, float | None]]) -> pd.DataFrame:
    return forecast_grid(_forecasts(rows), DEFAULT_TARGETS).execute().set_index("valid_time").sort_index()


def test_hourly_rain_is_summed_over_the_three_hours_that_end_at_the_grid_time() -> None:
    grid = _grid([(f"2026-03-01T0{hour}:00Z", 1, 10.0 + hour, 0.1 * hour) for hour in range(1, 7)])
    assert grid["precipitation_mm"].tolist() == pytest.approx([0.6, 1.5])
    assert grid["temperature_c"].tolist() == [13.0, 16.0]
    assert grid.index.tolist() == [pd.Timestamp("2026-03-01T03:00Z"), pd.Timestamp("2026-03-01T06:00Z")]


@pytest.mark.parametrize("amounts", list(permutations([0.1, 0.2, 0.3])))
def test_rain_is_the_same_bits_in_whatever_order_its_hours_come(amounts: tuple[float, ...]) -> None:
    """Found: added up as they came, 0.6 mm were now and then 0.6000000000000001."""
    grid = _grid([(f"2026-03-01T0{hour}:00Z", 1, 10.0, mm) for hour, mm in enumerate(amounts, 1)])
    assert grid["precipitation_mm"].tolist() == [0.6]


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_a_missing_hour_makes_the_sum_missing(missing: int) -> None:
    rows = [(f"2026-03-01T0{hour}:00Z", 1, 10.0, None if hour == missing else 1.0) for hour in range(1, 4)]
    assert np.isnan(_grid(rows)["precipitation_mm"].iloc[0])


@pytest.mark.parametrize(("interval", "expected"), [(3, 4.0), (6, np.nan)])
def test_three_hourly_rain_is_taken_as_it_is_and_coarser_is_missing(interval: int, expected: float) -> None:
    grid = _grid([("2026-03-01T06:00Z", interval, 10.0, 4.0)])
    assert grid["precipitation_mm"].iloc[0] == pytest.approx(expected, nan_ok=True)
    assert grid["temperature_c"].iloc[0] == 10.0


def test_a_value_between_grid_times_is_not_taken_for_one_of_them() -> None:
    assert np.isnan(_grid([("2026-03-01T05:00Z", 1, 10.0, 0.0)])["temperature_c"].iloc[0])


def test_the_age_of_a_run_is_the_newest_ones_and_the_fetch_the_last() -> None:
    rows = _forecasts([(f"2026-03-01T0{hour}:00Z", 1, 10.0, 0.1) for hour in (1, 2, 3)])
    hours = pd.to_timedelta([0, 2, 1], unit="h")
    rows = rows.assign(fetched_at=CYCLE + hours, issue_time=CYCLE - pd.to_timedelta([6, 1, 6], unit="h"))
    (made,) = forecast_grid(rows, DEFAULT_TARGETS).execute().to_dict("records")
    assert made["issue_age_hours"] == 3
    assert made["fetched_at"] == CYCLE + pd.Timedelta(hours=2)


def _observations(rows: list[tuple[str, str, str, float, float]]) -> pd.DataFrame:
    """Rows of (time, source, quality, distance, temperature)."""
    frame = pd.DataFrame(rows, columns=["time", "source", "quality", "distance_km", "temperature_c"])
    time = pd.to_datetime(frame["time"], utc=True).astype("datetime64[us, UTC]")
    known = (time + pd.Timedelta(hours=2)).astype("datetime64[us, UTC]")
    return frame.assign(
        time=time,
        known_at=known,
        location_id="here",
        station_id="s",
        interval_hours=1,
        wind_speed_m_s=np.nan,
        precipitation_mm=np.nan,
    )


def test_truth_is_of_the_best_source_and_never_suspect() -> None:
    rows = [
        ("2026-03-01T03:00Z", "a", "suspect", 0.0, 99.0),
        ("2026-03-01T03:00Z", "b", "unchecked", 1.0, 1.0),
        ("2026-03-01T03:00Z", "c", "good", 5.0, 2.0),
        ("2026-03-01T03:00Z", "d", "good", 9.0, 3.0),
        ("2026-03-01T06:00Z", "a", "suspect", 0.0, 99.0),
    ]
    observations = _observations(rows)
    observations.loc[observations["source"] == "d", "known_at"] += pd.Timedelta(hours=5)
    truth = truth_grid(observations, DEFAULT_TARGETS).execute()
    assert truth["observed"].tolist() == [2.0]
    assert truth["known_at"].tolist() == [pd.Timestamp("2026-03-01T05:00Z")]


def _rain(source: str, distance_km: float, amount: float, doubted: int | None = None) -> pd.DataFrame:
    """Three hours of rain that end on the grid; the second became known ten hours late."""
    rows = [
        (f"2026-03-01T0{hour}:00Z", source, "unchecked" if hour == doubted else "good", distance_km, np.nan)
        for hour in (1, 2, 3)
    ]
    frame = _observations(rows).assign(precipitation_mm=amount)
    late = pd.to_timedelta([0, 10, 0], unit="h")
    return frame.assign(known_at=(frame["known_at"] + late).astype("datetime64[us, UTC]"))


def test_rain_of_three_hours_is_of_the_best_source_and_known_with_its_last_hour() -> None:
    other = _rain("a", 5.0, 2.0)
    places = {
        "the nearer": [_rain("b", 4.0, 1.0), other],
        "in doubt for an hour": [_rain("b", 4.0, 1.0, doubted=2), other],
        "at the place itself": [_rain("b", np.nan, 1.0), other],
        "as near, later by name": [_rain("b", 5.0, 1.0), other],
        "of two hours only": [_rain("b", 4.0, 1.0)[:2], _rain("a", 5.0, 2.0, doubted=1)],
    }
    rows = [row.assign(location_id=place) for place, sources in places.items() for row in sources]
    truth = truth_grid(pd.concat(rows), ["precipitation_mm"]).execute().set_index("location_id")
    assert truth["observed"].to_dict() == {
        "the nearer": 3.0, "in doubt for an hour": 6.0, "at the place itself": 3.0,
        "as near, later by name": 6.0, "of two hours only": 6.0,
    }  # fmt: skip
    assert truth["truth_source"].map({"b": 3.0, "a": 6.0}).equals(truth["observed"])
    assert set(truth["known_at"]) == {pd.Timestamp("2026-03-01T14:00Z")}
