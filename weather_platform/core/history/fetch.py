"""Asking an archive for days through a client that is passed in.

Belongs here: when a day may be asked for. Does not: how a request is made and what becomes of its failure
(core.fetching.fetch), or hosts and retries (infra.web.http).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import httpx

from weather_platform.core.fetching.asking import Store
from weather_platform.core.fetching.fetch import Failure, fetch_cycles, fetch_jobs
from weather_platform.core.fetching.payloads import Meta
from weather_platform.core.fetching.quota import Limiter
from weather_platform.core.fetching.reply import FetchError
from weather_platform.core.fetching.spans import Spanned, cycles_of, kept_under, plan
from weather_platform.core.history.spec import Archive
from weather_platform.core.places import Place
from weather_platform.core.providers.endpoint import Endpoint
from weather_platform.core.providers.span_names import span_of


def fetch_cycle_of(archive: Archive, day: datetime) -> datetime:
    """The cycle in which a day (its first instant) is asked for, and under which its replies are kept.

    It is the first cycle to start when the day is settled, so that a reply never has to be asked for twice.
    """
    return kept_under(archive.settled, day)


class SpannedEndpoint(Spanned, Endpoint, Protocol):
    """Both of them."""


def kept_in(archive: Archive, days: Sequence[datetime]) -> list[datetime]:
    """Every cycle that may keep a reply about any of the days, in order."""
    if archive.spans is not None:
        return cycles_of(archive, days)
    return sorted({fetch_cycle_of(archive, day) for day in days})


def failed_days(archive: Archive, days: Sequence[datetime], failures: Sequence[Failure]) -> list[datetime]:
    """Those of the days (their first instants) that a failure is about."""
    spans = [found for failure in failures if (found := span_of(failure.request))]
    cycles = {failure.cycle for failure in failures if not span_of(failure.request)}
    return [
        day
        for day in days
        if fetch_cycle_of(archive, day) in cycles or any(first <= day <= last for first, last, _ in spans)
    ]


@dataclass(frozen=True)
class _WholeOnly:
    """A store that keeps no reply that lacks something: what is kept is never asked for again."""

    store: Store
    lacks: Callable[[bytes], str]

    def requests(self, provider: str, cycle: datetime) -> set[str]:
        return self.store.requests(provider, cycle)

    def body(self, provider: str, cycle: datetime, request: str) -> bytes | None:
        return self.store.body(provider, cycle, request)

    def save(self, meta: Meta, body: bytes) -> object:
        if lacking := self.lacks(body):
            raise FetchError(f"{lacking}; it is asked for again")
        return self.store.save(meta, body)


async def fetch_spans(
    source: SpannedEndpoint,
    client: httpx.AsyncClient,
    days: Sequence[datetime],
    places: Sequence[Place],
    store: Store,
    *,
    now: Callable[[datetime], datetime],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    limiter: Limiter | None = None,
    lacks: Callable[[bytes], str] | None = None,
) -> list[Failure]:
    """As `fetch_days`, for whoever answers for spans of days: in as few requests as they allow. `lacks` says
    what a reply has not got yet, which is a failure then.
    """
    store = _WholeOnly(store, lacks) if lacks else store
    planned = plan(source, days, places, store, now)
    failures = await fetch_jobs(
        source, client, planned.jobs, store, now=now, progress=progress, limiter=limiter
    )
    return sorted([*planned.unsettled, *failures], key=lambda failure: (failure.cycle, failure.request))


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
