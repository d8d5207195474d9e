"""Fetching over real loopback HTTP: what is kept, what is asked again, and what a failure costs."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from weather_platform.core.fetching import reply
from weather_platform.core.fetching.breaker import FAILURES, Breaker, State
from weather_platform.core.fetching.fetch import Failure, fetch_cycles, fetch_jobs
from weather_platform.core.fetching.payloads import DamagedPayloadError, Meta
from weather_platform.core.fetching.quota import Limiter
from weather_platform.core.fetching.reply import unlike
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import JSON, Horizon, Provider
from weather_platform.core.providers.terms import Limit
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.web.http import client
from weather_platform_tests.loopback import Answer, Seen, serve
from weather_platform_tests.replies import START, encoded, met_norway, nws_gridpoint, nws_points

CYCLES = [START, START + CYCLE.length]
PLACES = [Place(f"p{i}", 46.5 + i, 7.0, country="US") for i in range(5)]


class Kept:
    """A store in memory."""

    def __init__(self) -> None:
        self.payloads: dict[tuple[datetime, str], tuple[Meta, bytes]] = {}

    def requests(self, provider: str, cycle: datetime) -> set[str]:
        return {
            name
            for (start, name), (meta, _) in self.payloads.items()
            if (start, meta.provider) == (cycle, provider)
        }

    def body(self, _provider: str, cycle: datetime, request: str) -> bytes | None:
        return self.payloads.get((cycle, request), (None, None))[1]

    def save(self, meta: Meta, body: bytes) -> None:
        assert (meta.cycle, meta.request) not in self.payloads
        self.payloads[meta.cycle, meta.request] = (meta, body)


async def fetch(
    provider: Provider,
    answer: Callable[[Seen], Answer],
    store: Kept,
    cycles: list[datetime] = CYCLES,
    limiter: Limiter | None = None,
    breaker: Breaker | None = None,
) -> list[Failure]:
    async with serve(answer) as url:
        settings = Settings(profile="sandbox", sandbox_url=url)
        async with client(provider, settings) as http:
            return await fetch_cycles(
                provider,
                http,
                provider.requests(PLACES, Horizon(120)),
                cycles,
                store,
                now=settings.sandbox_now,
                limiter=limiter,
                breaker=breaker,
            )


def forecast(_seen: Seen) -> Answer:
    return Answer(encoded(met_norway()))


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


async def test_a_lookup_is_made_once_for_all_cycles_and_not_again_for_what_is_kept() -> None:
    store, asked = Kept(), Counter[str]()

    def answer(seen: Seen) -> Answer:
        kind = "points" if "/points/" in seen.target else "grid"
        asked[kind] += 1
        return Answer(encoded(nws_points() if kind == "points" else nws_gridpoint(hours=6)))

    assert await fetch(PROVIDERS["nws"], answer, store) == []
    assert asked == {"points": len(PLACES), "grid": len(PLACES) * len(CYCLES)}
    assert await fetch(PROVIDERS["nws"], answer, store) == []
    assert asked["points"] == len(PLACES)
    roles = Counter(meta.role for meta, _ in store.payloads.values())
    assert roles == {"lookup": len(PLACES), "forecast": len(PLACES) * len(CYCLES)}


async def test_a_failed_lookup_is_tried_again_by_the_next_cycle() -> None:
    store, asked = Kept(), Counter[str]()

    def answer(seen: Seen) -> Answer:
        asked[seen.target] += 1
        if "/points/48.5" in seen.target and asked[seen.target] <= 2:
            return Answer(b'{"title": "no", "status": 404}', status=404)
        return Answer(encoded(nws_points() if "/points/" in seen.target else nws_gridpoint(hours=6)))

    failures = await fetch(replace(PROVIDERS["nws"], concurrency=1), answer, store)
    assert [(failure.cycle, failure.request) for failure in failures] == [(START, "p2")]
    assert "p2" in store.requests("nws", CYCLES[1])


async def test_a_lookup_that_cannot_be_used_loses_no_other_place() -> None:
    class Spoilt(Kept):
        def body(self, provider: str, cycle: datetime, request: str) -> bytes | None:
            if request == "p2.points":
                raise DamagedPayloadError("the header cannot be read")
            return super().body(provider, cycle, request)

    def answer(seen: Seen) -> Answer:
        if "/points/47.5" in seen.target:
            return Answer(b'{"title": "no such point"}')
        return Answer(encoded(nws_points() if "/points/" in seen.target else nws_gridpoint(hours=6)))

    store = Spoilt()
    failures = await fetch(PROVIDERS["nws"], answer, store, CYCLES[:1])
    assert [failure.request for failure in failures] == ["p1", "p2"]
    assert "no such point" in failures[0].reason
    assert store.requests("nws", START) >= {"p0", "p3", "p4"}


async def test_a_grid_cell_that_is_missing_for_a_moment_is_asked_for_again() -> None:
    store, asked = Kept(), Counter[str]()

    def answer(seen: Seen) -> Answer:
        asked[seen.target] += 1
        if "/points/" in seen.target:
            return Answer(encoded(nws_points()))
        return Answer(status=404) if asked[seen.target] == 1 else Answer(encoded(nws_gridpoint(hours=6)))

    assert await fetch(PROVIDERS["nws"], answer, store, CYCLES[:1]) == []
    assert {place.location_id for place in PLACES} <= store.requests("nws", START)


async def test_a_full_disk_stops_everything() -> None:
    class Full(Kept):
        def save(self, meta: Meta, body: bytes) -> None:
            raise OSError(28, f"No space left on device for {meta.request} of {len(body)} bytes")

    with pytest.raises(OSError, match="No space left on device"):
        await fetch(PROVIDERS["met_norway"], forecast, Full())


async def test_what_a_killed_run_had_looked_up_is_not_looked_up_again() -> None:
    def answer(seen: Seen) -> Answer:
        return Answer(encoded(nws_points() if "/points/" in seen.target else nws_gridpoint(hours=6)))

    undisturbed, store = Kept(), Kept()
    await fetch(PROVIDERS["nws"], answer, undisturbed)
    await fetch(PROVIDERS["nws"], answer, store, CYCLES[:1])  # and killed before the second cycle
    await fetch(PROVIDERS["nws"], answer, store)
    assert store.payloads.keys() == undisturbed.payloads.keys()


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
