"""Drawn days: each hour keeps its distribution, and hours hang together as long as errors last."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.days.draws import DRAWS, drawn
from weather_platform.core.days.lengths import MEMORIES_HOURS
from weather_platform.core.days.statistics import DAILIES

CENTERS = np.linspace(-5, 9, 8)
NORMAL = (CENTERS[:, None] + 2.0 * norm.ppf(QUANTILE_LEVELS))[None]


@pytest.mark.parametrize("memory", MEMORIES_HOURS)
def test_each_hour_is_drawn_from_its_own_quantiles(memory: float) -> None:
    values = drawn(NORMAL, memory, "temperature_c")[0]
    assert values.shape == (8, DRAWS)
    held = np.quantile(values, QUANTILE_LEVELS, axis=1, method="hazen").T
    np.testing.assert_allclose(held, NORMAL[0], atol=0.02)
    np.testing.assert_allclose(values.mean(axis=1), CENTERS, atol=0.01)
    np.testing.assert_allclose(values.std(axis=1), 2.0, rtol=0.01)


@pytest.mark.parametrize("memory", MEMORIES_HOURS)
def test_errors_of_two_hours_are_alike_by_how_far_they_are_apart(memory: float) -> None:
    values = drawn(NORMAL, memory, "temperature_c")[0]
    found = np.corrcoef(values)
    hours = 3.0 * abs(np.arange(8)[:, None] - np.arange(8))
    expected = np.exp(-hours / memory) if memory else np.eye(8)
    np.testing.assert_allclose(found, expected, atol=0.12)


def test_a_mean_is_as_sure_as_independent_hours_let_it_be_or_as_one_hour() -> None:
    wide = DAILIES["temperature_c_mean"].of(drawn(NORMAL, 1e9, "temperature_c"), axis=1).std()
    narrow = DAILIES["temperature_c_mean"].of(drawn(NORMAL, 0.0, "temperature_c"), axis=1).std()
    assert wide == pytest.approx(2.0, rel=0.05)
    assert narrow == pytest.approx(2.0 / math.sqrt(8), rel=0.05)


def test_beyond_the_outer_quantiles_a_tail_is_as_wide_as_its_side() -> None:
    skewed = np.where(np.array(QUANTILE_LEVELS) > 0.5, 10.0, 1.0) * norm.ppf(QUANTILE_LEVELS)
    values = drawn(np.broadcast_to(skewed, (1, 8, 19)), 0.0, "temperature_c")
    low, high = np.quantile(values, (0.01, 0.99))
    assert low == pytest.approx(norm.ppf(0.01), rel=0.1)
    assert high == pytest.approx(10 * norm.ppf(0.99), rel=0.1)


def test_nothing_is_drawn_outside_of_what_can_be() -> None:
    dry = np.maximum(NORMAL, 0.0)
    assert drawn(dry, 12.0, "precipitation_mm").min() == 0
    shares = np.clip(0.1 * NORMAL + 0.5, 0, 1)
    assert 0 <= drawn(shares, 12.0, "cloud_cover").min() <= drawn(shares, 12.0, "cloud_cover").max() <= 1


def test_the_same_is_drawn_always_and_everywhere() -> None:
    twice = drawn(np.concatenate([NORMAL, NORMAL]), 12.0, "temperature_c")
    np.testing.assert_array_equal(twice[0], twice[1])
    np.testing.assert_array_equal(twice[0], drawn(NORMAL, 12.0, "temperature_c")[0])
