"""The HTTP client: keys stay below the surface, retries are bounded, and the sandbox gets its clock."""

import gzip
import logging
import time
from base64 import b64encode, urlsafe_b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote_plus

import httpx
import pytest
from pydantic import SecretStr

from weather_platform.core.fetching.fetch import fetch_cycles
from weather_platform.core.places import Place
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Auth, Horizon, Provider
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.objects.local import LocalObjects
from weather_platform.infra.stores.payload_store import PayloadStore
from weather_platform.infra.web import guard, http
from weather_platform.infra.web.http import UnusableProviderError, base_url, client
from weather_platform_tests.loopback import Answer, Seen, serve
from weather_platform_tests.replies import START, encoded, openweathermap

SECRET = "planted-key-0123456789"  # noqa: S105 - planted, to be looked for
PLACE = Place("here", 46.5, 7.0)


@pytest.fixture(autouse=True)
def _loopback_counts_as_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of these tests are on this machine, which live clients do not reach (see test_guard)."""
    monkeypatch.setattr(guard, "refuse_unless_public", lambda _host, _addresses: None)


def live(provider: Provider, url: str, **auth: str) -> Provider:
    return replace(provider, base_url=url, auth=Auth(**auth))


def settings() -> Settings:
    return Settings(profile="live", openweathermap_key=SecretStr(SECRET))


@pytest.mark.parametrize("auth", [{"query": "appid"}, {"header": "X-Key"}])
async def test_a_key_reaches_the_provider_and_nothing_else(
    auth: dict[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LONGEST_WAIT_SECONDS", 0.01)
    caplog.set_level(logging.DEBUG)
    seen: list[Seen] = []

    def answer(request: Seen) -> Answer:
        seen.append(request)
        return Answer(status=503) if len(seen) == 1 else Answer(encoded(openweathermap()))

    async with serve(answer) as url:
        provider = live(PROVIDERS["openweathermap"], url, **auth)
        store = PayloadStore(LocalObjects(tmp_path))
        requests = provider.requests([PLACE], Horizon(120))
        async with client(provider, settings()) as open_client:
            failures = await fetch_cycles(
                provider, open_client, requests, [START], store, now=lambda cycle: cycle
            )
    assert failures == []
    assert all((SECRET in request.target) == ("query" in auth) for request in seen)
    assert all((request.headers.get("x-key") == SECRET) == ("header" in auth) for request in seen)
    assert len(seen) == 2
    manifest = store.manifest("openweathermap", [START])
    assert manifest["url"][0].endswith("cnt=40")
    assert caplog.records
    assert SECRET not in caplog.text
    assert SECRET not in manifest.to_json()
    assert not any(SECRET.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert SECRET not in repr(settings())


@pytest.mark.parametrize("auth", [{"query": "appid"}, {"header": "X-Key"}])
async def test_a_key_that_the_provider_echoes_is_not_in_the_failure(
    auth: dict[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[Seen] = []

    def answer(request: Seen) -> Answer:
        seen.append(request)
        said = f"Bad key {SECRET} in {request.target} and {request.headers.get('x-key', '')}"
        return Answer(encoded({"cod": 401, "message": said}), 401)

    async with serve(answer) as url:
        provider = live(PROVIDERS["openweathermap"], url, **auth)
        async with client(provider, settings()) as open_client:
            failures = await fetch_cycles(
                provider,
                open_client,
                provider.requests([PLACE], Horizon(120)),
                [START],
                PayloadStore(LocalObjects(tmp_path)),
                now=lambda cycle: cycle,
            )
    assert SECRET in seen[0].target + str(seen[0].headers)
    assert failures[0].reason.startswith("HTTP status 401: Bad key … in /data/2.5/forecast?")
    assert not any(part in repr(failures) + caplog.text for part in (SECRET, SECRET[:8], SECRET[-8:]))


@pytest.mark.parametrize(
    "echo",
    [
        str,
        quote_plus,
        lambda key: quote_plus(key).lower(),
        lambda key: quote_plus(quote_plus(key)),
        lambda key: b64encode(key.encode()).decode(),
        lambda key: urlsafe_b64encode(key.encode()).decode().rstrip("="),
    ],
)
async def test_a_key_that_looks_like_none_is_not_in_the_failure(
    echo: Callable[[str], str], tmp_path: Path
) -> None:
    key = "pl4nt.ed+k3/y~ok?>"
    said = encoded({"message": f"no: {echo(key)} is unknown"})
    async with serve(lambda _seen: Answer(gzip.compress(said), 401, {"Content-Encoding": "gzip"})) as url:
        provider = live(PROVIDERS["openweathermap"], url, header="X-Key")
        told = Settings(profile="live", openweathermap_key=SecretStr(key))
        async with client(provider, told) as open_client:
            requests = provider.requests([PLACE], Horizon(120))
            store = PayloadStore(LocalObjects(tmp_path))
            (failure,) = await fetch_cycles(
                provider, open_client, requests, [START], store, now=lambda cycle: cycle
            )
    assert failure.reason == "HTTP status 401: no: … is unknown"


@pytest.mark.parametrize("auth", [{"query": "appid"}, {"header": "X-Key"}])
async def test_an_exception_does_not_carry_the_key(
    auth: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "RETRIES", 0)
    provider = live(PROVIDERS["openweathermap"], "http://127.0.0.1:1", **auth)
    async with client(provider, settings()) as open_client:
        with pytest.raises(httpx.ConnectError) as raised:
            await open_client.get("/data/2.5/forecast")
    assert SECRET not in repr(raised.value)
    assert SECRET not in str(raised.value.request.url)
    assert SECRET not in str(raised.value.request.headers)


async def test_a_client_goes_to_its_own_provider_and_nowhere_else() -> None:
    asked: list[Seen] = []
    async with serve(lambda seen: asked.append(seen) or Answer(b"{}")) as other:
        provider = live(PROVIDERS["openweathermap"], "http://127.0.0.1:9", query="appid")
        async with client(provider, settings()) as open_client:
            with pytest.raises(guard.RefusedAddressError, match="is not where this client may go"):
                await open_client.get(f"{other}/data/2.5/forecast")
    assert asked == []


@pytest.mark.parametrize(
    ("asked", "status", "attempts", "seconds"),
    [
        ("1", 200, 2, 1.0),
        ("45", 429, 1, 0.0),
        ("3600", 429, 1, 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 429, 1, 0.0),
        ("Sat, 01 Jan 2000 00:00:00 GMT", 200, 2, 0.0),
        ("Sat, 01 Jan 2000 00:00:00 +99999999999999999999", 200, 2, 0.0),
    ],
)
async def test_nobody_is_asked_again_before_the_time_that_they_name(
    asked: str, status: int, attempts: int, seconds: float
) -> None:
    calls = Counter[str]()

    def answer(_request: Seen) -> Answer:
        calls["all"] += 1
        return Answer(b"ok") if calls["all"] == 2 else Answer(b"no", 429, headers={"Retry-After": asked})

    async with serve(answer) as url:
        provider = live(PROVIDERS["openweathermap"], url, query="appid")
        began = time.monotonic()
        async with client(provider, settings()) as open_client:
            response = await open_client.get("/x")
    assert (response.status_code, calls["all"]) == (status, attempts)
    assert response.text == ("ok" if status == 200 else "no")
    assert seconds <= time.monotonic() - began < seconds + 5


async def test_waits_that_are_too_long_together_are_not_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LONGEST_WAIT_SECONDS", 1.25)  # half of what all may take
    calls = Counter[str]()

    def answer(_request: Seen) -> Answer:
        calls["all"] += 1
        return Answer(status=503, headers={"Retry-After": "1"})

    async with serve(answer) as url:
        open_client = client(live(PROVIDERS["openweathermap"], url, query="appid"), settings())
        assert (await open_client.get("/x")).status_code == 503
        await open_client.aclose()
    assert calls["all"] == 3


async def test_retries_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LONGEST_WAIT_SECONDS", 0.01)
    calls = Counter[str]()

    def answer(_request: Seen) -> Answer:
        calls["all"] += 1
        return Answer(status=502)

    async with serve(answer) as url:
        open_client = client(live(PROVIDERS["openweathermap"], url, query="appid"), settings())
        assert (await open_client.get("/x")).status_code == 502
        await open_client.aclose()
    assert 2 <= calls["all"] <= http.RETRIES + 1


async def test_each_further_attempt_is_told_to_whoever_counts_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LONGEST_WAIT_SECONDS", 0.01)
    statuses, told = [503, 503, 200, 200], Counter[str]()
    async with (
        serve(lambda _seen: Answer(status=statuses.pop(0))) as url,
        client(live(PROVIDERS["openweathermap"], url, query="appid"), settings()) as open_client,
    ):
        retried = {"retried": lambda: told.update(["again"])}
        assert (await open_client.get("/x", extensions=retried)).status_code == 200
        assert told["again"] == 2
        assert (await open_client.get("/x", extensions=retried)).status_code == 200
    assert told["again"] == 2


@pytest.mark.parametrize(
    ("failure", "counted"), [(httpx.ConnectError, 0), (httpx.ConnectTimeout, 0), (httpx.ReadTimeout, 1)]
)
async def test_attempts_that_found_no_connection_count_as_no_calls(
    failure: type[httpx.TransportError], counted: int
) -> None:
    failures, told = [failure("")], Counter[str]()

    def answer(_request: httpx.Request) -> httpx.Response:
        if failures:
            raise failures.pop()
        return httpx.Response(200)

    provider = live(PROVIDERS["openweathermap"], "http://127.0.0.1:1", query="appid")
    async with client(provider, settings(), httpx.MockTransport(answer)) as open_client:
        retried = {"retried": lambda: told.update(["again"])}
        assert (await open_client.get("/x", extensions=retried)).status_code == 200
    assert told["again"] == counted


async def test_the_contact_is_sent_and_no_clock_to_real_providers() -> None:
    seen: list[Seen] = []

    def answer(request: Seen) -> Answer:
        seen.append(request)
        return Answer(b"{}")

    async with serve(answer) as url:
        provider = replace(PROVIDERS["nws"], base_url=url)
        told = settings().model_copy(update={"contact": "ops@example.org"})
        async with client(provider, told) as open_client:
            await open_client.get("/x", extensions={"cycle": START})
    assert "ops@example.org" in seen[0].headers["user-agent"]
    assert "x-sandbox-now" not in seen[0].headers
    assert seen[0].headers["accept"] == PROVIDERS["nws"].headers["Accept"]
    assert seen[0].headers["accept-encoding"] == "gzip, deflate"  # of the others a few bytes fill the memory


async def test_the_sandbox_gets_the_clock_and_never_a_real_key() -> None:
    seen: list[Seen] = []

    def answer(request: Seen) -> Answer:
        seen.append(request)
        return Answer(b"{}")

    async with serve(answer) as url:
        sandbox = Settings(profile="sandbox", sandbox_url=url, openweathermap_key=SecretStr(SECRET))
        async with client(PROVIDERS["openweathermap"], sandbox) as open_client:
            await open_client.get("/x", extensions={"cycle": START})
    assert seen[0].headers["x-sandbox-now"] == (START + timedelta(minutes=15)).isoformat()
    assert seen[0].target == "/openweathermap/x?appid=sandbox"


def test_a_provider_without_its_key_says_what_to_set() -> None:
    with pytest.raises(UnusableProviderError, match="WEATHER_WEATHERAPI_KEY"):
        client(PROVIDERS["weatherapi"], Settings(profile="live"))


def test_the_sandbox_profile_needs_an_address() -> None:
    with pytest.raises(UnusableProviderError, match="WEATHER_SANDBOX_URL"):
        base_url(PROVIDERS["weatherapi"], Settings(profile="sandbox", sandbox_url=None))
