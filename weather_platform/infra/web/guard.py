"""Where fetching may go: to the origin of the provider asked, at a public address.

Belongs here: which origin and which addresses are refused, below every redirect and every look-up of a name.
Does not: keys, retries (infra.web.http).

A name is looked up once per connection, every address it has is judged, and the connection is made to one
that was judged: a name server that answers differently a moment later (DNS rebinding) gains nothing. TLS
still checks the certificate against the name.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore
import httpx

Resolve = Callable[[str, int], Awaitable[list[str]]]
_NAT64 = IPv6Network("64:ff9b::/96")


class RefusedAddressError(httpx.RequestError):
    """A request to where fetching may not go. It is never retried."""


def origin(url: httpx.URL | str) -> tuple[str, str, int | None]:
    """Scheme, host and port (None for the scheme's own)."""
    parsed = httpx.URL(url)
    return parsed.scheme, parsed.host, parsed.port


class OneOrigin(httpx.AsyncBaseTransport):
    """Passes on what goes to the one origin; whatever a redirect leads to comes by here again."""

    def __init__(self, inner: httpx.AsyncBaseTransport, url: str) -> None:
        self._inner, self._origin = inner, origin(url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if origin(request.url) != self._origin:
            scheme, host, _ = self._origin
            raise RefusedAddressError(
                f"{request.url.scheme}://{request.url.host} is not where this client may go: {scheme}://{host}",
                request=request,
            )
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def refuse_unless_public(host: str, addresses: Iterable[str]) -> None:
    """Raises RefusedAddressError where any address is private, loopback, link-local (a cloud's metadata), or
    otherwise not of the public internet, also where it stands inside an IPv6 address.
    """
    for text in addresses:
        address = ip_address(text.partition("%")[0])
        if any(not inner.is_global or inner.is_multicast for inner in (address, *_embedded(address))):
            raise RefusedAddressError(f"{host} leads to {text}, which is no address of the public internet")


def _embedded(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(address, IPv4Address):
        return []
    inside = [address.ipv4_mapped, address.sixtofour]  # Teredo's are not global as they are
    if address in _NAT64:
        inside.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [inner for inner in inside if inner is not None]


async def look_up(host: str, port: int) -> list[str]:
    """Every address of a name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)  # SOCK_STREAM
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class PublicBackend(httpcore.AsyncNetworkBackend):
    """Connects to public addresses only."""

    def __init__(self, inner: httpcore.AsyncNetworkBackend | None = None, resolve: Resolve = look_up) -> None:
        self._inner, self._resolve = inner or httpcore.AnyIOBackend(), resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._addresses(host, port, timeout)
        refuse_unless_public(host, addresses)
        last: Exception | None = None
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last or httpcore.ConnectError(f"{host} has no address")

    async def _addresses(self, host: str, port: int, timeout: float | None) -> list[str]:
        try:
            async with asyncio.timeout(timeout):
                return await self._resolve(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"no name server answered for {host}") from error
        except OSError as error:
            raise httpcore.ConnectError(f"{host} has no address") from error

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class PublicTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport over connections to public addresses."""

    def __init__(
        self,
        verify: ssl.SSLContext,
        limits: httpx.Limits,
        backend: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        super().__init__(verify=verify, limits=limits)
        # httpx has no argument for it; httpcore, below it, documents it.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=verify,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=backend or PublicBackend(),
        )
