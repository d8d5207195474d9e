"""What an ideal linear blender would say, which only the sandbox can know.

It takes every bias out and weighs the feeds present by their full error covariance, together with the climate
as one more opinion: the best linear unbiased estimate Σ⁻¹1 with a Gaussian prior. Temperature on its own
scale; wind speed on the square root, where its errors add. Precipitation has no such estimate (its errors are
not additive) and is not served. The standard deviation includes the stations' own noise, because truth is
only seen through them. It uses the forecasts of one valid time and one cycle only, and neither recent
observations nor neighbouring hours.
"""

from dataclasses import dataclass

import numpy as np

from weather_platform.sandbox.climate import normal_temperature_c
from weather_platform.sandbox.errors import FAMILY_SHARE, common_share, temperature_sigma_k, wind_sigma
from weather_platform.sandbox.feeds import FEEDS, Feed
from weather_platform.sandbox.forecast import BEFORE_RUN_HOURS, RUN_EVERY_HOURS, run_at
from weather_platform.sandbox.observations import TEMPERATURE_NOISE_K, WIND_NOISE_M_S
from weather_platform.sandbox.outages import is_down
from weather_platform.sandbox.simulation import Simulation
from weather_platform.sandbox.world import BLOCK_HOURS

_ABSENT_VARIANCE = 1e9
STEP_HOURS = 3


@dataclass(frozen=True)
class Ideal:
    """By 3-hourly valid times: `hours` since 1970, `value` and `sd` of (hours, places), contract units."""

    hours: np.ndarray
    value: np.ndarray
    sd: np.ndarray


def temperature(simulation: Simulation, now: float, horizon_hours: int) -> Ideal:
    """Ideal temperature, °C, from what is served at `now` (Unix seconds)."""
    hours, lead, rows, feeds = _grid(simulation, now, horizon_hours)
    wild = simulation.errors.volatility(hours.start, len(hours.all))[rows]
    place = simulation.panel.latitude
    opinions = [
        said["temperature_c"][rows] - _bias(simulation, feed, hours.all)[rows] for feed, said in feeds
    ]
    sigmas = [temperature_sigma_k(feed, lead, hours.valid, place) * wild for feed, _ in feeds]
    climate = simulation.world.climate
    prior = (
        normal_temperature_c(climate, simulation.panel, hours.valid),
        climate.anomaly_sd_k * np.ones_like(wild),
    )
    value, variance = _blend([feed for feed, _ in feeds], lead, opinions, sigmas, prior)
    return Ideal(hours.valid, value, np.sqrt(variance + TEMPERATURE_NOISE_K**2))


def wind_speed(simulation: Simulation, now: float, horizon_hours: int) -> Ideal:
    """Ideal wind speed, m/s (the median), with the standard deviation that its square root implies."""
    hours, lead, rows, feeds = _grid(simulation, now, horizon_hours)
    wild = simulation.errors.volatility(hours.start, len(hours.all))[rows]
    factors = [simulation.errors.wind_factor(feed, hours.start) for feed, _ in feeds]
    opinions = [
        np.sqrt(said["wind_speed_m_s"][rows]) / f for (_, said), f in zip(feeds, factors, strict=True)
    ]
    sigmas = [
        wind_sigma(feed, lead)[:, None] * wild / factor
        for (feed, _), factor in zip(feeds, factors, strict=True)
    ]
    block = hours.start // BLOCK_HOURS * BLOCK_HOURS
    usual = np.sqrt(simulation.world.weather(block, BLOCK_HOURS)["wind_speed_m_s"])
    prior = np.broadcast_to(usual.mean(axis=0), wild.shape), np.broadcast_to(usual.std(axis=0), wild.shape)
    root, variance = _blend([feed for feed, _ in feeds], lead, opinions, sigmas, prior)
    return Ideal(hours.valid, root**2, np.sqrt(4 * root**2 * variance + 2 * variance**2 + WIND_NOISE_M_S**2))


@dataclass(frozen=True)
class _Hours:
    start: int
    all: np.ndarray
    valid: np.ndarray


def _grid(
    simulation: Simulation, now: float, horizon_hours: int
) -> tuple[_Hours, np.ndarray, np.ndarray, list[tuple[Feed, dict[str, np.ndarray]]]]:
    """Valid times with their leads and rows in the forecast arrays, and the feeds that answer at `now`."""
    run = run_at(now)
    start = run - BEFORE_RUN_HOURS
    first = -int(-now // (3600 * STEP_HOURS)) * STEP_HOURS
    valid = np.arange(first, int(now // 3600) + horizon_hours + 1, STEP_HOURS)
    answering = [feed for feed in FEEDS if not is_down(simulation.seed, feed.provider, now)]
    feeds = [(feed, simulation.forecast(feed, now, int(valid[-1]) + 1)[1]) for feed in answering]
    until = int(valid[-1]) + 1
    every = np.arange(start, until + (-(until - start)) % RUN_EVERY_HOURS)
    return _Hours(start, every, valid), valid - run, valid - start, feeds


def _bias(simulation: Simulation, feed: Feed, hours: np.ndarray) -> np.ndarray:
    return simulation.errors.temperature_bias_k(feed, hours)


def _blend(
    feeds: list[Feed],
    lead: np.ndarray,
    opinions: list[np.ndarray],
    sigmas: list[np.ndarray],
    prior: tuple[np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Posterior mean and variance, (hours, places), of opinions with correlated errors and a prior."""
    mean, spread = prior
    precision, weighted = 1 / spread**2, mean / spread**2
    if feeds:
        opinion = np.stack(opinions, axis=-1)
        present = np.isfinite(opinion)
        weights = _weights(feeds, lead, np.stack(sigmas, axis=-1), present)
        precision = precision + weights.sum(axis=-1)
        weighted = weighted + (weights * np.where(present, opinion, 0.0)).sum(axis=-1)
    return weighted / precision, 1 / precision


def _weights(feeds: list[Feed], lead: np.ndarray, sigma: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Σ⁻¹1 by hour and place, (hours, places, feeds); an absent feed weighs nothing."""
    families = np.array([feed.family for feed in feeds])
    akin = (families[:, None] == families).astype(float)
    share = common_share(lead)[:, None, None, None]
    correlation = share + (1 - share) * (FAMILY_SHARE * akin + (1 - FAMILY_SHARE) * np.eye(len(feeds)))
    covariance = sigma[..., :, None] * sigma[..., None, :] * correlation
    both = present[..., :, None] & present[..., None, :]
    covariance = np.where(both, covariance, 0.0) + np.where(present, 0.0, _ABSENT_VARIANCE)[
        ..., None
    ] * np.eye(len(feeds))
    weights = np.linalg.solve(covariance, np.ones(sigma.shape)[..., None])[..., 0]
    return np.where(present, weights, 0.0)
