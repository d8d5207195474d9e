"""Asking a provider for cycles of forecasts through a client that is passed in, many requests at a time.

Belongs here: what is asked when, and what becomes of failures. Does not: asking for one reply and keeping it
(core.fetching.asking), retries, keys and hosts (the client's transport, infra.web.http), or where replies are
kept (the store that is passed in). One failed request never loses another.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import httpx

from weather_platform.core import garbage
from weather_platform.core.fetching.asking import Asking, Store
from weather_platform.core.fetching.breaker import Breaker, OpenError
from weather_platform.core.fetching.payloads import DamagedPayloadError
from weather_platform.core.fetching.quota import Limiter, QuotaSpentError
from weather_platform.core.fetching.reply import FetchError
from weather_platform.core.providers.endpoint import Endpoint
from weather_platform.core.providers.spec import PayloadError, Request


@dataclass(frozen=True)
class Failure:
    """A request without a usable reply. `reason` is of status codes, kinds of errors, and a provider's words
    as core.providers.words leaves them: no secret.
    """

    cycle: datetime
    request: str
    reason: str


@dataclass
class _Fetch:
    asking: Asking
    cycles: Sequence[datetime]
    failures: list[Failure] = field(default_factory=list)
    found: dict[str, Request] = field(default_factory=dict)
    looking: dict[str, asyncio.Lock] = field(default_factory=dict)


async def fetch_cycles(
    provider: Endpoint,
    client: httpx.AsyncClient,
    requests: Sequence[Request],
    cycles: Sequence[datetime],
    store: Store,
    *,
    now: Callable[[datetime], datetime],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    limiter: Limiter | None = None,
    breaker: Breaker | None = None,
) -> list[Failure]:
    """Ask for whatever of `requests` is not kept yet, for every cycle, and keep the replies.

    `now(cycle)` is the time at which a reply of that cycle is known; `progress(done, total)` counts
    requests. `limiter` lets a call wait for room in the provider's quota, or refuses it, and counts the
    transport's further attempts; `breaker` leaves a provider alone that is unwell, on the clock of `now`. A
    look-up is made once for all cycles, since what it leads to does not change with time, and not again
    where one of them has it already. Returns the failures, in order of cycle and request; an error of the
    store (a full disk) is raised and stops everything.
    """
    jobs = list(_missing(provider, requests, cycles, store))
    fetch = _Fetch(Asking(provider, client, store, now, limiter, breaker or Breaker()), cycles)
    return await _all(fetch, jobs, progress)


async def fetch_jobs(
    provider: Endpoint,
    client: httpx.AsyncClient,
    jobs: Sequence[tuple[datetime, Request]],
    store: Store,
    *,
    now: Callable[[datetime], datetime],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    limiter: Limiter | None = None,
) -> list[Failure]:
    """Ask for these requests, each to be kept under its cycle, whatever is kept; else as `fetch_cycles`."""
    fetch = _Fetch(Asking(provider, client, store, now, limiter, Breaker()), ())
    return await _all(fetch, jobs, progress)


async def _all(
    fetch: _Fetch, jobs: Sequence[tuple[datetime, Request]], progress: Callable[[int, int], None]
) -> list[Failure]:
    """Many lanes, each taking the next job when it has done one."""
    done = 0

    async def work(lane: int) -> None:
        nonlocal done
        for cycle, request in waiting:
            await _one(fetch, cycle, request, lane)
            done += 1
            progress(done, len(jobs))

    progress(0, len(jobs))
    waiting = iter(jobs)
    try:
        with garbage.rarely_looked_for():
            async with asyncio.TaskGroup() as group:
                for lane in range(min(fetch.asking.provider.concurrency, len(jobs))):
                    group.create_task(work(lane))
    except ExceptionGroup as errors:
        # The first has stopped the others; a group's own text would not say what happened.
        raise errors.exceptions[0] from None
    return sorted(fetch.failures, key=lambda failure: (failure.cycle, failure.request))


def _missing(
    provider: Endpoint, requests: Sequence[Request], cycles: Sequence[datetime], store: Store
) -> Iterator[tuple[datetime, Request]]:
    for start in cycles:
        have = store.requests(provider.name, start)
        yield from (
            (start, request.of(start))
            for request in requests
            if (request.leads_to or request.name) not in have
        )


async def _one(fetch: _Fetch, cycle: datetime, request: Request, lane: int) -> None:
    """One request of a cycle, with the look-up before it where it needs one."""
    try:
        await fetch.asking.reply(cycle, await _looked_up(fetch, cycle, request, lane), lane)
    except (FetchError, PayloadError, DamagedPayloadError, QuotaSpentError, OpenError) as error:
        fetch.failures.append(Failure(cycle, request.leads_to or request.name, str(error)))


async def _looked_up(fetch: _Fetch, cycle: datetime, request: Request, lane: int) -> Request:
    """The request itself, or the one that its look-up leads to."""
    if request.role != "lookup":
        return request
    async with fetch.looking.setdefault(request.name, asyncio.Lock()):
        if request.name not in fetch.found:
            leads = partial(_led_to, fetch, request)
            # One that leads nowhere is not kept: it would be read again for as long as the cycle lasts.
            body = _kept(fetch, request) or await fetch.asking.reply(cycle, request, lane, leads)
            fetch.found[request.name] = leads(body)
    return fetch.found[request.name]


def _led_to(fetch: _Fetch, lookup: Request, body: bytes) -> Request:
    follow = fetch.asking.provider.follow
    following = follow(lookup, body) if follow else None
    if following is None:
        raise FetchError(f"the look-up {lookup.name} leads nowhere")
    return following


def _kept(fetch: _Fetch, request: Request) -> bytes | None:
    """What a run that was killed had looked up already: asked again, it would be kept a second time."""
    asking = fetch.asking
    bodies = (asking.store.body(asking.provider.name, cycle, request.name) for cycle in fetch.cycles)
    return next((body for body in bodies if body is not None), None)
