"""The ideal blender beats every feed and their mean, and is honest about its uncertainty."""

import numpy as np
import pytest

from weather_platform.sandbox import ideal
from weather_platform.sandbox.feeds import FEEDS, Feed
from weather_platform.sandbox.forecast import BEFORE_RUN_HOURS
from weather_platform.sandbox.observations import TEMPERATURE_NOISE_K, WIND_NOISE_M_S
from weather_platform.sandbox.outages import is_down
from weather_platform.sandbox.simulation import Simulation

RUN = 494_520
CASES = {
    "temperature_c": (ideal.temperature, TEMPERATURE_NOISE_K),
    "wind_speed_m_s": (ideal.wind_speed, WIND_NOISE_M_S),
}


def said_by(simulation: Simulation, feed: Feed, variable: str, now: float, hours: np.ndarray) -> np.ndarray:
    run, forecast = simulation.forecast(feed, now, int(hours[-1]) + 1)
    return forecast[variable][hours - run + BEFORE_RUN_HOURS]


@pytest.mark.parametrize("variable", CASES)
def test_it_beats_every_feed_and_covers_what_it_says(simulation: Simulation, variable: str) -> None:
    estimate, noise = CASES[variable]
    rng = np.random.default_rng(0)
    ours, inside = [], []
    theirs: dict[str, list[float]] = {feed.name: [] for feed in FEEDS}
    mean = []
    for cycle in range(RUN, RUN + 30 * 24, 18):
        now = cycle * 3600.0 + 900
        best = estimate(simulation, now, 120)
        truth = simulation.world.weather(int(best.hours[0]), 3 * len(best.hours))[variable][::3]
        seen = truth + noise * rng.standard_normal(truth.shape)
        ours.append(np.abs(best.value - seen).mean())
        inside.append(np.mean(np.abs(best.value - seen) < 1.2816 * best.sd))
        feeds = [said_by(simulation, feed, variable, now, best.hours) for feed in FEEDS]
        mean.append(np.nanmean(np.abs(np.nanmean(feeds, axis=0) - seen)))
        for feed, said in zip(FEEDS, feeds, strict=True):
            theirs[feed.name].append(float(np.nanmean(np.abs(said - seen))))
    assert np.mean(ours) < 0.9 * np.mean(mean)
    assert all(np.mean(ours) < np.mean(errors) for errors in theirs.values())
    assert 0.76 < np.mean(inside) < 0.84


def test_fewer_feeds_make_it_less_sure(simulation: Simulation) -> None:
    hours = range(RUN, RUN + 60 * 24, 6)
    downs = {
        cycle: sum(is_down(simulation.seed, feed.provider, cycle * 3600 + 900) for feed in FEEDS)
        for cycle in hours
    }
    most = max(downs, key=lambda cycle: downs[cycle])
    assert downs[most] >= 3
    few = ideal.temperature(simulation, most * 3600 + 900, 120).sd
    none_down = [cycle for cycle in downs if downs[cycle] == 0 and abs(cycle - most) < 240]
    all_of_them = np.mean(
        [ideal.temperature(simulation, cycle * 3600 + 900, 120).sd.mean() for cycle in none_down]
    )
    assert few.mean() > 1.02 * all_of_them


def test_valid_times_begin_at_the_fetch_and_stand_on_the_grid(simulation: Simulation) -> None:
    now = RUN * 3600 + 900
    hours = ideal.temperature(simulation, now, 48).hours
    assert (hours % 3 == 0).all()
    assert hours[0] * 3600 >= now
    assert hours[-1] <= RUN + 48
