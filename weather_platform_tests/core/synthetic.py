"""A small made-up world for tests of the science: truth with a daily cycle, feeds with bias, noise and
shared error.

Independent of the sandbox on purpose: what is tested here must not pass because both share a mistake.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pandas as pd

from weather_platform.core.contracts.errors import ERROR_SUM
from weather_platform.core.features.build import build
from weather_platform.core.features.errors import error_sums, forecast_errors
from weather_platform.core.features.target import with_target
from weather_platform.core.model.train import train
from weather_platform.core.model.trained import Trained
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.tables.schema import conform

FEEDS = ("alpha/fine", "beta/coarse", "gamma/blend")
START = datetime(2026, 3, 1, tzinfo=UTC)
TEXT = pd.StringDtype("pyarrow")


@dataclass(frozen=True)
class World:
    """`forecasts` as FORECAST, `observations` as OBSERVATION, `places` as LOCATIONS, without columns
    nobody reads."""

    forecasts: pd.DataFrame
    observations: pd.DataFrame
    places: pd.DataFrame
    cycles: list[datetime]


def world(
    days: int = 10, n_places: int = 3, horizon: int = 48, feeds: tuple[str, ...] = FEEDS, seed: int = 1
) -> World:
    """`days` of 6-hourly cycles at `n_places` places, hourly to `horizon` hours; the fetch is 15 minutes
    in."""
    rng = np.random.default_rng(seed)
    names = [f"place_{index}" for index in range(n_places)]
    hours = days * 24 + horizon + 6
    truth = {
        name: _truth(rng, hours, n_places) for name in ("temperature_c", "wind_speed_m_s", "precipitation_mm")
    }
    truth["wind_speed_m_s"] = np.abs(truth["wind_speed_m_s"] - 10) * 0.7
    truth["precipitation_mm"] = np.clip(truth["precipitation_mm"] - 14, 0, None) * 0.3
    places = pd.DataFrame(
        {
            "location_id": pd.array(names, dtype=TEXT),
            "latitude": np.linspace(-30.0, 55.0, n_places),
            "longitude": np.linspace(-100.0, 130.0, n_places),
            "elevation_m": np.linspace(0.0, 900.0, n_places),
        }
    )
    cycles = [START + pd.Timedelta(hours=6 * step).to_pytimedelta() for step in range(days * 4)]
    forecasts = pd.concat(
        [_feed(rng, feed, truth=truth, names=names, cycles=cycles, horizon=horizon) for feed in feeds],
        ignore_index=True,
    )
    return World(forecasts, _observed(truth, names), places, cycles)


def _truth(rng: np.random.Generator, hours: int, n_places: int) -> np.ndarray:
    noise = rng.normal(0, 0.8, (hours, n_places))
    series = np.empty_like(noise)
    series[0] = noise[0]
    for hour in range(1, hours):
        series[hour] = 0.97 * series[hour - 1] + noise[hour]
    return 10 + series + 4 * np.sin(2 * np.pi * (np.arange(hours)[:, None] - 9) / 24)


def _feed(
    rng: np.random.Generator,
    feed: str,
    *,
    truth: dict[str, np.ndarray],
    names: list[str],
    cycles: list[datetime],
    horizon: int,
) -> pd.DataFrame:
    lead = np.arange(1, horizon + 1)
    first = np.arange(len(cycles)) * 6
    at = first[:, None] + lead  # cycle × lead → hour of truth
    shape = (len(cycles), horizon, len(names))
    frame: dict[str, object] = {
        "feed": pd.array(np.full(np.prod(shape), feed), dtype=TEXT),
        "location_id": pd.array(np.tile(names, len(cycles) * horizon), dtype=TEXT),
    }
    start = pd.DatetimeIndex(cycles)
    frame["cycle"] = start.repeat(horizon * len(names))
    frame["fetched_at"] = start.repeat(horizon * len(names)) + pd.Timedelta(minutes=15)
    frame["issue_time"] = start.repeat(horizon * len(names))
    frame["valid_time"] = (start[0] + pd.to_timedelta(at.ravel(), unit="h")).repeat(len(names))
    frame["interval_hours"] = 1
    frame["elevation_m"] = 100.0
    growth = (0.4 + 0.02 * lead)[None, :, None]
    for index, (variable, values) in enumerate(truth.items()):
        bias = rng.normal(0, 1.0, len(names))
        error = (
            bias
            + growth * rng.normal(0, 1.0, (len(cycles), 1, len(names)))
            + growth * rng.normal(0, 0.5, shape)
        )
        value = values[at] + error * (1.0, 0.5, 0.2)[index]
        dry = (values[at] == 0) & (rng.random(shape) < 0.8)
        frame[variable] = (
            value if index == 0 else np.where(dry & (index == 2), 0.0, np.clip(value, 0, None))
        ).ravel()
    return pd.DataFrame(frame).astype(
        {
            "cycle": "datetime64[us, UTC]",
            "fetched_at": "datetime64[us, UTC]",
            "issue_time": "datetime64[us, UTC]",
            "valid_time": "datetime64[us, UTC]",
        }
    )


def _observed(truth: dict[str, np.ndarray], names: list[str]) -> pd.DataFrame:
    hours = len(next(iter(truth.values())))
    time = pd.date_range(START, periods=hours, freq="h").as_unit("us").repeat(len(names))
    return pd.DataFrame(
        {
            "location_id": pd.array(np.tile(names, hours), dtype=TEXT),
            "station_id": pd.array(np.tile(names, hours), dtype=TEXT),
            "source": pd.array(["made_up"] * len(time), dtype=TEXT),
            "time": time,
            "known_at": (time + pd.Timedelta(hours=2)).as_unit("us"),
            "distance_km": 0.0,
            "interval_hours": 1,
            "quality": pd.array(["good"] * len(time), dtype=TEXT),
            **{variable: values.ravel() for variable, values in truth.items()},
        }
    )


@dataclass(frozen=True)
class Learned:
    """A world with all that is made of it: `error_sums` (ERROR_SUM), `features` (FEATURES), `pairs` with
    targets."""

    world: World
    error_sums: pd.DataFrame
    features: pd.DataFrame
    pairs: pd.DataFrame


@cache
def learned(days: int = 16, n_places: int = 4, horizon: int = 36) -> Learned:
    """A world lived through: shared by tests, which must not change its frames."""
    made = world(days, n_places, horizon)
    sums = error_sums_of(made)
    features = build(
        made.cycles,
        made.forecasts,
        sums,
        made.observations,
        made.places,
        variables=DEFAULT_TARGETS,
        horizon_hours=horizon,
    )
    return Learned(made, sums, features, with_target(features, made.observations, DEFAULT_TARGETS))


def error_sums_of(made: World) -> pd.DataFrame:
    """Error sums of every day of a world."""
    end = made.cycles[-1] + timedelta(days=30)
    pairs = forecast_errors(made.forecasts, made.observations, START, end, DEFAULT_TARGETS)
    return conform(error_sums(pairs).execute(), ERROR_SUM)


@cache
def long_lived() -> Learned:
    """A world with enough behind it to train on."""
    return learned(days=24, n_places=10)


@cache
def trained(variable: str, trees: bool = True) -> Trained:
    """A model of the first two thirds of `long_lived`, with or without trees beside EMOS."""
    made = long_lived()
    until = made.world.cycles[len(made.world.cycles) * 2 // 3]
    return train(made.pairs, variable, until, trees_from_station_days=0 if trees else 10**9)
