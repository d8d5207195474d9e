"""The HTTP client of a provider: where it really goes, what it adds below the surface, and how often it
retries.

Belongs here: hosts, keys, User-Agent, limits, figures of retries. Does not: how a request is made again
(infra.web.retries), what is asked, or what becomes of replies (core.fetching.fetch).

Keys are added in a transport below the client: the request that httpx logs, that exceptions carry and that
the manifest's URL is taken from never has them. Whatever happens above, a request goes to the provider's own
origin or nowhere, and outside the sandbox to public addresses only (infra.web.guard).
"""

from datetime import datetime
from functools import lru_cache
from typing import Any

import httpx
from httpx_retries import Retry

from weather_platform.core.providers.endpoint import Endpoint
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.web.guard import OneOrigin, PublicTransport
from weather_platform.infra.web.key_forms import without
from weather_platform.infra.web.retries import Retrying

RETRIES = 4
LONGEST_WAIT_SECONDS = 30.0
RETRIED_STATUS = (429, 500, 502, 503, 504)
_SANDBOX_KEY = "sandbox"  # the sandbox takes any key, but wants one, as its originals do


class UnusableProviderError(Exception):
    """A provider that these settings cannot ask; the text says what to set."""


def client(
    provider: Endpoint, settings: Settings, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """An open client with `base_url` set; close it, or use it with `async with`.

    Waits between retries are exponential with full jitter, or as `Retry-After` says, up to 30 s each and 60
    s in all; where it says more, there is no retry. On the sandbox, whose outages last a whole cycle, waits
    are tiny. No redirect is followed.
    Raises UnusableProviderError where a key is missing, or where the sandbox's address is.
    """
    if reason := settings.unusable(provider):
        raise UnusableProviderError(reason)
    retry = Retry(
        total=1 if settings.simulated else RETRIES,
        backoff_factor=0.01 if settings.simulated else 0.5,
        status_forcelist=(*RETRIED_STATUS, *provider.also_retried),
        max_backoff_wait=0.05 if settings.simulated else LONGEST_WAIT_SECONDS,
        total_timeout=2 * LONGEST_WAIT_SECONDS,
    )
    url = base_url(provider, settings)
    lanes = transport or _Lanes(provider.concurrency, public=not settings.simulated)
    below = OneOrigin(_Below(lanes, provider, settings), url)
    return httpx.AsyncClient(
        transport=Retrying(below, retry),
        base_url=url,
        timeout=provider.timeout_seconds,
        headers={
            "User-Agent": f"weather-platform/0.1 {settings.contact}",
            # Others can make gigabytes of a few bytes (core.fetching.decoding).
            "Accept-Encoding": "gzip, deflate",
            **provider.headers,
        },
        follow_redirects=False,
    )


def base_url(provider: Endpoint, settings: Settings) -> str:
    """Where the provider is: itself, or its stand-in on the sandbox."""
    if not settings.simulated:
        return provider.base_url
    if settings.sandbox_url is None:
        raise UnusableProviderError(
            "the sandbox profile needs the sandbox's address: set WEATHER_SANDBOX_URL"
        )
    return f"{settings.sandbox_url.rstrip('/')}/{provider.name}"


class _Lanes(httpx.AsyncBaseTransport):
    """One connection pool for each worker that says which it is (`lane` among the request's extensions).

    A single pool looks at every connection before and after every request, a system call each, which with 16
    connections costs more than the request itself.
    """

    def __init__(self, lanes: int, *, public: bool) -> None:
        limits = httpx.Limits(max_connections=lanes, max_keepalive_connections=lanes)
        context = httpx.create_ssl_context()  # reading the certificates takes 20 ms, so all pools share it
        kind = PublicTransport if public else httpx.AsyncHTTPTransport
        self._pools = [kind(verify=context, limits=limits) for _ in range(lanes)]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        lane = int(request.extensions.get("lane", 0))
        return await self._pools[lane % len(self._pools)].handle_async_request(request)

    async def aclose(self) -> None:
        for pool in self._pools:
            await pool.aclose()


class _Below(httpx.AsyncBaseTransport):
    """Adds what must not be seen above: the key, and on the sandbox the simulated clock."""

    def __init__(self, inner: httpx.AsyncBaseTransport, provider: Endpoint, settings: Settings) -> None:
        self._inner = inner
        self._provider = provider
        self._settings = settings
        # Every cycle asks at the same addresses, and httpx takes each apart anew to add to it.
        self._with_key = lru_cache(maxsize=4096)(self._add_key)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(self._completed(request))
        if self._provider.auth is not None and not self._settings.simulated:
            # Whoever shows words of the reply takes the key out of them, in every form that is echoed.
            response.extensions["without_key"] = without(self._key())
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _completed(self, request: httpx.Request) -> httpx.Request:
        url, headers = request.url, request.headers.copy()
        cycle: Any = request.extensions.get("cycle")
        if self._settings.simulated and isinstance(cycle, datetime):
            headers["X-Sandbox-Now"] = self._settings.sandbox_now(cycle).isoformat()
        auth = self._provider.auth
        if auth is not None and auth.header:
            headers[auth.header] = self._key()
        elif auth is not None and auth.query:
            url = self._with_key(url, auth.query)
        return httpx.Request(
            request.method, url, headers=headers, stream=request.stream, extensions=request.extensions
        )

    def _add_key(self, url: httpx.URL, parameter: str) -> httpx.URL:
        return url.copy_add_param(parameter, self._key())

    def _key(self) -> str:
        key = self._settings.key_of(self._provider)
        return _SANDBOX_KEY if key is None or self._settings.simulated else key.get_secret_value()
