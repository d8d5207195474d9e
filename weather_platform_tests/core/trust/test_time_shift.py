"""Feeds whose times are shifted: who is caught, who is not, and what is said."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.tables.schema import check, conform
from weather_platform.core.trust.feed_health import judge
from weather_platform.core.trust.time_shift import fits_what, lags_of
from weather_platform.core.trust.trusted import trusted, trusted_errors
from weather_platform.core.trust.unsound import unsound

START = datetime(2026, 8, 2, tzinfo=UTC)
ILL = "d/blend"
FEEDS = ("a/one", "a/two", "b/blend", "c/blend", ILL)
APART = timedelta(days=2)
LONGITUDES = {"denver": -105.0, "berlin": 13.0, "tokyo": 140.0}
HOURS = np.arange(1, 121)
Change = Callable[[float, np.ndarray], tuple[np.ndarray, np.ndarray]]  # (hours, values) of a longitude


def days(place: str, amplitude: float, seed: int) -> np.ndarray:
    """Hourly temperatures, warmest at 15 o'clock by the sun, with a weather that all feeds see coming."""
    sun = np.cos(2 * np.pi * (HOURS + LONGITUDES[place] / 15 - 15) / 24)
    slow = np.random.default_rng([seed, len(place)]).normal(0, 0.3, len(HOURS)).cumsum()
    return 10 + amplitude * sun + slow


@dataclass(frozen=True)
class Case:
    """A cycle in which d/blend speaks through `change`, every `interval` hours."""

    change: Change
    amplitude: float = 6.0
    interval: int = 1
    seed: int = 0


def said(*cases: Case) -> pd.DataFrame:
    """What the feeds say, each with errors of 0.7 K of its own: a cycle every other day for each case."""
    parts = []
    for number, case in enumerate(cases):
        own, cycle = np.random.default_rng(case.seed), pd.Timestamp(START) + number * APART
        for feed, (place, longitude) in product(FEEDS, LONGITUDES.items()):
            value = days(place, case.amplitude, case.seed) + own.normal(0, 0.7, len(HOURS))
            hours, kept = HOURS, slice(None)
            if feed == ILL:
                hours, value = case.change(longitude, value)
                kept = slice(case.interval - 1, None, case.interval)
            times = cycle + pd.to_timedelta(hours[kept], unit="h")
            told = {"cycle": cycle, "valid_time": times, "temperature_c": value[kept]}
            parts.append(pd.DataFrame({"feed": feed, "location_id": place, **told}))
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.assign(
        provider=rows["feed"].str[0],
        model=rows["feed"].str[2:],
        latitude=1.0,
        longitude=2.0,
        interval_hours=1,
        fetched_at=rows["cycle"],
        lead_hours=1.0,
        wind_speed_m_s=5.0,
        precipitation_mm=0.0,
    )
    return conform(rows, FORECAST)


def judged(rows: pd.DataFrame) -> pd.DataFrame:
    cycles = [time.to_pydatetime() for time in rows["cycle"].drop_duplicates()]
    health = judge(rows, cycles, FEEDS, variables=DEFAULT_TARGETS)
    assert check(health, FEED_HEALTH).bad.empty
    return health


def later(hours: int) -> Change:
    return lambda _longitude, value: (HOURS + hours, value)


SHIFTED = st.builds(
    lambda hours, each, **how: (hours, Case(later(hours), interval=1 if hours % 3 else each, **how)),
    hours=st.sampled_from([-9, -6, -4, -3, 3, 4, 5, 8, 11]),
    each=st.sampled_from([1, 6]),
    amplitude=st.floats(4, 12),
    seed=st.integers(0, 99),
)


@settings(max_examples=2)
@given(st.lists(SHIFTED, min_size=6, max_size=6))
def test_shifted_times_are_seen_of_that_feed_alone(cases: list[tuple[int, Case]]) -> None:
    """Of a feed every six hours, too, as long as it still stands on the grid of three."""
    health = judged(said(*(case for _, case in cases)))
    shifted = health[health["lag_hours"].notna()]
    assert set(shifted["feed"]) == {ILL}
    lags = shifted.groupby("cycle")["lag_hours"].first().to_numpy()
    assert np.abs(lags + [hours for hours, _ in cases]).max() < 3
    spoken = health[health["n"] > 0].set_index("feed")
    assert set(spoken.loc[[ILL], "verdict"]) == {"off"}
    assert "off" not in set(spoken.drop(index=ILL)["verdict"])


def unlike(hours: int, bias: float, stretch: float, noise: float, seed: int) -> Change:
    """Late by so many hours, with errors."""
    errors = np.random.default_rng(seed + 100).normal(0, noise, len(HOURS))
    return lambda _longitude, value: (HOURS + hours, bias + stretch * value + errors)


UNSHIFTED = st.builds(
    lambda amplitude, **how: Case(unlike(**how), amplitude=amplitude, seed=how["seed"]),
    amplitude=st.floats(0, 12),
    hours=st.sampled_from([-1, 0, 1]),
    bias=st.floats(-8, 8),
    stretch=st.sampled_from([0.5, 1.0, 1.8]),
    noise=st.floats(0, 5),
    seed=st.integers(0, 99),
)


@settings(max_examples=2)
@given(st.lists(UNSHIFTED, min_size=6, max_size=6))
def test_a_feed_that_is_biased_noisy_or_in_another_unit_is_not_shifted(cases: list[Case]) -> None:
    """Nor one that is late by an hour: that cannot be told from a model's own ways."""
    assert judged(said(*cases))["lag_hours"].isna().all()


def test_where_days_have_no_high_and_low_nothing_is_said() -> None:
    """As over a sea or in a polar night: 3 hours later is as good as now."""
    assert judged(said(Case(later(3), amplitude=0.2)))["lag_hours"].isna().all()


def test_local_times_of_a_panel_that_spans_zones_are_seen() -> None:
    rows = said(Case(lambda longitude, value: (HOURS + round(longitude / 15), value)))
    (found,) = unsound(judged(rows)).to_dict("records")
    assert found["reason"] == (
        "its temperatures fit what the others say of about 9 hours earlier to 6 hours later, from place to "
        "place: are its times local, not UTC?"
    )


def test_nothing_is_believed_of_a_feed_whose_times_are_shifted_and_it_is_told_once() -> None:
    rows = said(Case(later(6)))
    health = judged(rows)
    (found,) = unsound(health).to_dict("records")
    assert (found["feed"], found["variable"], found["cycles"]) == (ILL, "all", 1)
    assert "about 6 hours earlier: are its times local" in found["reason"]
    kept = trusted(ibis.memtable(rows), ibis.memtable(health), DEFAULT_TARGETS).execute()
    silent = kept.groupby("feed")[list(DEFAULT_TARGETS)].apply(lambda v: v.isna().to_numpy().all())
    assert silent.to_dict() == {feed: feed == ILL for feed in FEEDS}
    pairs = pd.DataFrame({"feed": ["c/blend", ILL], "cycle": pd.Timestamp(START)})
    pairs = pairs.merge(pd.DataFrame({"variable": DEFAULT_TARGETS}), "cross")
    left = trusted_errors(ibis.memtable(pairs), ibis.memtable(health), DEFAULT_TARGETS).execute()
    assert set(left["feed"]) == {"c/blend"}


def test_of_three_providers_the_one_that_is_right_is_not_blamed() -> None:
    """The mean of a right and a shifted feed fits best somewhere between: it must not be what is compared."""
    rows = said(Case(later(6)))
    rows = rows[rows["feed"].isin(["b/blend", "c/blend", ILL])]
    health = judged(rows)
    assert set(health.loc[health["lag_hours"].notna(), "feed"]) == {ILL}


def late(hours: list[int], amplitude: float = 6.0, steps: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Temperatures that are late by so many hours at each place, and those that they are compared with."""
    rng, times = np.random.default_rng(7), 3 * np.arange(-8, steps + 8)
    days = amplitude * (
        np.cos(times * np.pi / 12) + rng.normal(0, 0.1, (len(hours), len(times))).cumsum(axis=1)
    )
    values = [one[8 - by // 3 : 8 - by // 3 + steps] for one, by in zip(days, hours, strict=True)]
    return np.stack(values), days[:, 8 : 8 + steps]


@pytest.mark.parametrize("hours", [[12, 12], [-12, -12], [9, -3]])
def test_a_shift_is_found_up_to_half_a_day_whatever_the_bias(hours: list[int]) -> None:
    values, center = late(hours)
    for bias in (0.0, 8.0):
        shifted, lags = lags_of(values + bias, center)
        assert shifted and lags.tolist() == [-by for by in hours]


@pytest.mark.parametrize(("amplitude", "told"), [(1.0, False), (3.0, True)])
def test_a_shift_that_moves_temperatures_by_less_than_a_kelvin_is_not_told(
    amplitude: float, told: bool
) -> None:
    assert lags_of(*late([3, 3], amplitude))[0] == told


def test_a_place_that_fits_at_no_lag_has_none() -> None:
    """Such as one at sea, among others that tell."""
    values, center = late([6, 6, 6])
    values[1] = np.random.default_rng(1).normal(0, 3, len(values[1]))
    shifted, lags = lags_of(values, center)
    assert shifted and np.array_equal(lags, [-6, np.nan, -6], equal_nan=True)


def test_of_a_few_hours_at_each_place_something_always_fits_and_nothing_is_told() -> None:
    values, center = np.random.default_rng(2).normal(0, 3, (2, 30, 6))
    shifted, lags = lags_of(values, center)
    assert not shifted and np.isnan(lags).all()


@pytest.mark.parametrize(
    ("least", "most", "text"),
    [
        (-3, -3, "3 hours earlier"),
        (3, 6, "3 to 6 hours later"),
        (-9, -6, "6 to 9 hours earlier"),
        (-9, 6, "9 hours earlier to 6 hours later, from place to place"),
    ],
)
def test_lags_are_said_as_people_say_them(least: float, most: float, text: str) -> None:
    assert fits_what(least, most) == text
