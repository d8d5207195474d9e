"""Fetching over real loopback HTTP: what the quota counts, and what it has no room for."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from weather_platform.core.fetching.fetch import fetch_cycles
from weather_platform.core.fetching.quota import Limiter
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Horizon
from weather_platform.core.providers.terms import Limit
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.web.http import client
from weather_platform_tests.core.fetching.asked import CYCLES, PLACES, Kept, fetch, forecast
from weather_platform_tests.loopback import Answer, Seen
from weather_platform_tests.replies import START


async def test_every_attempt_is_counted_by_the_quota() -> None:
    store, asked = Kept(), Counter[str]()

    def answer(seen: Seen) -> Answer:
        asked[seen.target] += 1
        return Answer(status=429) if asked[seen.target] == 1 else forecast(seen)

    limiter = Limiter([Limit("day", 6)], now=lambda: START)
    provider = replace(PROVIDERS["met_norway"], concurrency=1)
    failures = await fetch(provider, answer, store, CYCLES[:1], limiter)
    assert (asked.total(), len(store.payloads)) == (6, 3)  # each once again
    assert [failure.request for failure in failures] == ["p3", "p4"]
    assert "6 of the 6 calls that a day allows" in failures[0].reason
    # What later runs read of it.
    assert [meta.quota_weight for meta, _ in store.payloads.values()] == [2.0] * 3


def silent(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectTimeout("")


@pytest.mark.parametrize(
    ("transport", "kind"), [(None, "ConnectError"), (httpx.MockTransport(silent), "ConnectTimeout")]
)
async def test_what_never_reached_the_provider_is_not_counted_by_the_quota(
    transport: httpx.MockTransport | None, kind: str
) -> None:
    provider = replace(PROVIDERS["met_norway"], concurrency=1)
    limiter = Limiter([Limit("day", 1)], now=lambda: START)
    dead = Settings(sandbox_url="http://127.0.0.1:9")
    requests = provider.requests(PLACES, Horizon(120))
    async with client(provider, dead, transport) as http:
        failures = await fetch_cycles(
            provider, http, requests, CYCLES[:1], Kept(), now=dead.sandbox_now, limiter=limiter
        )
    assert failures[1].reason == f"{kind}: no connection to 127.0.0.1"
    await limiter.turn(1.0)


async def test_what_the_quota_has_no_room_for_is_not_asked_and_says_until_when() -> None:
    store, asked = Kept(), Counter[str]()

    def answer(seen: Seen) -> Answer:
        asked[seen.target] += 1
        return forecast(seen)

    limiter = Limiter([Limit("day", 3)], [(START - timedelta(hours=2), 1.0)], now=lambda: START)
    failures = await fetch(PROVIDERS["met_norway"], answer, store, CYCLES[:1], limiter)
    assert asked.total() == len(store.payloads) == 2
    assert len(failures) == len(PLACES) - 2
    assert "3 of the 3 calls that a day allows" in failures[0].reason
    again = START - timedelta(hours=2) + timedelta(days=1)
    assert f"{again:%Y-%m-%dT%H:%MZ}" in failures[0].reason
