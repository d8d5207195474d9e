"""Simulated forecasts are wrong as real ones are: growing with lead, akin within families, drifting."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pytest

from weather_platform.sandbox.feeds import FEEDS, PROVIDERS, Feed
from weather_platform.sandbox.forecast import BEFORE_RUN_HOURS, simulate
from weather_platform.sandbox.outages import is_down, outages
from weather_platform.sandbox.simulation import Simulation
from weather_platform.sandbox.world import BLOCK_HOURS

RUN = 494_520
RUNS = range(RUN, RUN + 60 * 24, 12)
Errors = Callable[[Feed], np.ndarray]
BY_NAME = {feed.name: feed for feed in FEEDS}


@pytest.fixture(scope="module")
def errors_of(simulation: Simulation) -> Errors:
    """Temperature errors of a feed at whole days of lead, (runs, days, places)."""

    @lru_cache
    def of(feed: Feed) -> np.ndarray:
        days = BEFORE_RUN_HOURS + np.arange(0, 121, 24)
        found = []
        for run in RUNS:
            said = simulate(simulation.world, simulation.errors, simulation.seed, feed, run, until_lead=124)
            truth = simulation.world.weather(run - BEFORE_RUN_HOURS, 124 + BEFORE_RUN_HOURS)
            found.append((said["temperature_c"] - truth["temperature_c"])[days])
        return np.array(found)

    return of


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_errors_grow_with_lead(errors_of: Errors, feed: Feed) -> None:
    error = errors_of(feed)
    mae = np.nanmean(np.abs(error), axis=(0, 2))
    assert mae[0] < mae[2] < mae[5]
    assert 0.3 < mae[1] < 2.2


def test_feeds_share_errors_and_families_share_more(errors_of: Errors) -> None:
    def correlation(one: str, other: str) -> float:
        a, b = (errors_of(BY_NAME[name])[:, 1] for name in (one, other))
        a, b = a - np.nanmean(a, axis=0), b - np.nanmean(b, axis=0)
        both = np.isfinite(a) & np.isfinite(b)
        return float(np.corrcoef(a[both], b[both])[0, 1])

    centres = correlation("open_meteo/ecmwf_ifs025", "open_meteo/gfs_seamless")
    family = correlation("open_meteo/ecmwf_ifs025", "met_norway/blend")
    assert 0.3 < centres < 0.65
    assert centres + 0.1 < family < 0.9


def test_successive_runs_agree_and_drift_apart(simulation: Simulation) -> None:
    feed = FEEDS[0]
    lead, later = 48, (6, 24)
    pairs: dict[int, list[np.ndarray]] = {step: [] for step in later}
    for run in RUNS:
        unit = simulation.errors.unit(feed, run, run, 72)["temperature"][lead]
        for step in later:
            newer = simulation.errors.unit(feed, run + step, run + step, 72)["temperature"][lead - step]
            pairs[step].append(np.stack([unit, newer]))
    same = {step: np.corrcoef(np.concatenate(found, axis=1))[0, 1] for step, found in pairs.items()}
    assert same[6] > 0.8
    assert same[24] < same[6] - 0.3


def test_errors_have_tails(errors_of: Errors) -> None:
    error = errors_of(FEEDS[1])[:, 1]
    scaled = (error - error.mean(axis=0, where=np.isfinite(error))) / np.nanstd(error, axis=0)
    assert np.nanmean(scaled**4) > 3.3


def test_biases_shift_every_60_to_90_days(simulation: Simulation) -> None:
    feed = FEEDS[0]
    days = np.arange(RUN, RUN + 400 * 24, 24)
    noon = [simulation.errors.temperature_bias_k(feed, np.array([day]))[0] for day in days]
    jump = np.abs(np.diff(np.array(noon), axis=0)).max(axis=1)
    changes = np.flatnonzero(jump > 0.2)
    assert 4 <= len(changes) <= 7
    assert (np.diff(changes) >= 59).all()


def test_drizzle_is_forecast_too_often(simulation: Simulation) -> None:
    wet_said, wet_true, chance = [], [], []
    for run in RUNS:
        said = simulate(simulation.world, simulation.errors, simulation.seed, FEEDS[0], run, until_lead=48)
        truth = simulation.world.weather(run - BEFORE_RUN_HOURS, 48 + BEFORE_RUN_HOURS)
        wet_said.append(np.nanmean(said["precipitation_mm"][-24:] > 0))
        wet_true.append(np.mean(truth["precipitation_mm"][-24:] > 0))
        chance.append(np.nanmean(said["precipitation_probability"][-24:]))
    assert np.mean(wet_said) > 1.15 * np.mean(wet_true)
    assert abs(np.mean(chance) - np.mean(wet_true)) < 0.03


def test_gaps_and_horizons(simulation: Simulation) -> None:
    _, said = simulation.forecast(BY_NAME["open_meteo/icon_seamless"], RUN * 3600, RUN + 300)
    beyond = said["temperature_c"][BEFORE_RUN_HOURS + 180 :]
    assert np.isnan(beyond).all()
    _, nws = simulation.forecast(BY_NAME["nws/blend"], RUN * 3600, RUN + 24)
    served = np.isfinite(nws["temperature_c"][:200]).any(axis=0)
    assert served.tolist() == [country == "US" for country in simulation.panel.countries]
    gaps = np.isnan(nws["temperature_c"][:200, served]).mean()
    assert 0.01 < gaps < 0.06


@pytest.mark.parametrize("provider", PROVIDERS)
def test_outages_happen_about_twice_a_month(provider: str) -> None:
    block = RUN // BLOCK_HOURS
    found = [outage for number in range(block, block + 24) for outage in outages(7, provider, number)]
    assert 1.3 < len(found) / 48 < 2.8
    lengths = [end - start for start, end in found]
    assert min(lengths) >= 2
    assert max(lengths) <= 36
    start = found[0][0]
    assert is_down(7, provider, (start + 0.5) * 3600)
    assert not is_down(7, provider, max(end for _, end in found) * 3600 + 60)
