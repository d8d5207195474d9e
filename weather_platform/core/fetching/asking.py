"""Asking a provider for one reply, and keeping it.

Belongs here: quota and breaker around the GET, and what is noted of its reply. Does not: which requests there
are and what becomes of failures (core.fetching.fetch), or the GET itself (core.fetching.reply).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

import httpx

from weather_platform.core.fetching.breaker import Breaker
from weather_platform.core.fetching.payloads import Meta, digest
from weather_platform.core.fetching.quota import Limiter
from weather_platform.core.fetching.reply import PATIENCE, FetchError, get
from weather_platform.core.providers.endpoint import Endpoint
from weather_platform.core.providers.spec import Request


class Store(Protocol):
    """Where replies are kept."""

    def requests(self, provider: str, cycle: datetime) -> set[str]:
        """Names of the requests whose replies are kept."""

    def body(self, provider: str, cycle: datetime, request: str) -> bytes | None:
        """A reply that is kept, None where there is none."""

    def save(self, meta: Meta, body: bytes) -> object:
        """Keep a reply."""


@dataclass(frozen=True)
class Asking:
    """Whom to ask through what, and where replies are kept. `now(cycle)` is the time at which a reply of that
    cycle is known."""

    provider: Endpoint
    client: httpx.AsyncClient
    store: Store
    now: Callable[[datetime], datetime]
    limiter: Limiter | None
    breaker: Breaker
    addresses: dict[tuple[object, ...], httpx.URL] = field(default_factory=dict)

    async def reply(
        self,
        cycle: datetime,
        request: Request,
        lane: int,
        check: Callable[[bytes], object] = lambda _body: None,
    ) -> bytes:
        """One GET, kept, unless `check` raises. Raises FetchError where there is no usable reply,
        QuotaSpentError or OpenError where none was asked for.
        """
        await self.breaker.enter(lambda: self.now(cycle))
        cost = _Cost(request.quota_weight, self.limiter)
        try:
            await cost.turn()
            response, body = await self._get(cycle, request, lane, cost)
        except FetchError as error:
            if error.unreached:
                cost.give_back()
            if error.ill:
                self.breaker.failed(self.now(cycle), str(error), error.retry_after)
            raise
        else:
            self.breaker.succeeded()
        finally:
            self.breaker.left()
        check(body)
        self.store.save(self._meta(cycle, request, response, body, cost), body)
        return body

    async def _get(
        self, cycle: datetime, request: Request, lane: int, cost: "_Cost"
    ) -> tuple[httpx.Response, bytes]:
        wanted = self.client.build_request(
            "GET",
            self._address(request),
            # They tell the transport (infra.web.http) what is no part of HTTP.
            extensions={"cycle": cycle, "lane": lane, "retried": cost.again},
        )
        return await get(
            self.client,
            wanted,
            max_bytes=self.provider.max_bytes,
            begins=self.provider.begins,
            limit_seconds=self.provider.timeout_seconds * PATIENCE,
            now=partial(self.now, cycle),
        )

    def _address(self, request: Request) -> httpx.URL:
        """Where the request goes, put together once: every cycle asks at the same addresses, and to make one
        takes httpx a tenth of a reply's time.
        """
        asked = (request.path, *request.params.items())
        if asked not in self.addresses:
            params = dict(request.params) or None
            self.addresses[asked] = self.client.build_request("GET", request.path, params=params).url
        return self.addresses[asked]

    def _meta(
        self, cycle: datetime, request: Request, response: httpx.Response, body: bytes, cost: "_Cost"
    ) -> Meta:
        return Meta(
            provider=self.provider.name,
            cycle=cycle,
            request=request.name,
            role=request.role,
            places=request.places,
            url=str(response.request.url),
            status=response.status_code,
            fetched_at=self.now(cycle),
            quota_weight=cost.total,
            **digest(body),
        )


class _Cost:
    """What a reply costs in all: the provider counts every attempt of the transport, whoever made it."""

    def __init__(self, each: float, limiter: Limiter | None) -> None:
        self.total = self._each = each
        self._limiter = limiter
        self._turn: datetime | None = None

    async def turn(self) -> None:
        """Wait until the first attempt may be made."""
        if self._limiter is not None:
            self._turn = await self._limiter.turn(self._each)

    def again(self) -> None:
        """The transport makes the request once more."""
        self.total += self._each
        if self._limiter is not None:
            self._limiter.spend(self._each)

    def give_back(self) -> None:
        """The last attempt that was counted never reached the provider."""
        if self._limiter is not None and self._turn is not None:
            self._limiter.give_back(self._turn, self._each)
