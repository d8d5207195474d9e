"""Keeping to a provider's limits: what was spent in each rolling window, and when there is room for a call.

Belongs here: the arithmetic of windows, and waiting for one's turn. Does not: what the limits are
(core.providers.terms), or where spending is read from (infra.reading.spending).
"""

import asyncio
from bisect import insort
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from weather_platform.core.providers.terms import LENGTH, Limit

# A run waits this long for room, no longer: what does not fit then is reported, and the next run asks for it.
PATIENCE = timedelta(minutes=15)

Spent = tuple[datetime, float]


class QuotaSpentError(Exception):
    """There is no room for a call soon enough; the text says which limit binds, and until when."""


class _Window:
    """What counts against one limit, oldest first."""

    def __init__(self, limit: Limit, spent: Sequence[Spent]) -> None:
        self.limit = limit
        self._length = LENGTH[limit.window]
        self._spent = deque(spent)
        self._sum = sum(weight for _, weight in spent)

    def room_at(self, time: datetime, weight: float) -> datetime:
        """The first moment from `time` on at which a call of this weight, of the limit's at most, fits: when
        nothing is spent any more at the latest, whatever the sum of parts says, which is rounded.
        """
        while self._spent and self._spent[0][0] + self._length <= time:
            self._sum -= self._spent.popleft()[1]
        over = self._sum + weight - self.limit.calls
        for moment, gone in self._spent:
            if over <= 0:
                break
            time, over = moment + self._length, over - gone
        return time

    def add(self, time: datetime, weight: float) -> None:
        insort(self._spent, (time, weight))  # turns may be booked already that are still to come
        self._sum += weight

    def remove(self, time: datetime, weight: float) -> None:
        if (time, weight) in self._spent:  # it may be over by now
            self._spent.remove((time, weight))
            self._sum -= weight

    @property
    def used(self) -> float:
        return self._sum


class Limiter:
    """Gives calls their turn, evenly within the minute and within every longer window.

    `spent` are the times (aware UTC) and weights of earlier calls, in any order; `now` is the clock.
    """

    def __init__(
        self, limits: Sequence[Limit], spent: Iterable[Spent] = (), *, now: Callable[[], datetime]
    ) -> None:
        ordered = sorted(spent)
        self._windows = [_Window(limit, ordered) for limit in limits]
        minute = next((limit.calls for limit in limits if limit.window == "minute"), None)
        self._each = timedelta(minutes=1) / minute if minute else timedelta(0)
        self._next = datetime.min.replace(tzinfo=UTC)
        self._now = now

    async def turn(self, weight: float) -> datetime:
        """Wait for this call's turn and count it. Raises QuotaSpentError if it is beyond PATIENCE.

        Returns its moment, by which `give_back` knows it.
        """
        now = self._now()
        start = self._book(now, weight)
        if start > now:
            await asyncio.sleep((start - now).total_seconds())
        return start

    def give_back(self, turn: datetime, weight: float) -> None:
        """Count a call no more that never reached the provider: nobody need wait for it."""
        for window in self._windows:
            window.remove(turn, weight)
        self._next -= self._each * weight

    def spend(self, weight: float) -> None:
        """Count a call that is made now without a turn, as a further attempt is: later calls wait for it."""
        now = self._now()
        for window in self._windows:
            window.add(now, weight)
        self._next = max(self._next, now) + self._each * weight

    def _book(self, now: datetime, weight: float) -> datetime:
        start = max(now, self._next)
        for window in self._windows:
            start = window.room_at(start, min(weight, window.limit.calls))
            if start - now > PATIENCE:
                raise QuotaSpentError(_refusal(window, weight, start))
        for window in self._windows:
            window.add(start, weight)
        self._next = start + self._each * weight
        return start


def _refusal(window: _Window, weight: float, room: datetime) -> str:
    return (
        f"not asked: {window.used:,.0f} of the {window.limit.calls:,.0f} calls that a {window.limit.window} "
        f"allows are spent, and this one weighs {weight:,.1f}; there is room again at {room:%Y-%m-%dT%H:%MZ}"
    )
