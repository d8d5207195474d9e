"""What blending gains on simulated pairs, by methods simple enough to trust: is the sandbox as hard as life?

    python -m weather_platform_tests.sandbox.calibration

prints mean CRPS of the equal-weight mean, the bias-corrected mean, EMOS, EMOS with a weight per feed, and
the ideal, on the last 30 % of 130 days. On real archives bias correction gains 5-9 %, EMOS 6-12 % and a
learned blend about 15 % over equal weight (about 6 % over EMOS); the sandbox should be near that, and the
ideal out of everybody's reach.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from weather_platform.sandbox import ideal
from weather_platform.sandbox.feeds import FEEDS
from weather_platform.sandbox.forecast import BEFORE_RUN_HOURS
from weather_platform.sandbox.observations import TEMPERATURE_NOISE_K
from weather_platform.sandbox.outages import is_down
from weather_platform.sandbox.panel import read_panel
from weather_platform.sandbox.simulation import Simulation

FIRST = 494_520  # an hour number divisible by six
DAYS = 130
_KNOWN_AFTER, _REMEMBERED, _EMBARGO = 21, 112, 20  # cycles
_SHRUNK = 8


@dataclass(frozen=True)
class Pairs:
    """Temperature: `said` (cycles, times, places, feeds) with NaN where missing; the rest without the last
    axis.
    """

    said: np.ndarray
    seen: np.ndarray
    ideal: np.ndarray
    ideal_sd: np.ndarray
    lead_day: np.ndarray
    block: np.ndarray


def pairs(simulation: Simulation) -> Pairs:
    """Each cycle's forecasts beside noisy truth."""
    rng = np.random.default_rng(0)
    parts = [_cycle(simulation, cycle, rng) for cycle in range(FIRST, FIRST + 24 * DAYS, 6)]
    said, seen, best, sd, hours = (np.stack(column) for column in zip(*parts, strict=True))
    lead_day = np.clip((hours[0] - FIRST) // 24, 0, 4)
    return Pairs(said, seen, best, sd, lead_day, hours % 24 // 6)


def _cycle(simulation: Simulation, cycle: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    now = cycle * 3600.0 + 900
    best = ideal.temperature(simulation, now, 120)
    truth = simulation.world.weather(int(best.hours[0]), 3 * len(best.hours))["temperature_c"][::3]
    said = np.full((*truth.shape, len(FEEDS)), np.nan)
    for index, feed in enumerate(FEEDS):
        if not is_down(simulation.seed, feed.provider, now):
            run, forecast = simulation.forecast(feed, now, int(best.hours[-1]) + 1)
            said[..., index] = forecast["temperature_c"][best.hours - run + BEFORE_RUN_HOURS]
    seen = truth + TEMPERATURE_NOISE_K * rng.standard_normal(truth.shape)
    return said, seen, best.value, best.sd, best.hours


def recent_bias(data: Pairs) -> np.ndarray:
    """Mean error of the known last 28 days by feed, place, lead day and hour block, shrunk; shaped as
    `said`.
    """
    error = data.said - data.seen[..., None]
    bias = np.zeros_like(error)
    for cycle in range(_KNOWN_AFTER, len(error)):
        known = slice(max(0, cycle - _KNOWN_AFTER - _REMEMBERED), cycle - _KNOWN_AFTER + 1)
        for day in range(5):
            for block in range(4):
                now = (data.lead_day == day) & (data.block[cycle] == block)
                past = error[known][(data.lead_day == day) & (data.block[known] == block)]
                count = np.isfinite(past).sum(axis=0)
                bias[cycle, now] = np.nansum(past, axis=0) / (count + _SHRUNK)
    return bias


def crps_of_each(data: Pairs) -> dict[str, float]:
    """Mean CRPS of each method on the last 30 % of cycles, Gaussian with spread-dependent width."""
    corrected = data.said - recent_bias(data)
    usable = np.isfinite(data.said).any(axis=-1).all(axis=(1, 2))
    usable[: _KNOWN_AFTER + _REMEMBERED] = False
    said, corrected, seen = data.said[usable], corrected[usable], data.seen[usable]
    split = int(0.7 * len(said))
    train, test = slice(0, split - _EMBARGO), slice(split, None)
    spread = np.log(np.nanstd(corrected, axis=-1) + 0.1)
    mean = np.nanmean(corrected, axis=-1)
    deviation = np.nan_to_num(corrected - mean[..., None])
    centres = {
        "equal": np.nanmean(said, axis=-1),
        "bias_corrected": mean,
        "emos": _linear(mean[..., None], seen, data.lead_day, train),
        "emos_weights": _linear(np.concatenate([mean[..., None], deviation], -1), seen, data.lead_day, train),
    }
    scores = {name: _score(centre, seen, spread, (train, test)) for name, centre in centres.items()}
    best, sd = data.ideal[usable][test], data.ideal_sd[usable][test]
    return scores | {"ideal": float(_crps(best, sd, seen[test]).mean())}


def _linear(features: np.ndarray, seen: np.ndarray, lead_day: np.ndarray, train: slice) -> np.ndarray:
    """Least squares on the training cycles, one fit per day of lead."""
    fitted = np.zeros_like(seen)
    design = np.concatenate([np.ones((*seen.shape, 1)), features], axis=-1)
    for day in range(5):
        at = lead_day == day
        x, y = design[train][:, at].reshape(-1, design.shape[-1]), seen[train][:, at].ravel()
        fitted[:, at] = design[:, at] @ np.linalg.lstsq(x, y, rcond=None)[0]
    return fitted


def _score(centre: np.ndarray, seen: np.ndarray, spread: np.ndarray, parts: tuple[slice, slice]) -> float:
    train, test = parts
    error = seen - centre
    design = np.stack([np.ones_like(spread), spread], axis=-1)
    size = np.log(np.abs(error) + 0.05)
    width = np.exp(design @ np.linalg.lstsq(design[train].reshape(-1, 2), size[train].ravel(), rcond=None)[0])
    width *= np.sqrt(np.mean((error / width)[train] ** 2))
    return float(_crps(centre[test], width[test], seen[test]).mean())


def _crps(mean: np.ndarray, sd: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """CRPS of a Gaussian (Gneiting et al. 2005, equation 5)."""
    z = (seen - mean) / sd
    return np.asarray(sd * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi)))


def main() -> None:
    scores = crps_of_each(pairs(Simulation(read_panel(), seed=7)))
    for name, score in scores.items():
        gain = 100 * (1 - score / scores["equal"])
        print(f"{name:15s} CRPS {score:.3f} K  {gain:5.1f} % over equal weight")  # noqa: T201 - a script


if __name__ == "__main__":
    main()
