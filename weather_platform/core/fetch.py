"""Asking a provider for cycles of forecasts through a client that is passed in, many requests at a time.

Belongs here: what is asked when, what is kept, and what becomes of failures. Does not: the single GET
(core.reply), retries, keys and hosts (the client's transport, infra.http), or where replies are kept (the
store that is passed in). One failed request never loses another.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

import httpx

from weather_platform.core import garbage
from weather_platform.core.breaker import Breaker, OpenError
from weather_platform.core.payloads import Meta, digest
from weather_platform.core.providers.endpoint import Endpoint
from weather_platform.core.providers.spec import PayloadError, Request
from weather_platform.core.quota import Limiter, QuotaSpentError
from weather_platform.core.reply import FetchError, get

# A reply may take so many times the provider's timeout in all, retries included: the timeout itself is of
# silence only, and a provider that sends a byte a second would never meet it.
_PATIENCE = 6


class Store(Protocol):
    """Where replies are kept."""

    def requests(self, provider: str, cycle: datetime) -> set[str]:
        """Names of the requests whose replies are kept."""

    def body(self, provider: str, cycle: datetime, request: str) -> bytes | None:
        """A reply that is kept, None where there is none."""

    def save(self, meta: Meta, body: bytes) -> object:
        """Keep a reply."""


@dataclass(frozen=True)
class Failure:
    """A request without a usable reply. `reason` is of status codes, kinds of errors, and a provider's words
    as core.words leaves them: no secret.
    """

    cycle: datetime
    request: str
    reason: str


@dataclass
class _Fetch:
    provider: Endpoint
    client: httpx.AsyncClient
    store: Store
    now: Callable[[datetime], datetime]
    limiter: Limiter | None
    breaker: Breaker
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
    fetch = _Fetch(provider, client, store, now, limiter, breaker or Breaker(), cycles)
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
    breaker: Breaker | None = None,
) -> list[Failure]:
    """Ask for these requests, each to be kept under its cycle, whatever is kept; else as `fetch_cycles`."""
    fetch = _Fetch(provider, client, store, now, limiter, breaker or Breaker(), ())
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
                for lane in range(min(fetch.provider.concurrency, len(jobs))):
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
            (start, request) for request in requests if (request.leads_to or request.name) not in have
        )


async def _one(fetch: _Fetch, cycle: datetime, request: Request, lane: int) -> None:
    """One request of a cycle, with the look-up before it where it needs one."""
    try:
        await _ask(fetch, cycle, await _looked_up(fetch, cycle, request, lane), lane)
    except (FetchError, PayloadError, QuotaSpentError, OpenError) as error:
        fetch.failures.append(Failure(cycle, request.leads_to or request.name, str(error)))


async def _looked_up(fetch: _Fetch, cycle: datetime, request: Request, lane: int) -> Request:
    """The request itself, or the one that its look-up leads to."""
    if request.role != "lookup":
        return request
    async with fetch.looking.setdefault(request.name, asyncio.Lock()):
        if request.name not in fetch.found:
            body = _kept(fetch, request) or await _ask(fetch, cycle, request, lane)
            following = fetch.provider.follow(request, body) if fetch.provider.follow else None
            if following is None:
                raise FetchError(f"the look-up {request.name} leads nowhere")
            fetch.found[request.name] = following
    return fetch.found[request.name]


def _kept(fetch: _Fetch, request: Request) -> bytes | None:
    """What a run that was killed had looked up already: asked again, it would be kept a second time."""
    bodies = (fetch.store.body(fetch.provider.name, cycle, request.name) for cycle in fetch.cycles)
    return next((body for body in bodies if body is not None), None)


async def _ask(fetch: _Fetch, cycle: datetime, request: Request, lane: int) -> bytes:
    """One GET, kept. Raises FetchError where there is no usable reply, OpenError where none was asked for."""
    await fetch.breaker.enter(lambda: fetch.now(cycle))
    try:
        if fetch.limiter is not None:
            await fetch.limiter.turn(request.quota_weight)
        response, body = await _get(fetch, cycle, request, lane)
    except FetchError as error:
        if error.ill:
            fetch.breaker.failed(fetch.now(cycle), str(error), error.retry_after)
        raise
    else:
        fetch.breaker.succeeded()
    finally:
        fetch.breaker.left()
    fetch.store.save(_meta(fetch, cycle, request, response, body), body)
    return body


async def _get(fetch: _Fetch, cycle: datetime, request: Request, lane: int) -> tuple[httpx.Response, bytes]:
    wanted = fetch.client.build_request(
        "GET",
        request.path,
        params=dict(request.params) or None,
        # They tell the transport (infra.http) what is no part of HTTP.
        extensions={"cycle": cycle, "lane": lane, "retried": partial(_spend_again, fetch, request)},
    )
    provider = fetch.provider
    return await get(
        fetch.client,
        wanted,
        max_bytes=provider.max_bytes,
        begins=provider.begins,
        limit_seconds=provider.timeout_seconds * _PATIENCE,
        now=partial(fetch.now, cycle),
    )


def _spend_again(fetch: _Fetch, request: Request) -> None:
    """The transport makes a request once more: the provider counts it, whoever made it."""
    if fetch.limiter is not None:
        fetch.limiter.spend(request.quota_weight)


def _meta(fetch: _Fetch, cycle: datetime, request: Request, response: httpx.Response, body: bytes) -> Meta:
    return Meta(
        provider=fetch.provider.name,
        cycle=cycle,
        request=request.name,
        role=request.role,
        places=request.places,
        url=str(response.request.url),
        status=response.status_code,
        fetched_at=fetch.now(cycle),
        quota_weight=request.quota_weight,
        **digest(body),
    )
