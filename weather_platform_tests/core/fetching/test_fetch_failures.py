"""Fetching over real loopback HTTP: what a failure costs, and of whom it speaks."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from weather_platform.core.fetching import reply
from weather_platform.core.fetching.breaker import FAILURES, Breaker, State
from weather_platform.core.fetching.fetch import Failure, fetch_cycles
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Horizon
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.web.http import client
from weather_platform_tests.core.fetching.asked import CYCLES, PLACES, Kept, fetch, forecast
from weather_platform_tests.loopback import Answer, Seen
from weather_platform_tests.replies import START


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (Answer(status=503), "HTTP status 503"),
        (Answer(b'{"error": {"code": 9, "message": "no"}}', 403), "HTTP status 403: 9 no"),
        (Answer(b'{"message": "no"}', 403, cut=True), "HTTP status 403"),
        (Answer(b'{"message": "no"}', 403, {"content-encoding": "br"}), "HTTP status 403"),
        (Answer(b'{"message": "secret"}' + b" " * 5000, 403), "HTTP status 403"),
        (Answer(b"<p>secret</p>", 403), "HTTP status 403"),
        (Answer(b"x" * 100, cut=True), "RemoteProtocolError"),
        (Answer(b"x", delay_seconds=5), "ReadTimeout"),
        (Answer(b"x" * 3_000_000), "larger than the 2000000 bytes allowed"),
        (Answer(status=203), "HTTP status 203, but the body is empty"),
        (Answer(b"<!DOCTYPE html><p>appid=secret"), "HTTP status 200, but the body is HTML or XML"),
        (Answer(b"Bad API Request: secret"), "HTTP status 200, but the body does not begin as asked for"),
        (Answer(status=302, headers={"location": "http://example.invalid/"}), "HTTP status 302"),
    ],
)
async def test_one_failed_request_loses_no_other(bad: Answer, reason: str) -> None:
    provider = replace(PROVIDERS["met_norway"], timeout_seconds=1.0, max_bytes=2_000_000)
    store = Kept()
    failures = await fetch(
        provider, lambda s: bad if "lat=48.5" in s.target else forecast(s), store, CYCLES[:1]
    )
    assert [failure.request for failure in failures] == ["p2"]
    assert failures[0].reason.endswith(reason)
    assert "secret" not in failures[0].reason
    assert len(store.payloads) == len(PLACES) - 1


async def test_a_provider_that_is_down_is_not_asked_for_the_whole_cycle() -> None:
    provider = replace(PROVIDERS["met_norway"], concurrency=1)
    store, asked = Kept(), Counter[str]()
    down = f"{Settings().sandbox_now(START).isoformat()}"

    def answer(seen: Seen) -> Answer:
        asked[seen.headers["x-sandbox-now"]] += 1
        return Answer(status=500) if seen.headers["x-sandbox-now"] == down else forecast(seen)

    failures = await fetch(provider, answer, store)
    assert len(failures) == len(PLACES)
    assert "not asked" in failures[-1].reason
    assert asked[down] == 2 * FAILURES  # each once again
    assert store.requests("met_norway", CYCLES[1]) == {place.location_id for place in PLACES}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(status=404), "HTTP status 404"),
        (Answer(b"[" * 3_000_000), "the reply is larger than the 1000 bytes allowed"),
    ],
)
async def test_what_is_wrong_with_one_reply_says_nothing_of_the_provider(answer: Answer, reason: str) -> None:
    provider = replace(PROVIDERS["met_norway"], concurrency=1, timeout_seconds=1.0, max_bytes=1000)
    failures = await fetch(provider, lambda _seen: answer, Kept(), CYCLES[:1])
    assert [failure.reason for failure in failures] == [reason] * len(PLACES)


@pytest.mark.parametrize(
    "answer", [*(Answer(status=status) for status in (401, 403, 408, 429)), Answer(b"x" * 100, cut=True)]
)
async def test_who_answers_nobody_is_left_alone(answer: Answer) -> None:
    provider = replace(PROVIDERS["met_norway"], concurrency=1)
    failures = await fetch(provider, lambda _seen: answer, Kept(), CYCLES[:1])
    assert [failure.reason.startswith("not asked before") for failure in failures] == [False] * 3 + [True] * 2


class Endless(httpx.AsyncByteStream):
    """A body of which more comes after each pause; `taken` counts the parts."""

    def __init__(self, part: bytes, pause_seconds: float) -> None:
        self.part, self.pause_seconds, self.taken = part, pause_seconds, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.taken < 500:
            self.taken += 1
            yield self.part
            await asyncio.sleep(self.pause_seconds)


async def fetch_endless(status: int, body: Endless) -> list[Failure]:
    provider = replace(PROVIDERS["met_norway"], timeout_seconds=0.02, concurrency=1)
    settings, requests = Settings(sandbox_url="http://127.0.0.1:9"), provider.requests(PLACES, Horizon(120))
    transport = httpx.MockTransport(lambda _request: httpx.Response(status, stream=body))
    async with client(provider, settings, transport) as http:
        return await fetch_cycles(provider, http, requests, CYCLES[:1], Kept(), now=settings.sandbox_now)


async def test_a_reply_that_trickles_in_is_not_waited_for() -> None:
    failures = await fetch_endless(200, Endless(b"[", 0.01))
    assert failures[0].reason == "no whole reply within 0.12 s"
    assert "not asked before" in failures[-1].reason


async def test_the_words_of_an_error_are_neither_waited_for_nor_read_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reply, "_SAID_SECONDS", 0.05)
    assert (await fetch_endless(404, Endless(b" ", 0.02)))[0].reason == "HTTP status 404"
    long = Endless(b" " * 4096, 0.0)
    assert (await fetch_endless(404, long))[0].reason == "HTTP status 404"
    assert long.taken < 3 * len(PLACES)


async def test_who_waits_for_a_probe_goes_on_though_it_said_nothing_of_the_provider() -> None:
    store, half_open = Kept(), Breaker(State(until=START))
    async with asyncio.timeout(5):
        failures = await fetch(
            PROVIDERS["met_norway"],
            lambda seen: Answer(status=404) if "lat=46.5" in seen.target else forecast(seen),
            store,
            CYCLES[:1],
            breaker=half_open,
        )
    assert [failure.request for failure in failures] == ["p0"]
    assert len(store.payloads) == len(PLACES) - 1


async def test_a_date_to_wait_for_is_one_of_the_clock_that_fetching_goes_by() -> None:
    provider = replace(PROVIDERS["met_norway"], concurrency=1)
    store, asked = Kept(), Counter[str]()
    until = Settings().sandbox_now(START) + timedelta(hours=2)

    def answer(seen: Seen) -> Answer:
        asked[seen.target] += 1
        return Answer(status=503, headers={"Retry-After": format_datetime(until, usegmt=True)})

    failures = await fetch(provider, answer, store, CYCLES[:1])
    assert asked.total() == 1 + (until < datetime.now(UTC))  # the transport goes by the real one
    assert f"not asked before {until:%Y-%m-%dT%H:%M:%SZ}" in failures[-1].reason


async def test_pages_instead_of_replies_are_an_illness_and_asked_for_again() -> None:
    provider = replace(PROVIDERS["met_norway"], concurrency=1)
    store, asked = Kept(), Counter[str]()

    def page(seen: Seen) -> Answer:
        asked[seen.target] += 1
        return Answer(b"\n <html>we will be back soon</html>")

    failures = await fetch(provider, page, store, CYCLES[:1])
    assert (len(failures), asked.total(), store.payloads) == (len(PLACES), FAILURES, {})
    assert "not asked before" in failures[-1].reason
    assert await fetch(provider, forecast, store, CYCLES[:1]) == []
    assert len(store.payloads) == len(PLACES)
