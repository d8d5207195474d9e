"""Asking an archive for days through a client that is passed in.

Belongs here: when a day may be asked for. Does not: how a request is made and what becomes of its failure
(core.fetch), or hosts and retries (infra.http).
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import httpx

from weather_platform.core.fetch import Failure, Store, fetch_cycles
from weather_platform.core.history.spec import Archive
from weather_platform.core.partitions import CYCLE, DAY


def fetch_cycle_of(archive: Archive, day: datetime) -> datetime:
    """The cycle in which a day (its first instant) is asked for, and under which its replies are kept.

    It is the first cycle to start when the day is settled, so that a reply never has to be asked for twice.
    """
    settled = day + DAY.length + archive.settled
    start = CYCLE.floor(settled)
    return start if start == settled else start + CYCLE.length


async def fetch_days(
    archive: Archive,
    client: httpx.AsyncClient,
    days: Sequence[datetime],
    store: Store,
    now: Callable[[datetime], datetime],
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Failure]:
    """Ask for whatever of the days (their first instants) is not kept yet, and keep the replies.

    `now(cycle)` is the time at which a reply is known, as for `fetch_cycles`. A day that is not settled by
    then is a failure that says when to ask again. Returns the failures in order of day.
    """
    free = asyncio.Semaphore(archive.concurrency)
    done = 0

    async def one(day: datetime) -> list[Failure]:
        nonlocal done
        cycle = fetch_cycle_of(archive, day)
        async with free:
            failures = (
                [
                    Failure(
                        cycle,
                        f"{day:%Y-%m-%d}",
                        f"the day is settled only at {cycle:%Y-%m-%dT%HZ}; ask again then",
                    )
                ]
                if now(cycle) < cycle
                else await fetch_cycles(archive, client, archive.requests(day), [cycle], store, now=now)
            )
        done += 1
        progress(done, len(days))
        return failures

    found = await asyncio.gather(*(one(day) for day in days))
    return [failure for failures in found for failure in failures]
