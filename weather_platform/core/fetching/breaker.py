"""A circuit breaker: who keeps failing is left alone for a while, then tried with one request.

Belongs here: the three states and what leads from one to the next, given the time. Does not: what counts as a
failure (core.fetching.fetch), or where the state outlives a run (defs.payloads).

Closed, every request passes. After FAILURES in a row it opens: nothing passes until the cool-down is over,
which doubles with each opening. Where the provider names a time to wait it opens at once, for as long as was
asked. Then it is half open: one request probes, the others wait for what becomes of it; a success closes it,
a failure opens it again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FAILURES = 3
FIRST_COOL_DOWN = timedelta(minutes=1)
LONGEST_COOL_DOWN = timedelta(hours=1)
LONGEST_WAIT_ASKED = timedelta(hours=24)


class OpenError(Exception):
    """A request that is not made; the text says until when, and why."""


@dataclass(frozen=True)
class State:
    """What outlives a run: closed where `until` is None; `openings` since the last success; the last failure.

    Times are aware UTC.
    """

    until: datetime | None = None
    openings: int = 0
    last: str = ""


@dataclass
class Breaker:
    """For one provider. A caller awaits `enter`, and then calls one of `succeeded`, `failed`, `left`.

    Where a cool-down ends within what is left of `patience`, `enter` sleeps through it instead of refusing,
    so that a minute's outage does not cost a cycle. Not for several threads.
    """

    state: State = field(default_factory=State)
    patience: timedelta = timedelta(0)
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    _in_a_row: int = 0
    _probe: asyncio.Event | None = None
    _probing: asyncio.Task[object] | None = None
    _asked: bool = False  # whether the provider itself named the time
    _charged: datetime | None = None  # up to when patience is spent

    async def enter(self, now: Callable[[], datetime]) -> None:
        """Pass, or be the probe, or wait for it. Raises OpenError where nothing may be asked yet."""
        while self.state.until is not None:
            # None is set further ahead than is allowed: such a one is of a clock that was wrong.
            if timedelta(0) < (wait := self.state.until - now()) <= LONGEST_WAIT_ASKED:
                await self._wait(self.state.until, wait)
            elif self._probe is None:
                self._probe, self._probing = asyncio.Event(), asyncio.current_task()
                return
            else:
                await self._probe.wait()

    async def _wait(self, until: datetime, wait: timedelta) -> None:
        # Many wait at the same time, which costs a run no more than one does.
        cost = wait if self._charged is None else min(wait, until - self._charged)
        if cost > self.patience:
            raise OpenError(
                f"not asked before {until:%Y-%m-%dT%H:%M:%SZ}, since the last "
                f"{max(self._in_a_row, 1)} failed: {self.state.last}"
            )
        if cost > timedelta(0):
            self.patience, self._charged = self.patience - cost, until
        await self.sleep(wait.total_seconds())

    def succeeded(self) -> None:
        """The provider answered: all is forgotten, but for a time that it named after it was asked this."""
        self._in_a_row = 0
        if self._asked and self._probing is not asyncio.current_task():
            return
        self.state, self._asked = State(), False
        self._decided()

    def failed(self, now: datetime, reason: str, retry_after: timedelta | None = None) -> None:
        """The provider did not answer, or said that it will not for a time. `reason` holds no secret."""
        self._in_a_row += 1
        wait, openings = min(retry_after or timedelta(0), LONGEST_WAIT_ASKED), self.state.openings
        cool = timedelta(0)
        if self._probe is not None or self._in_a_row >= FAILURES:
            cool = min(FIRST_COOL_DOWN * 2**openings, LONGEST_COOL_DOWN)
            openings = min(openings + 1, 10)
        if cool or wait:
            self._asked = self._asked or wait > timedelta(0)
            self.state = State(now + max(cool, wait, self._left_at(now)), openings, reason)
        self._decided()

    def _left_at(self, now: datetime) -> timedelta:
        """What is left of a time that was set before: a failure of what was asked earlier cuts none short."""
        left = (self.state.until or now) - now
        return left if left <= LONGEST_WAIT_ASKED else timedelta(0)

    def left(self) -> None:
        """The request ended, perhaps without saying anything of the provider."""
        if self._probing is asyncio.current_task():
            self._decided()

    def _decided(self) -> None:
        if self._probe is not None:
            self._probe.set()
            self._probe = self._probing = None
