"""The circuit breaker under an injected clock."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.fetching.breaker import (
    FAILURES,
    FIRST_COOL_DOWN,
    LONGEST_COOL_DOWN,
    LONGEST_WAIT_ASKED,
    Breaker,
    OpenError,
    State,
)


class Clock:
    """A clock that moves only when told, or when slept by."""

    def __init__(self) -> None:
        self.time = datetime(2026, 8, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


async def opened(clock: Clock, breaker: Breaker) -> None:
    for _ in range(FAILURES):
        await breaker.enter(clock)
        breaker.failed(clock(), "HTTP status 503")


async def test_it_opens_after_failures_in_a_row_only() -> None:
    clock, breaker = Clock(), Breaker()
    for _ in range(2):
        for _ in range(FAILURES - 1):
            await breaker.enter(clock)
            breaker.failed(clock(), "ReadTimeout")
        await breaker.enter(clock)
        breaker.succeeded()
    await opened(clock, breaker)
    with pytest.raises(OpenError, match=r"not asked before 2026-08-01T00:01:00Z.*HTTP status 503"):
        await breaker.enter(clock)


async def test_one_request_probes_and_the_others_wait_for_what_becomes_of_it() -> None:
    clock, breaker = Clock(), Breaker()
    await opened(clock, breaker)
    clock.time += FIRST_COOL_DOWN
    await breaker.enter(clock)
    waiting = [asyncio.create_task(breaker.enter(clock)) for _ in range(5)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    breaker.succeeded()
    await asyncio.gather(*waiting)
    assert breaker.state == State()


async def test_a_clock_that_was_wrong_keeps_nobody_out_for_longer_than_a_day() -> None:
    clock, breaker = Clock(), Breaker()
    clock.time += timedelta(days=400)
    await opened(clock, breaker)
    clock.time -= timedelta(days=400)
    await breaker.enter(clock)
    breaker.failed(clock(), "HTTP status 503")
    assert breaker.state.until == clock() + 2 * FIRST_COOL_DOWN
    clock.time += 2 * FIRST_COOL_DOWN
    await breaker.enter(clock)
    breaker.succeeded()
    assert breaker.state == State()


async def test_a_failed_probe_opens_it_again_for_twice_as_long() -> None:
    clock, breaker = Clock(), Breaker()
    await opened(clock, breaker)
    cool = FIRST_COOL_DOWN
    for _ in range(60):
        assert breaker.state.until == clock() + cool
        clock.time += cool
        await breaker.enter(clock)
        waiting = asyncio.create_task(breaker.enter(clock))
        await asyncio.sleep(0)
        breaker.failed(clock(), "HTTP status 500")
        with pytest.raises(OpenError, match=r"not asked before .+ failed: HTTP status 500"):
            await waiting
        cool = min(2 * cool, LONGEST_COOL_DOWN)


async def test_a_probe_that_says_nothing_leaves_it_to_the_next() -> None:
    clock, breaker = Clock(), Breaker()
    await opened(clock, breaker)
    clock.time += FIRST_COOL_DOWN
    await breaker.enter(clock)
    following = asyncio.create_task(breaker.enter(clock))
    await asyncio.sleep(0)
    breaker.left()
    await following
    breaker.succeeded()
    assert breaker.state == State()


async def test_what_was_asked_earlier_and_says_nothing_ends_no_probe() -> None:
    clock, breaker = Clock(), Breaker()
    await opened(clock, breaker)
    clock.time += FIRST_COOL_DOWN
    await asyncio.create_task(breaker.enter(clock))
    waiting = asyncio.create_task(breaker.enter(clock))
    await asyncio.sleep(0)
    breaker.left()
    await asyncio.sleep(0)
    assert not waiting.done()
    breaker.succeeded()
    await waiting


@pytest.mark.parametrize("asked", [timedelta(seconds=5), timedelta(minutes=10), timedelta(days=30)])
async def test_a_time_to_wait_is_kept_at_once_but_not_for_ever(asked: timedelta) -> None:
    clock, breaker = Clock(), Breaker()
    await breaker.enter(clock)
    breaker.failed(clock(), "HTTP status 429", asked)
    assert breaker.state.until == clock() + min(asked, LONGEST_WAIT_ASKED)


async def test_neither_failures_nor_answers_of_what_was_asked_before_cut_a_named_time_short() -> None:
    clock, breaker = Clock(), Breaker()
    for _ in range(4):
        await breaker.enter(clock)
    breaker.failed(clock(), "HTTP status 429", timedelta(hours=2))
    until = clock() + timedelta(hours=2)
    breaker.succeeded()
    for _ in range(FAILURES):
        breaker.failed(clock(), "HTTP status 503")
    assert breaker.state.until == until
    clock.time = until
    await breaker.enter(clock)
    breaker.succeeded()
    assert breaker.state == State()
    await opened(clock, breaker)  # which nobody named a time for
    breaker.succeeded()
    assert breaker.state == State()


async def test_many_that_wait_at_the_same_time_cost_as_much_patience_as_one() -> None:
    clock = Clock()
    slept = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        await slept.wait()

    breaker = Breaker(patience=1.5 * FIRST_COOL_DOWN, sleep=sleep)
    await opened(clock, breaker)
    waiting = [asyncio.create_task(breaker.enter(clock)) for _ in range(32)]
    await asyncio.sleep(0)
    clock.time += FIRST_COOL_DOWN
    slept.set()
    await waiting[0]
    assert not any(task.done() for task in waiting[1:])
    breaker.failed(clock(), "HTTP status 503")  # by this task, which is none of them
    refused = await asyncio.gather(*waiting[1:], return_exceptions=True)
    assert {type(error) for error in refused} == {OpenError}
    assert breaker.patience == 0.5 * FIRST_COOL_DOWN


async def test_a_short_outage_is_slept_through_and_a_long_one_is_not() -> None:
    clock = Clock()
    breaker = Breaker(patience=timedelta(minutes=3), sleep=clock.sleep)
    await opened(clock, breaker)
    began = clock()
    await breaker.enter(clock)
    assert clock() == began + FIRST_COOL_DOWN
    breaker.failed(clock(), "HTTP status 503")
    await breaker.enter(clock)
    breaker.failed(clock(), "HTTP status 503")
    with pytest.raises(OpenError, match=r"not asked before .+ failed: HTTP status 503"):
        await breaker.enter(clock)


async def test_the_next_run_goes_on_where_the_last_one_stopped() -> None:
    clock, breaker = Clock(), Breaker()
    await opened(clock, breaker)
    later = Breaker(breaker.state)
    with pytest.raises(OpenError, match="HTTP status 503"):
        await later.enter(clock)
    clock.time += FIRST_COOL_DOWN
    await later.enter(clock)
    later.failed(clock(), "HTTP status 503")
    assert later.state.until == clock() + 2 * FIRST_COOL_DOWN


@given(st.lists(st.sampled_from(["good", "bad", "left", "wait"]), max_size=60))
def test_it_never_stays_shut_longer_than_the_longest_cool_down(steps: list[str]) -> None:
    async def live() -> None:
        clock, breaker = Clock(), Breaker()
        for step in steps:
            if step == "wait":
                clock.time += FIRST_COOL_DOWN
                continue
            try:
                await breaker.enter(clock)
            except OpenError:
                continue
            if step == "good":
                breaker.succeeded()
            elif step == "bad":
                breaker.failed(clock(), "ConnectError")
            else:
                breaker.left()
        assert breaker.state.until is None or breaker.state.until <= clock() + LONGEST_COOL_DOWN
        clock.time += LONGEST_COOL_DOWN
        await breaker.enter(clock)

    asyncio.run(live())
