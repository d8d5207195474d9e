"""One GET through a client that is passed in: bounded in time and size, its failures named without a secret.

Belongs here: what of a reply is taken and what a failure is called. Does not: what is asked, or whether again
(see core.fetching.fetch), how a body is decoded (core.fetching.decoding), or what of a provider's own words
may be shown (core.providers.words).
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx

from weather_platform.core.fetching.asked_wait import asked_wait
from weather_platform.core.fetching.decoding import BodyError, read
from weather_platform.core.providers.words import MOST_BYTES, words

_GOOD = (200, 203)  # MET Norway answers 203 where a version is deprecated
_ILL = (401, 403, 408, 429)  # as are all of 500 and above: not this request is at fault, but the asking of it
# A reply may take so many times the provider's timeout in all, retries included: the timeout itself is of
# silence only, and a provider that sends a byte a second would never meet it.
PATIENCE = 6
_SAID_SECONDS = 5.0  # for the words of an error, whose status is known already
_LOOKED_AT = 64  # bytes, enough for the white space that some put before their JSON


class FetchError(Exception):
    """A reply that is not kept, and why.

    `ill` says that the provider itself is unwell, rather than that it will not have this one request;
    `retry_after` is the time that it asks for; `unreached` that no connection was had, so that it counts
    nothing.
    """

    def __init__(
        self,
        reason: str,
        *,
        ill: bool = False,
        retry_after: timedelta | None = None,
        unreached: bool = False,
    ) -> None:
        super().__init__(reason)
        self.ill, self.retry_after, self.unreached = ill, retry_after, unreached


async def get(
    client: httpx.AsyncClient,
    wanted: httpx.Request,
    *,
    max_bytes: int,
    begins: bytes,
    limit_seconds: float,
    now: Callable[[], datetime],
) -> tuple[httpx.Response, bytes]:
    """The reply to a request and its decoded body, which begins with one of the bytes `begins`.

    `now` is the clock (aware UTC) of the times that a provider asks for. Raises FetchError where there is no
    usable reply.
    """
    try:
        async with asyncio.timeout(limit_seconds):
            response = await client.send(wanted, stream=True)
            try:
                body = await _read(response, max_bytes, now)
            finally:
                await response.aclose()
            if reason := unlike(body, begins):
                raise FetchError(f"HTTP status {response.status_code}, but {reason}", ill=True)
            return response, body
    except TimeoutError:
        raise FetchError(f"no whole reply within {limit_seconds:g} s", ill=True) from None
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise FetchError(
            f"{type(error).__name__}: no connection to {wanted.url.host}", ill=True, unreached=True
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        # Texts of HTTP errors may quote headers or addresses, so only the kind is told.
        raise FetchError(type(error).__name__, ill=isinstance(error, httpx.TransportError)) from None


def unlike(body: bytes, begins: bytes) -> str:
    """Why a body cannot be a reply that begins with one of these bytes; empty where it may be one.

    Only the beginning is looked at, since parsing reads the whole. Nothing of it is quoted: what stands in
    an error page is anybody's, and it is not kept.
    """
    start = body[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()  # a mark of UTF-8 that some write
    if not begins or (start and start[0] in begins):
        return ""
    if not start:
        return "the body is empty"
    return "the body is HTML or XML" if start.startswith(b"<") else "the body does not begin as asked for"


async def _read(response: httpx.Response, max_bytes: int, now: Callable[[], datetime]) -> bytes:
    if response.status_code not in _GOOD:
        ill = response.status_code in _ILL or response.status_code >= 500
        asked = asked_wait(response.headers.get("retry-after", ""), now())
        said = await _said(response)
        raise FetchError(
            f"HTTP status {response.status_code}{': ' * bool(said)}{said}", ill=ill, retry_after=asked
        )
    try:
        return await read(response, max_bytes)
    except BodyError as error:
        raise FetchError(str(error)) from None


async def _said(response: httpx.Response) -> str:
    """The provider's words in the body of an error; empty where they cannot be had easily."""
    try:
        async with asyncio.timeout(_SAID_SECONDS):
            body = await read(response, MOST_BYTES)
    except (TimeoutError, BodyError, httpx.HTTPError, httpx.StreamError):
        return ""
    return words(body, response.extensions.get("without_key", str))
