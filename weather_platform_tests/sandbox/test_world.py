"""The simulated truth: reproducible, continuous, physical, and as variable as real stations are."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weather_platform.sandbox.climate import normal_temperature_c
from weather_platform.sandbox.panel import Panel, read_panel
from weather_platform.sandbox.world import BLOCK_HOURS, World

START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) // 3600
YEAR = 365 * 24


@pytest.fixture(scope="module")
def world() -> World:
    return World(read_panel(), seed=7)


def anomalies(world: World) -> np.ndarray:
    """A year of six-hourly departures from normal temperature, (times, places)."""
    hours = np.arange(START, START + YEAR)
    return (
        world.weather(START, YEAR)["temperature_c"] - normal_temperature_c(world.climate, world.panel, hours)
    )[::6]


@settings(max_examples=8)
@given(st.integers(0, 3 * BLOCK_HOURS), st.integers(1, 100))
def test_a_window_is_the_same_whatever_was_asked_before(offset: int, hours: int) -> None:
    alone = World(read_panel(), seed=7).weather(START + offset, hours)
    warmed = World(read_panel(), seed=7)
    warmed.weather(START + 5 * BLOCK_HOURS, 10)
    warmed.weather(START, 200)
    again = warmed.weather(START + offset, hours)
    assert all(np.array_equal(alone[name], again[name]) for name in alone)


def test_another_seed_is_another_world(world: World) -> None:
    other = World(read_panel(), seed=8).weather(START, 24)["temperature_c"]
    assert not np.allclose(other, world.weather(START, 24)["temperature_c"])


def test_a_place_added_at_the_end_changes_no_other() -> None:
    panel = read_panel()
    fewer = Panel(
        panel.location_ids[:-1], panel.countries[:-1], panel.names[:-1],
        panel.latitude[:-1], panel.longitude[:-1], panel.elevation_m[:-1], panel.keys[:-1],
    )  # fmt: skip
    ours, theirs = World(fewer, 7).weather(START, 48), World(panel, 7).weather(START, 48)
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name][:, :-1], rtol=1e-3, atol=1e-3, err_msg=name)


def test_no_jump_where_blocks_meet(world: World) -> None:
    border = (START // BLOCK_HOURS + 1) * BLOCK_HOURS
    pressure = world.weather(border - 200, 400)["pressure_msl_hpa"]
    steps = np.abs(np.diff(pressure, axis=0))
    assert steps[199].max() <= steps.max(axis=0).max()


def test_truth_is_physical(world: World) -> None:
    weather = world.weather(START, YEAR)
    assert all(np.isfinite(values).all() for values in weather.values())
    assert (weather["dew_point_c"] <= weather["temperature_c"]).all()
    assert (weather["wind_gust_m_s"] >= weather["wind_speed_m_s"]).all()
    assert (weather["precipitation_mm"] >= 0).all()
    assert ((weather["relative_humidity"] > 0) & (weather["relative_humidity"] <= 1)).all()
    high = world.panel.elevation_m > 1500
    assert (weather["surface_pressure_hpa"][:, high] < 880).all()
    assert weather["wind_speed_m_s"].max() < 40


def test_anomalies_are_as_large_as_at_stations_of_the_latitude(world: World) -> None:
    spread = anomalies(world).std(axis=0)
    latitude = np.abs(world.panel.latitude)
    assert 0.8 < spread[latitude < 5].mean() < 2.2
    assert 4.0 < spread[latitude > 38].mean() < 7.0


def test_anomalies_fade_over_days(world: World) -> None:
    anomaly = anomalies(world)

    def lagged(days: int) -> float:
        step = 4 * days
        pairs = [np.corrcoef(anomaly[:-step, p], anomaly[step:, p])[0, 1] for p in range(len(world.panel))]
        return float(np.mean(pairs))

    assert 0.45 < lagged(1) < 0.72
    assert 0.18 < lagged(2) < 0.45
    assert lagged(5) < 0.25


def test_near_places_share_weather_and_far_ones_do_not(world: World) -> None:
    correlation = np.corrcoef(anomalies(world).T)
    distance = world.panel.distances_km()
    near, far = (distance > 0) & (distance < 700), distance > 6000
    assert 0.3 < correlation[near].mean() < 0.8
    assert abs(correlation[far].mean()) < 0.1


def test_rain_comes_in_spells_on_a_plausible_share_of_hours(world: World) -> None:
    wet = world.weather(START, YEAR)["precipitation_mm"] > 0.1
    assert 0.03 < wet.mean() < 0.14
    after_wet = (wet[1:] & wet[:-1]).sum() / wet[:-1].sum()
    assert after_wet > 0.7


def test_summer_is_in_january_south_of_the_equator(world: World) -> None:
    temperature = world.weather(START, YEAR)["temperature_c"]
    january, july = temperature[: 31 * 24].mean(axis=0), temperature[181 * 24 : 212 * 24].mean(axis=0)
    sydney, oslo = (world.panel.location_ids.index(name) for name in ("sydney", "oslo"))
    assert january[sydney] > july[sydney] + 4
    assert july[oslo] > january[oslo] + 10
