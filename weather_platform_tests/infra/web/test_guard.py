"""Where fetching may go: origins, addresses, names that change their mind, redirects."""

import asyncio
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
import pytest

from weather_platform.core.history.registry import ARCHIVES
from weather_platform.core.history.spec import Archive
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Provider
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.web.guard import (
    OneOrigin,
    PublicBackend,
    RefusedAddressError,
    refuse_unless_public,
)
from weather_platform.infra.web.http import client
from weather_platform_tests.loopback import Answer, Seen, serve

PUBLIC = "93.184.215.14"
MET = PROVIDERS["met_norway"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.8",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",  # metadata of most clouds
        "100.100.100.200",  # of another one
        "0.0.0.0",  # noqa: S104 - refused
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "::ffff:169.254.169.254",
        "2002:a9fe:a9fe::1",  # 6to4 of 169.254.169.254
        "64:ff9b::a9fe:a9fe",  # NAT64 of it
        "2001:0:4136:e378:8000:63bf:5601:5601",  # Teredo of it
    ],
)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    with pytest.raises(RefusedAddressError, match=r"api\.example\.org"):
        refuse_unless_public("api.example.org", [PUBLIC, address])


def test_public_addresses_pass() -> None:
    refuse_unless_public("api.example.org", [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])


class Connected(httpcore.AsyncMockBackend):
    """Notes where connections go, and answers 200."""

    def __init__(self) -> None:
        super().__init__([b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"])
        self.to: list[str] = []

    async def connect_tcp(self, host: str, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
        self.to.append(host)
        return await super().connect_tcp(host, *args, **kwargs)


async def test_the_connection_goes_to_the_address_that_was_judged() -> None:
    """A name server that answers with loopback the second time is not asked a second time."""
    answers = iter([[PUBLIC], ["127.0.0.1"], [PUBLIC, "127.0.0.1"]])

    async def rebinding(_host: str, _port: int) -> list[str]:
        return next(answers)

    network = Connected()
    async with httpcore.AsyncConnectionPool(network_backend=PublicBackend(network, rebinding)) as pool:
        await pool.request("GET", "http://api.example.org/")
        assert network.to == [PUBLIC]
        for _ in range(2):
            with pytest.raises(RefusedAddressError, match=r"api\.example\.org leads to 127\.0\.0\.1"):
                await pool.request("GET", "http://api.example.org/")
    assert network.to == [PUBLIC]


async def test_where_one_address_is_silent_the_next_is_tried() -> None:
    class Silent(Connected):
        async def connect_tcp(self, host: str, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
            found = await super().connect_tcp(host, *args, **kwargs)
            if host == PUBLIC:
                raise httpcore.ConnectTimeout
            return found

    async def two(_host: str, _port: int) -> list[str]:
        return [PUBLIC, "93.184.215.15"]

    network = Silent()
    await PublicBackend(network, two).connect_tcp("api.example.org", 443)
    assert network.to == [PUBLIC, "93.184.215.15"]


async def test_a_name_of_nobody_and_a_silent_name_server_are_plain_errors() -> None:
    async def nobody(_host: str, _port: int) -> list[str]:
        raise OSError("no such host")

    async def silent(_host: str, _port: int) -> list[str]:
        await asyncio.sleep(5)
        return [PUBLIC]

    for resolve, error in ((nobody, httpcore.ConnectError), (silent, httpcore.ConnectTimeout)):
        with pytest.raises(error, match=r"api\.example\.org"):
            await PublicBackend(Connected(), resolve).connect_tcp("api.example.org", 443, timeout=0.05)


async def test_a_live_client_does_not_reach_this_machine() -> None:
    asked: list[Seen] = []

    def answer(request: Seen) -> Answer:
        asked.append(request)
        return Answer(b"{}")

    async with serve(answer) as url:
        for address in (url, url.replace("127.0.0.1", "localhost")):
            provider = replace(MET, base_url=address)
            async with client(provider, Settings(profile="live")) as http:
                with pytest.raises(RefusedAddressError, match=r"leads to (127\.0\.0\.1|::1), which is no"):
                    await http.get("/x")
        sandbox = Settings(profile="sandbox", sandbox_url=url)
        async with client(MET, sandbox) as http:
            assert (await http.get("/x")).status_code == 200
    assert len(asked) == 1


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/x",
        "https://evil.example/x",
        "http://api.met.no/x",
        "https://api.met.no:8443/x",
    ],
)
async def test_a_redirect_is_judged_like_a_request(target: str) -> None:
    """No client here follows redirects; one that did would still come by the guard."""
    inner = httpx.MockTransport(
        lambda request: httpx.Response(302, headers={"location": target if request.url.path == "/" else "/"})
    )
    transport = OneOrigin(inner, MET.base_url)
    async with httpx.AsyncClient(transport=transport, base_url=MET.base_url, follow_redirects=True) as http:
        with pytest.raises(RefusedAddressError, match="not where this client may go"):
            await http.get("/")


def test_every_source_is_asked_by_https_at_a_name() -> None:
    """The origins that fetching may go to are these and no others."""
    real: list[Provider | Archive] = [archive for archive in ARCHIVES.values() if not archive.simulated]
    real += PROVIDERS.values()
    for source in real:
        address = urlsplit(source.base_url)
        assert (address.scheme, address.port, address.username) == ("https", None, None), source.name
        assert "." in str(address.hostname)
