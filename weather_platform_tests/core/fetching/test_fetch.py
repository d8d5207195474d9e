"""Fetching over real loopback HTTP: what is asked for and what is kept."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from weather_platform.core.fetching.fetch import Failure, fetch_jobs
from weather_platform.core.fetching.payloads import Meta
from weather_platform.core.fetching.reply import unlike
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import JSON, Horizon
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.web.http import client
from weather_platform_tests.core.fetching.asked import CYCLES, PLACES, Kept, fetch, forecast
from weather_platform_tests.loopback import Answer, Seen, serve
from weather_platform_tests.replies import START


async def test_every_request_is_kept_with_what_was_asked() -> None:
    store, clocks = Kept(), Counter[str]()

    def answer(seen: Seen) -> Answer:
        clocks[seen.headers["x-sandbox-now"]] += 1
        return forecast(seen)

    assert await fetch(PROVIDERS["met_norway"], answer, store) == []
    assert len(store.payloads) == len(PLACES) * len(CYCLES)
    assert set(clocks.values()) == {len(PLACES)}
    meta, body = store.payloads[START, "p1"]
    assert meta.fetched_at == START + timedelta(minutes=15)
    assert (meta.places, meta.status, meta.bytes) == ((PLACES[1],), 200, len(body))
    assert meta.asked().params["lat"] == "47.5000"


async def test_a_request_of_one_name_goes_where_its_own_cycle_asks() -> None:
    store, provider = Kept(), PROVIDERS["met_norway"]
    here, there = (provider.requests([place], Horizon(120))[0] for place in PLACES[:2])
    jobs = list(zip(CYCLES, [here, replace(here, params=there.params)], strict=True))
    async with serve(forecast) as url:
        settings = Settings(profile="sandbox", sandbox_url=url)
        async with client(provider, settings) as http:
            assert await fetch_jobs(provider, http, jobs, store, now=settings.sandbox_now) == []
    asked = [store.payloads[cycle, here.name][0].asked().params["lat"] for cycle in CYCLES]
    assert asked == [here.params["lat"], there.params["lat"]]


async def test_every_cycle_is_asked_for_its_own_hours() -> None:
    store = Kept()
    assert await fetch(PROVIDERS["brightsky"], forecast, store) == []
    asked = {cycle: meta.asked().params["date"] for (cycle, _), (meta, _) in store.payloads.items()}
    assert asked == {cycle: f"{cycle:%Y-%m-%dT%H:%M}" for cycle in CYCLES}


async def test_only_what_is_missing_is_asked_for() -> None:
    store, asked = Kept(), Counter[str]()

    def answer(seen: Seen) -> Answer:
        asked[seen.target] += 1
        return Answer(status=404) if "lat=48.5" in seen.target and asked[seen.target] == 1 else forecast(seen)

    failures = await fetch(PROVIDERS["met_norway"], answer, store, CYCLES[:1])
    assert failures == [Failure(START, "p2", "HTTP status 404")]
    assert len(store.payloads) == len(PLACES) - 1
    before = asked.total()
    assert await fetch(PROVIDERS["met_norway"], answer, store, CYCLES[:1]) == []
    assert asked.total() == before + 1


@pytest.mark.parametrize("body", [b"", b"<a href='1.csv'>", b"\x1f\x8b\x08", b"time,place\n"])
async def test_who_serves_other_things_than_json_may_answer_with_anything(body: bytes) -> None:
    store = Kept()
    provider = replace(PROVIDERS["met_norway"], begins=b"")
    assert await fetch(provider, lambda _seen: Answer(body), store, CYCLES[:1]) == []
    assert {kept for _, kept in store.payloads.values()} == {body}


def test_only_the_beginning_of_a_body_is_looked_at() -> None:
    assert unlike(b' \r\n\t{"a', JSON) == unlike(b"[", JSON) == ""
    assert unlike(b"[" + b"\xff" * 9, JSON) == unlike(b'\xef\xbb\xbf\r\n{"a', JSON) == ""
    assert all(
        unlike(body, JSON) for body in (b"", b"  \n", b"<", b"null", b"x[", b"\x1f\x8b{", b"\xef\xbb\xbf<")
    )


async def test_a_full_disk_stops_everything() -> None:
    class Full(Kept):
        def save(self, meta: Meta, body: bytes) -> None:
            raise OSError(28, f"No space left on device for {meta.request} of {len(body)} bytes")

    with pytest.raises(OSError, match="No space left on device"):
        await fetch(PROVIDERS["met_norway"], forecast, Full())
