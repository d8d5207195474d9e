"""What a feed says at a run: the truth, bent by its biases and errors, in contract units.

Temperature is wrong by adding, wind on its square root and by a station's factor, rain in the latent field,
so that rain comes early, late or not at all, and too often as drizzle. Hours before the run carry
analysis-like errors.
"""

import numpy as np

from weather_platform.sandbox.errors import ErrorModel, error_growth, temperature_sigma_k, wind_sigma
from weather_platform.sandbox.feeds import FEEDS, US, Feed
from weather_platform.sandbox.noise import generator
from weather_platform.sandbox.physics import (
    apparent_temperature_c,
    derived,
    normal_probability,
    precipitation_mm,
)
from weather_platform.sandbox.world import Weather, World

BEFORE_RUN_HOURS = 36
RUN_EVERY_HOURS = 6
RUN_DELAY_HOURS = 4


def run_at(now: float) -> int:
    """Hour number of the newest model run that is out at `now` (Unix seconds)."""
    return int((now / 3600 - RUN_DELAY_HOURS) // RUN_EVERY_HOURS) * RUN_EVERY_HOURS


def simulate(
    world: World, errors: ErrorModel, seed: int, feed: Feed, run: int, *, until_lead: int
) -> Weather:
    """A feed's forecast, hourly from `run` − 36 h up to `run` + `until_lead`; values of (hours, places).

    Hours that the feed leaves out, lies beyond its horizon with, or does not serve a place for, are NaN.
    """
    start, count = run - BEFORE_RUN_HOURS, until_lead + BEFORE_RUN_HOURS
    hours = np.arange(start, start + count)
    truth, unit = world.weather(start, count), errors.unit(feed, run, start, count)
    wild, lead = errors.volatility(start, count), np.maximum(hours - run, 0)
    growth = error_growth(feed, lead)[:, None] * wild
    sigma_k = temperature_sigma_k(feed, lead, hours, world.panel.latitude) * wild
    root_error = wind_sigma(feed, lead)[:, None] * wild * unit["wind"]
    temperature_error = errors.temperature_bias_k(feed, hours) + sigma_k * unit["temperature"]
    depression = truth["temperature_c"] - truth["dew_point_c"]
    depression = depression * np.exp(np.clip(0.25 * growth * unit["moisture"], -1.5, 1.5))
    weather = {
        "temperature_c": truth["temperature_c"] + temperature_error,
        "dew_point_c": truth["temperature_c"] + temperature_error - depression,
        "pressure_msl_hpa": truth["pressure_msl_hpa"] + 0.9 * growth * unit["pressure"],
        "cloud_cover": np.clip(truth["cloud_cover"] + 0.18 * growth * unit["cloud"], 0, 1),
        "wind_speed_m_s": _wind(truth, errors.wind_factor(feed, start), root_error),
        "wind_direction_deg": (truth["wind_direction_deg"] + 14 * growth * unit["pressure"]) % 360,
        "gust_factor": truth["gust_factor"] * np.exp(0.08 * unit["wind"]),
        **_rain(world, feed, truth, growth, unit["rain"]),
    }
    weather = derived(weather, world.panel.elevation_m)
    felt = ("temperature_c", "relative_humidity", "wind_speed_m_s")
    weather["apparent_temperature_c"] = apparent_temperature_c(*(weather[name] for name in felt))
    absent = _absent(world, seed, feed, run, hours)
    return {name: np.where(absent, np.nan, values) for name, values in weather.items()}


def _wind(truth: Weather, factor: np.ndarray, error: np.ndarray) -> np.ndarray:
    return np.maximum(np.sqrt(truth["wind_speed_m_s"]) * factor + error, 0.1) ** 2


def _rain(world: World, feed: Feed, truth: Weather, growth: np.ndarray, error: np.ndarray) -> Weather:
    """Amount and probability: the latent field seen through noise, with a threshold that lets in drizzle.

    The probability is what the noisy latent field implies for the true threshold, a little too sure of
    itself.
    """
    sigma = feed.rain_sigma * growth
    seen = (truth["rain_latent"] + sigma * error) / np.sqrt(1 + sigma**2)
    threshold = world.climate.rain_threshold
    rain = precipitation_mm(seen, threshold - feed.drizzle, 0.8 * world.climate.rain_intensity_mm)
    known = 1 / np.sqrt(1 + sigma**2)
    doubt = np.sqrt(1 - known**2)
    probability = normal_probability(1.15 * (known * seen - threshold) / doubt)
    return {"precipitation_mm": rain, "precipitation_probability": probability}


def _absent(world: World, seed: int, feed: Feed, run: int, hours: np.ndarray) -> np.ndarray:
    """Where the feed says nothing, (hours, places)."""
    chance = generator(seed, "gaps", run, FEEDS.index(feed)).random(
        (BEFORE_RUN_HOURS + 500, len(world.panel))
    )
    absent = chance[: len(hours)] < feed.gaps
    absent |= (hours >= run + feed.horizon_hours)[:, None]
    if feed.us_only:
        absent |= np.array([country not in US for country in world.panel.countries])
    return absent
