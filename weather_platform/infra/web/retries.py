"""How a request that fails in passing is made again, below the client.

Belongs here: that nobody is asked earlier than they wish, and that each further attempt is told to whoever
sent the request. Does not: how often and after what (infra.web.http says so), or what becomes of quotas
(core.fetching.quota) and of failures (core.fetching.fetch).
"""

import math
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
from httpx_retries import Retry, RetryTransport

from weather_platform.core.fetching.asked_wait import asked_wait


class Retrying(httpx.AsyncBaseTransport):
    """Makes requests again as `retry` says, but hands up a reply that asks for a longer wait.

    What a request carries as the extension `retried`, if anything, is called before each attempt but the
    first: the provider counts them all, save those that found no connection and never reached it.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, retry: Retry) -> None:
        self._inner, self._retry = inner, retry

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        attempts = _Attempts(self._inner, self._retry, request.extensions.get("retried"))
        try:
            return await RetryTransport(transport=attempts, retry=self._retry).handle_async_request(request)
        except _LongWaitError as told:
            return told.response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _LongWaitError(Exception):
    """How a reply passes by the library, which would cut the wait short."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self.response = response


class _Attempts(httpx.AsyncBaseTransport):
    """Those of one request."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, retry: Retry, retried: Callable[[], object] | None
    ) -> None:
        self._inner, self._retried = inner, retried
        self._longest = retry.max_backoff_wait
        self._left = math.inf if retry.total_timeout is None else retry.total_timeout
        self._told = True  # who sends a request has counted its first attempt

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self._told and self._retried is not None:
            self._retried()
        self._told = False
        try:
            response = await self._inner.handle_async_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            self._told = True
            raise
        if self._asks_too_much(response.headers):
            raise _LongWaitError(response)
        return response

    def _asks_too_much(self, headers: httpx.Headers) -> bool:
        wait = asked_wait(headers.get("retry-after", ""), datetime.now(UTC))
        if wait is None:
            headers.pop("retry-after", None)  # the library raises for some that cannot be read
            return False
        self._left -= wait.total_seconds()
        return wait.total_seconds() > self._longest or self._left < 0
