"""Look-ups that requests rest on: made once, kept, and tried again."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from weather_platform.core.fetching.payloads import DamagedPayloadError
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform_tests.core.fetching.asked import CYCLES, PLACES, Kept, fetch
from weather_platform_tests.loopback import Answer, Seen
from weather_platform_tests.replies import START, encoded, nws_gridpoint, nws_points


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


async def test_a_lookup_that_names_no_grid_cell_is_made_again_by_the_next_run() -> None:
    """Found by trying: it was kept, and read again until the cycle was over, without its place."""
    store, asked = Kept(), Counter[str]()

    def answer(seen: Seen) -> Answer:
        asked[seen.target] += 1
        if "/points/47.5" in seen.target and asked[seen.target] == 1:
            return Answer(b'{"title": "no such point"}')
        return Answer(encoded(nws_points() if "/points/" in seen.target else nws_gridpoint(hours=6)))

    failures = await fetch(PROVIDERS["nws"], answer, store, CYCLES[:1])
    assert [failure.request for failure in failures] == ["p1"]
    assert await fetch(PROVIDERS["nws"], answer, store, CYCLES[:1]) == []
    assert {place.location_id for place in PLACES} <= store.requests("nws", START)


async def test_a_grid_cell_that_is_missing_for_a_moment_is_asked_for_again() -> None:
    store, asked = Kept(), Counter[str]()

    def answer(seen: Seen) -> Answer:
        asked[seen.target] += 1
        if "/points/" in seen.target:
            return Answer(encoded(nws_points()))
        return Answer(status=404) if asked[seen.target] == 1 else Answer(encoded(nws_gridpoint(hours=6)))

    assert await fetch(PROVIDERS["nws"], answer, store, CYCLES[:1]) == []
    assert {place.location_id for place in PLACES} <= store.requests("nws", START)


async def test_what_a_killed_run_had_looked_up_is_not_looked_up_again() -> None:
    def answer(seen: Seen) -> Answer:
        return Answer(encoded(nws_points() if "/points/" in seen.target else nws_gridpoint(hours=6)))

    undisturbed, store = Kept(), Kept()
    await fetch(PROVIDERS["nws"], answer, undisturbed)
    await fetch(PROVIDERS["nws"], answer, store, CYCLES[:1])  # and killed before the second cycle
    await fetch(PROVIDERS["nws"], answer, store)
    assert store.payloads.keys() == undisturbed.payloads.keys()
