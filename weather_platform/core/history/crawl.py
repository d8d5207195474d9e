"""Polite requests to a site that is read by machine: its robots.txt, its pace, and what has not changed.

Belongs here: whether and when a page may be asked for. Does not: retries and hosts (infra.web.http), pages'
content (listing). robots.txt is read as RFC 9309 says: a missing one allows everything, one that cannot be
had forbids everything. Its crawl delay counts where it is longer than ours, and a site that wants to be asked
more seldom than once a minute is not asked at all: its number would hold up a run for as long as it likes.
One that does not answer several times in a row is left alone for the rest of a run.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

import httpx
from protego import Protego

from weather_platform.core.fetching.decoding import BodyError, read

_LONGEST_DELAY_SECONDS = 60.0
_WITH_A_BODY = (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)  # the latter's is empty, and read for its connection
_UNANSWERED_UNTIL_LEFT = 5
_ROBOTS_BYTES = 500_000  # RFC 9309: at least 500 KiB are to be read


class CrawlError(Exception):
    """A page that was not had: forbidden, failed, or too large. The text says which, without any secret;
    `status` is HTTP's, 0 where there was none.
    """

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class NotAskedError(CrawlError):
    """A page that was not asked for, since the site did not answer for those before."""


@dataclass(frozen=True)
class Page:
    """A reply: `body` None where it has not changed since the validators that were sent."""

    body: bytes | None
    etag: str | None = None
    modified: str | None = None


class Crawler:
    """One client's requests to one site, one at a time, `per_minute` of them, and `limit_seconds` for each in
    all.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        per_minute: float,
        max_bytes: int,
        limit_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._delay = 60.0 / per_minute
        self._max_bytes, self._limit_seconds = max_bytes, limit_seconds
        self._clock, self._sleep = clock, sleep
        self._next = clock()
        self._robots: Protego | None = None
        self._unanswered = 0  # in a row
        self._turn = asyncio.Lock()

    async def get(self, path: str, *, etag: str | None = None, modified: str | None = None) -> Page:
        """A page, or that it has not changed.

        Raises CrawlError where robots.txt forbids it, it cannot be had, or it is larger than allowed; as
        NotAskedError where the site was left alone.
        """
        url = str(self._client.build_request("GET", path).url)
        async with self._turn:
            if self._unanswered >= _UNANSWERED_UNTIL_LEFT:
                raise NotAskedError(f"{url}: not asked for: the site did not answer for those before")
            await self._allowed(url)
            return await self._ask(path, _validators(etag, modified))

    async def _allowed(self, url: str) -> None:
        if self._robots is None:
            self._robots = await self._read_robots(url)
        delay = float(self._robots.crawl_delay(self._agent) or 0)
        if delay > _LONGEST_DELAY_SECONDS:
            raise CrawlError(
                f"{url}: the site's robots.txt asks for {delay:g} s between requests; "
                f"nobody waits more than {_LONGEST_DELAY_SECONDS:g} s"
            )
        self._delay = max(self._delay, delay)
        if not self._robots.can_fetch(url, self._agent):
            raise CrawlError(f"{url}: the site's robots.txt forbids it")

    @property
    def _agent(self) -> str:
        return self._client.headers.get("User-Agent", "weather-platform")

    async def _read_robots(self, url: str) -> Protego:
        where = str(httpx.URL(url).copy_with(raw_path=b"/robots.txt"))
        response, body = await self._send(where, {})
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise CrawlError(f"{where}: HTTP status {response.status_code}, so nothing may be asked for")
        if response.status_code != HTTPStatus.OK:
            return Protego.parse("")
        return Protego.parse(body[:_ROBOTS_BYTES].decode(errors="replace"))

    async def _ask(self, path: str, headers: dict[str, str]) -> Page:
        response, body = await self._send(path, headers)
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            return Page(None)
        if response.status_code != HTTPStatus.OK:
            raise CrawlError(f"{path}: HTTP status {response.status_code}", response.status_code)
        return Page(body, response.headers.get("ETag"), response.headers.get("Last-Modified"))

    async def _send(self, target: str, headers: dict[str, str]) -> tuple[httpx.Response, bytes]:
        """One GET in its turn, read whole within the bound."""
        await self._sleep(max(0.0, self._next - self._clock()))
        answered = False
        try:
            async with (
                asyncio.timeout(self._limit_seconds),
                self._client.stream("GET", target, headers=headers) as response,
            ):
                answered = not _is_busy(response.status_code)
                wanted = response.status_code in _WITH_A_BODY
                return response, await read(response, self._max_bytes) if wanted else b""
        except TimeoutError:
            raise CrawlError(f"{target}: no whole reply within {self._limit_seconds:g} s") from None
        except BodyError as error:
            raise CrawlError(f"{target}: {error}") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise CrawlError(f"{target}: {type(error).__name__}") from None
        finally:
            self._unanswered = 0 if answered else self._unanswered + 1
            self._next = self._clock() + self._delay


def _is_busy(status: int) -> bool:
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _validators(etag: str | None, modified: str | None) -> dict[str, str]:
    pairs = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in pairs.items() if value is not None}
