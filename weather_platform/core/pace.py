"""How fast a provider is asked: no more calls in a minute than it allows.

Belongs here: waiting for one's turn. Does not: how many calls are under way at once (core.fetch).
"""

import asyncio


class Pace:
    """Spreads calls so that no more than `per_minute` (weighted) begin in a minute; None does not wait at
    all.
    """

    def __init__(self, per_minute: float | None) -> None:
        self._seconds_each = 60 / per_minute if per_minute else 0.0
        self._next = 0.0

    async def turn(self, weight: float) -> None:
        """Wait for this call's turn."""
        if not self._seconds_each:
            return
        clock = asyncio.get_running_loop().time()
        start = max(clock, self._next)
        self._next = start + self._seconds_each * weight
        await asyncio.sleep(start - clock)
