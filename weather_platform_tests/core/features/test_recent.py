"""The recent bias of a feed: of a lead, a block of hours and a place, from few days."""

import numpy as np
import pytest

from weather_platform.core.features.axes import DAY, HOUR
from weather_platform.core.features.lookback import PLATFORM
from weather_platform.core.features.recent import BLOCKS, Sums, recent

DAYS, LEADS, PLACES = 28, 5, 12
NOW = DAYS * DAY - 1
# Errors grow by this much from the first day of lead to the last, as they do in the weather.
NOISE = np.linspace(0.7, 3.0, LEADS)


def _sums(bias: np.ndarray, noise: np.ndarray = NOISE) -> Sums:
    """One pair a day, block, lead and place of one feed, with a bias by lead and place."""
    rng = np.random.default_rng(5)
    shape = (DAYS, BLOCKS, LEADS, PLACES, 1)
    # Blocks of a day err together.
    daily = rng.normal(size=(DAYS, 1, LEADS, PLACES, 1)) * noise[:, None, None]
    error = np.broadcast_to(bias[None, None, :, :, None] + daily, shape).copy()
    known_at = np.broadcast_to(np.arange(DAYS)[:, None, None, None, None] * DAY + 23 * HOUR, shape)
    ones = np.ones(shape)
    return Sums(PLATFORM, 0, np.arange(LEADS), known_at, ones, error, error**2, 10 * ones)


def _off(bias: np.ndarray, noise: np.ndarray = NOISE) -> np.ndarray:
    """Root mean square of what the offsets miss of the bias, by lead."""
    offset = recent(_sums(bias, noise), NOW, ratio=False, unknown_error=2.0).offset
    return np.sqrt(((offset[..., 0] - bias) ** 2).mean(axis=(0, 2)))


def test_a_long_lead_borrows_the_bias_that_short_leads_show() -> None:
    same_at_all_leads = np.broadcast_to(np.random.default_rng(2).normal(0, 1, PLACES), (LEADS, PLACES))
    weight = 0.5 ** (np.arange(DAYS) / PLATFORM.error_half_life)
    alone = NOISE[-1] * np.sqrt((weight**2).sum()) / weight.sum()
    assert _off(same_at_all_leads)[-1] < 0.5 * alone


def test_a_lead_with_a_bias_of_its_own_keeps_it() -> None:
    own = np.zeros((LEADS, PLACES))
    own[0] = 4.0
    offset = recent(_sums(own), NOW, ratio=False, unknown_error=2.0).offset
    assert offset[:, 0].mean() > 3.5
    assert abs(offset[:, -1]).mean() < 1.0


@pytest.mark.parametrize("missing", [1, LEADS - 1])
def test_a_lead_that_was_never_seen_has_the_bias_of_the_others(missing: int) -> None:
    sums = _sums(np.full((LEADS, PLACES), 2.0))
    for array in (sums.n, sums.error, sums.squared):
        array[:, :, missing] = 0.0
    offset = recent(sums, NOW, ratio=False, unknown_error=2.0).offset
    assert np.isfinite(offset).all()
    assert offset[:, missing].mean() == pytest.approx(2.0, abs=0.3)


def test_errors_without_any_noise_are_taken_as_they_are() -> None:
    bias = np.add.outer(np.linspace(0, 2, LEADS), np.linspace(-1, 1, PLACES))
    assert _off(bias, np.zeros(LEADS)).max() < 0.2


def _begun(days_ago: int, noise: float, feeds: int = 1) -> Sums:
    """The last of `feeds` alike began so many days ago, with that error instead of 1."""
    rng = np.random.default_rng(3)
    scale = np.append(np.ones(feeds - 1), noise)
    shape = (DAYS, BLOCKS, LEADS, PLACES, feeds)
    error = np.broadcast_to(rng.normal(size=(DAYS, 1, LEADS, PLACES, feeds)) * scale, shape).copy()
    ones = np.ones(shape)
    # A forecast of so many days ahead is verified so many days after the feed began.
    for lead in range(LEADS):
        ones[: DAYS - max(days_ago - lead, 0), :, lead, :, -1] = 0.0
    known_at = np.broadcast_to(np.arange(DAYS)[:, None, None, None, None] * DAY + 23 * HOUR, shape)
    return Sums(PLATFORM, 0, np.arange(LEADS), known_at, ones, error * ones, error**2 * ones, 10 * ones)


@pytest.mark.parametrize("days", [1, 2, 4, 8, 20])
def test_a_feed_that_joined_is_not_taken_for_better_than_it_is(days: int) -> None:
    rmse = recent(_begun(days + 1, noise=1.5, feeds=4), NOW, ratio=False, unknown_error=2.0).rmse
    assert rmse[..., -1].mean() > rmse[..., :-1].mean()
    assert rmse[..., -1].mean() == pytest.approx(1.5, abs=0.4)


def test_who_has_seen_little_expects_the_usual_error_and_learns_its_own() -> None:
    rmse = [recent(_begun(days, 0.8), NOW, ratio=False, unknown_error=2.0).rmse.mean() for days in (2, 5, 25)]
    assert rmse[0] > 1.4
    assert rmse[0] > rmse[1] > rmse[2]
    assert rmse[2] == pytest.approx(0.8, abs=0.1)


def test_a_lead_that_nobody_has_verified_yet_is_no_surer_than_one_that_was() -> None:
    rmse = recent(_begun(3, 0.8), NOW, ratio=False, unknown_error=2.0).rmse.mean(axis=(1, 2))
    assert (np.diff(rmse) >= -0.1).all()
    assert rmse[-1] == pytest.approx(2.0)
