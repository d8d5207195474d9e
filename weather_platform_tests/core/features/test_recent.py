"""The recent bias of a feed: of a lead, a block of hours and a place, from few days."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from weather_platform.core.features.axes import DAY, HOUR
from weather_platform.core.features.before import Before
from weather_platform.core.features.lookback import PLATFORM
from weather_platform.core.features.recent import recent
from weather_platform.core.features.sums import Strata, Sums
from weather_platform.core.features.within_block import departures

DAYS, BLOCKS, LEADS, PLACES = 28, 4, 5, 12
FIRST_DAY = 20_000
STRATA = Strata(np.arange(BLOCKS), np.arange(LEADS))
NOW = (FIRST_DAY + DAYS) * DAY - 1
# Errors grow by this much from the first day of lead to the last, as they do in the weather.
NOISE = np.linspace(0.7, 3.0, LEADS)


def _sums(bias: np.ndarray, noise: np.ndarray = NOISE) -> Sums:
    """One pair a day, block, lead and place of one feed, with a bias by lead and place."""
    rng = np.random.default_rng(5)
    shape = (DAYS, BLOCKS, LEADS, PLACES, 1)
    # Blocks of a day err together.
    daily = rng.normal(size=(DAYS, 1, LEADS, PLACES, 1)) * noise[:, None, None]
    error = np.broadcast_to(bias[None, None, :, :, None] + daily, shape).copy()
    ones = np.ones(shape)
    return Sums(
        PLATFORM,
        FIRST_DAY,
        STRATA,
        _known_at(shape),
        ones,
        error,
        error**2,
        10 * ones,
    )


def _known_at(shape: tuple[int, ...]) -> np.ndarray:
    """The last hour of each day."""
    days = FIRST_DAY + np.arange(DAYS)[:, None, None, None, None]
    return np.broadcast_to(days * DAY + 23 * HOUR, shape)


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
    known_at = _known_at(shape)
    return Sums(
        PLATFORM,
        FIRST_DAY,
        STRATA,
        known_at,
        ones,
        error * ones,
        error**2 * ones,
        10 * ones,
    )


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


_NOON = (FIRST_DAY + DAYS - 1) * DAY + 12 * HOUR


@pytest.mark.parametrize(
    ("known_at", "as_of", "counts"),
    [
        (_NOON, _NOON, True),
        (_NOON + 1, _NOON, False),
        (_NOON - 9 * HOUR, _NOON - 1, False),  # truth of its first hours comes at once: more is to come
        (_NOON - 9 * HOUR, _NOON, True),
    ],
)
def test_a_block_counts_once_it_has_ended_and_its_last_truth_is_known(
    known_at: int, as_of: int, counts: bool
) -> None:
    sums = _sums(np.full((LEADS, PLACES), 2.0), np.zeros(LEADS))
    forenoon = np.zeros_like(sums.n)
    forenoon[-1, 1] = 1.0
    one = replace(sums, n=forenoon, error=sums.error * forenoon, known_at=np.full(forenoon.shape, known_at))
    found = recent(one, as_of, ratio=False, unknown_error=2.0)
    assert np.isfinite(found.rmse).all() == np.isfinite(found.newest).all() == counts
    assert (found.offset > 0).all() == counts


@pytest.mark.parametrize(("spoken", "counts"), [((6, 7), True), ((6, 7, 8), False), ((8,), False)])
def test_some_hours_of_a_block_are_not_the_block(spoken: tuple[int, ...], counts: bool) -> None:
    """Of an hour nobody spoke of nothing is to come; the truth of the one from 8 comes a minute too late."""
    hourly, hours = replace(PLATFORM, part_hours=1), np.arange(6, 12)
    n = np.zeros((DAYS, len(hours), 1, 1, 1))
    n[-1, np.array(spoken) - 6] = 1.0
    known_at = np.full(n.shape, _NOON)
    known_at[:, 2] += 60 * 1_000_000
    strata = Strata(hours, np.arange(1))
    sums = Sums(hourly, FIRST_DAY, strata, known_at, n, 2 * n, 4 * n, 10 * n)
    found = recent(sums, _NOON, ratio=False, unknown_error=2.0)
    assert (found.offset > 0).all() == np.isfinite(found.newest).all() == counts


def test_of_a_block_whose_last_hour_is_not_known_at_one_lead_nothing_of_that_lead_is_heard() -> None:
    """The other lead did not speak of that hour, and so is known."""
    hourly, hours = replace(PLATFORM, part_hours=1), np.arange(6, 12)
    n = np.zeros((DAYS, len(hours), 2, 1, 1))
    n[-4:, :2] = n[-4:, 2, 1] = 1.0
    known_at = np.full(n.shape, _NOON)
    known_at[-1, 2] += 1
    noise = np.random.default_rng(1).normal(size=n.shape)
    sums = Sums(hourly, FIRST_DAY, Strata(hours, np.arange(2)), known_at, n, noise * n, noise**2 * n, 10 * n)
    spoilt = sums.error.copy()
    spoilt[-1, :, 1] += 1e6 * n[-1, :, 1]
    found = (
        recent(replace(sums, error=error), _NOON, ratio=False, unknown_error=2.0)
        for error in (sums.error, spoilt)
    )
    for before, after in zip(*(vars(one).values() for one in found), strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_day_on_which_an_hour_was_not_told_says_nothing_of_its_departure() -> None:
    rng = np.random.default_rng(4)
    told = np.where(np.arange(20) % 2, 1.0, 0.0)[:, None, None, None] * np.ones((20, 6, 1, 1))
    error, block = told * rng.normal(np.arange(6)[:, None, None], 1.0, told.shape), np.zeros(6, np.int64)
    every = departures(told, error, np.ones(told.shape), block)
    only = departures(told[1::2], error[1::2], np.ones(told[1::2].shape), block)
    np.testing.assert_allclose(every, only)


def test_old_days_whose_truth_is_not_known_yet_fill_nothing_up() -> None:
    old, look = np.arange(DAYS) < 20, replace(PLATFORM, days=2, fewest_days=6.0)
    sums = _sums(np.full((LEADS, PLACES), 2.0))
    none = np.zeros(sums.n.shape[1:])
    late = np.where(old[:, None, None, None, None], NOW + 1, sums.known_at)
    sums = replace(sums, look=look, known_at=late, before=Before(none, (none,) * 4))
    spoilt = sums.error + np.where(old, 1e6, 0.0)[:, None, None, None, None]
    found = [
        recent(replace(sums, error=error), NOW, ratio=False, unknown_error=2.0)
        for error in (sums.error, spoilt)
    ]
    np.testing.assert_array_equal(found[0].offset, found[1].offset)
    np.testing.assert_array_equal(found[0].rmse, found[1].rmse)


def test_an_error_that_is_the_bias_is_no_news() -> None:
    usual = _sums(np.full((LEADS, PLACES), 2.0), np.zeros(LEADS))
    assert np.abs(recent(usual, NOW, ratio=False, unknown_error=2.0).newest).max() < 0.1


def test_the_newest_error_is_of_the_last_block_of_the_shortest_lead_and_of_three_days() -> None:
    quiet = _sums(np.zeros((LEADS, PLACES)), np.zeros(LEADS))

    def newest(at: tuple[int, int, int], silent_days: int = 0) -> np.ndarray:
        error, n = quiet.error.copy(), quiet.n.copy()
        error[at] = 5.0
        n[DAYS - silent_days :] = 0.0
        return recent(replace(quiet, n=n, error=error * n), NOW, ratio=False, unknown_error=2.0).newest

    assert (newest((-1, -2, 0)) > 4).all()  # of the last block an instant is still to come
    assert (newest((-3, -1, 0), silent_days=2) > 4).all()
    assert np.isnan(newest((-4, -1, 0), silent_days=3)).all()
    nowhere_else = quiet.n * (np.arange(PLACES) == 3)[:, None]
    there = recent(replace(quiet, n=nowhere_else), NOW, ratio=False, unknown_error=2.0).newest
    assert np.isfinite(there[:, 0]).tolist() == [place == 3 for place in range(PLACES)]
    for elsewhere in ((-1, -1, 0), (-1, -3, 0), (-2, -1, 0), (-1, -2, 1)):
        assert (np.abs(newest(elsewhere)) < 1).all()


@pytest.mark.parametrize(("day", "counts"), [(6, False), (7, True)])
def test_as_many_days_count_as_it_looks_back(day: int, counts: bool) -> None:
    sums = _sums(np.full((LEADS, PLACES), 2.0))
    alone = (np.arange(DAYS) == day)[:, None, None, None, None]
    one = replace(sums, look=replace(PLATFORM, days=20), n=sums.n * alone, error=sums.error * alone)
    found = recent(one, NOW, ratio=False, unknown_error=2.0)
    assert np.isfinite(found.rmse).all() == (found.offset != 0).any() == counts


def test_amounts_are_corrected_by_a_factor_that_few_days_hardly_move() -> None:
    """Half of what is forecast falls; `observed` is 10 mm a block."""
    dry = replace(_sums(np.zeros((LEADS, PLACES))), error=np.full((DAYS, BLOCKS, LEADS, PLACES, 1), 10.0))
    found = recent(dry, NOW, ratio=True, unknown_error=0.0)
    assert (found.offset == 0).all()
    assert found.factor == pytest.approx(0.5, abs=0.02)
    few = np.where(np.arange(DAYS) >= DAYS - 2, 1.0, 0.0)[:, None, None, None, None]
    of_two = replace(dry, n=dry.n * few, error=dry.error * few, observed=dry.observed * few)
    assert recent(of_two, NOW, ratio=True, unknown_error=0.0).factor.min() > 0.55
    elsewhere = np.where(np.arange(PLACES) > 0, 1.0, 0.0)[:, None]
    one_new = replace(dry, **{k: getattr(dry, k) * elsewhere for k in ("n", "error", "observed")})
    assert recent(one_new, NOW, ratio=True, unknown_error=0.0).factor[0] == pytest.approx(0.5, abs=0.02)
    twice: dict[str, Any] = {k: np.repeat(getattr(one_new, k), 2, -1) for k in ("n", "observed", "known_at")}
    two = replace(
        one_new, **twice, error=np.concatenate([one_new.error, np.zeros_like(one_new.error)], axis=-1)
    )
    assert recent(two, NOW, ratio=True, unknown_error=0.0).factor[0] == pytest.approx([0.5, 1.0], abs=0.02)
    over = replace(dry, error=np.full_like(dry.error, -9.9))
    assert recent(over, NOW, ratio=True, unknown_error=0.0).factor.max() == 3.0


def test_the_error_to_expect_is_of_what_the_bias_leaves() -> None:
    none, much = (
        recent(_sums(np.full((LEADS, PLACES), bias)), NOW, ratio=False, unknown_error=2.0).rmse
        for bias in (0.0, 6.0)
    )
    assert much == pytest.approx(none, rel=0.1)


def test_a_place_where_a_feed_errs_more_has_a_larger_error_to_expect() -> None:
    sums, size = _sums(np.zeros((LEADS, PLACES))), np.where(np.arange(PLACES) == 3, 4.0, 1.0)[:, None]
    one = replace(sums, error=sums.error * size, squared=sums.squared * size**2)
    rmse = recent(one, NOW, ratio=False, unknown_error=2.0).rmse[..., 0]
    assert (rmse[:, 3] > 2.5 * np.delete(rmse, 3, axis=1).mean(axis=1)).all()


def test_in_another_unit_all_that_is_learned_is_the_same() -> None:
    sums = _sums(np.add.outer(np.linspace(0, 2, LEADS), np.linspace(-1, 1, PLACES)))
    tenths = replace(sums, error=10 * sums.error, squared=100 * sums.squared)
    here = recent(sums, NOW, ratio=False, unknown_error=2.0)
    there = recent(tenths, NOW, ratio=False, unknown_error=20.0)
    for name in ("offset", "rmse", "newest"):
        np.testing.assert_allclose(getattr(there, name), 10 * getattr(here, name), rtol=1e-9)


def test_of_a_feed_that_was_never_verified_no_error_is_known() -> None:
    rmse = recent(_begun(0, 1.0, feeds=2), NOW, ratio=False, unknown_error=2.0).rmse
    assert np.isnan(rmse[..., 1]).all()
    assert np.isfinite(rmse[..., 0]).all()
