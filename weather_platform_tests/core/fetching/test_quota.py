"""Limits hold in every rolling window, whatever was spent before and however calls come."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from weather_platform.core.fetching.quota import Limiter, QuotaSpentError
from weather_platform.core.providers.terms import LENGTH, Limit

NOW = datetime(2026, 8, 1, tzinfo=UTC)


class Clock:
    """Time that passes only by waiting."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        self.waits: list[float] = []
        monkeypatch.setattr("weather_platform.core.fetching.quota.asyncio.sleep", self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)


async def test_calls_are_spread_over_the_minute_by_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    limiter = Limiter([Limit("minute", 60)], now=lambda: clock.now)
    for weight in (1.0, 5.0, 1.0):
        await limiter.turn(weight)
    assert clock.waits == pytest.approx([1, 5])


async def test_a_call_waits_for_a_window_that_is_nearly_over(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    spent = [(NOW - timedelta(minutes=55), 8.0), (NOW - timedelta(minutes=1), 2.0)]
    limiter = Limiter([Limit("hour", 10)], spent, now=lambda: clock.now)
    await limiter.turn(1.0)
    assert clock.waits == pytest.approx([300])
    await limiter.turn(7.0)
    assert len(clock.waits) == 1
    with pytest.raises(QuotaSpentError, match="10 of the 10 calls that a hour allows"):
        await limiter.turn(1.0)


async def test_a_batch_heavier_than_the_limit_goes_once_the_window_is_empty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch)
    limiter = Limiter([Limit("minute", 10)], [(NOW - timedelta(seconds=30), 4.0)], now=lambda: clock.now)
    await limiter.turn(25.0)
    assert clock.waits == pytest.approx([30])


async def test_what_is_left_of_rounding_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found by a mutant: what a window held did not come down to 0, and a batch heavier than the limit was
    told that there is room in the year 9999.
    """
    clock = Clock(monkeypatch)
    spent = [(NOW - timedelta(minutes=2), 680.0), (NOW - timedelta(minutes=1), 394.4)]
    await Limiter([Limit("minute", 600)], spent, now=lambda: clock.now).turn(680.0)
    assert clock.waits == []


async def test_a_call_without_a_turn_is_counted_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    limiter = Limiter([Limit("minute", 60), Limit("hour", 10)], now=lambda: clock.now)
    for weight in (1.0, 3.0):
        limiter.spend(weight)
    await limiter.turn(1.0)
    assert clock.waits == pytest.approx([4])
    limiter.spend(5.0)
    with pytest.raises(QuotaSpentError, match="10 of the 10 calls that a hour allows"):
        await limiter.turn(1.0)


async def test_what_is_given_back_is_neither_counted_nor_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    limiter = Limiter([Limit("minute", 60), Limit("hour", 10)], now=lambda: clock.now)
    for _ in range(3):  # eight would not fit thrice
        limiter.give_back(await limiter.turn(8.0), 8.0)
    await limiter.turn(10.0)
    assert clock.waits == []
    with pytest.raises(QuotaSpentError, match="10 of the 10 calls"):
        await limiter.turn(1.0)


async def test_what_is_given_back_once_its_minute_is_over_leaves_room_in_the_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch)
    limiter = Limiter([Limit("minute", 60), Limit("hour", 10)], now=lambda: clock.now)
    turn = await limiter.turn(6.0)
    clock.now += timedelta(minutes=2)
    await limiter.turn(1.0)
    limiter.give_back(turn, 6.0)
    await limiter.turn(9.0)
    assert clock.waits == []


async def test_no_call_waits_for_longer_than_a_run_may_be_it_for_the_others_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch)
    limiter = Limiter([Limit("minute", 60)], now=lambda: clock.now)
    limiter.spend(60 * 16.0)
    with pytest.raises(QuotaSpentError, match="room again at 2026-08-01T00:16Z"):
        await limiter.turn(1.0)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 3), st.booleans()), max_size=40))
@example([(0, 3, True), (50, 1, True), (0, 1, False), (61, 3, True)])
def test_calls_without_a_turn_leave_less_room_for_the_others(steps: list[tuple[int, int, bool]]) -> None:
    """They stand among turns that are booked already, and cannot be refused; those that come after can."""
    now, limit = NOW, Limit("hour", 3)
    limiter = Limiter([limit], now=lambda: now)
    made: list[tuple[datetime, int]] = []
    for minutes, weight, in_turn in steps:
        now += timedelta(minutes=minutes)
        if not in_turn:
            limiter.spend(weight)
            made.append((now, weight))
            continue
        try:
            start = limiter._book(now, weight)
        except QuotaSpentError:
            continue
        held = sum(each for time, each in made if start - LENGTH[limit.window] < time <= start)
        assert held + weight <= limit.calls
        made.append((start, weight))


@given(
    spent=st.lists(st.tuples(st.integers(0, 86_400), st.floats(0.1, 5)), max_size=30),
    asked=st.lists(st.tuples(st.integers(0, 600), st.floats(0.1, 5)), max_size=40),
    limits=st.lists(st.sampled_from([Limit("minute", 6), Limit("hour", 20), Limit("day", 60)]), unique=True),
)
def test_no_window_ever_holds_more_than_its_limit(
    spent: list[tuple[int, float]], asked: list[tuple[int, float]], limits: list[Limit]
) -> None:
    before = [(NOW - timedelta(seconds=ago), weight) for ago, weight in spent]
    now = NOW
    limiter = Limiter(limits, before, now=lambda: now)
    made: list[tuple[datetime, float]] = []
    for wait, weight in asked:
        now += timedelta(seconds=wait)
        try:
            start = limiter._book(now, weight)
        except QuotaSpentError:
            continue
        made.append((start, weight))
        assert start >= now
    for limit in limits:
        for end, _ in made:
            held = sum(w for time, w in [*before, *made] if end - LENGTH[limit.window] < time <= end)
            assert held <= limit.calls + 1e-6
