"""How a request that fails in passing is made again, below the client.

Belongs here: that each further attempt is told to whoever sent the request. Does not: how often and after
what (infra.http says so), or what becomes of quotas (core.quota) and of failures (core.fetch).
"""

from collections.abc import Callable

import httpx
from httpx_retries import Retry, RetryTransport


class Retrying(httpx.AsyncBaseTransport):
    """Makes requests again as `retry` says.

    What a request carries as the extension `retried`, if anything, is called before each attempt but the
    first: the provider counts them all.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, retry: Retry) -> None:
        self._inner, self._retry = inner, retry

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        attempts = _Attempts(self._inner, request.extensions.get("retried"))
        return await RetryTransport(transport=attempts, retry=self._retry).handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Attempts(httpx.AsyncBaseTransport):
    """Those of one request."""

    def __init__(self, inner: httpx.AsyncBaseTransport, retried: Callable[[], object] | None) -> None:
        self._inner, self._retried = inner, retried
        self._made = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._made += 1
        if self._made > 1 and self._retried is not None:
            self._retried()
        return await self._inner.handle_async_request(request)
