"""Which ticks and messages are events, to the second and the sign, and by what key one is known again."""

from datetime import UTC, datetime, timedelta

import pytest

from weather_platform.service.events import Poison, Rejected, pushed, tick
from weather_platform_tests.service.conftest import BUCKET
from weather_platform_tests.service.events import pushed as body

NOW = datetime(2026, 9, 3, 18, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("first", "last"), [(NOW - timedelta(days=2), NOW + timedelta(minutes=5))])
def test_a_tick_is_of_the_last_two_days_or_of_a_clock_a_little_ahead(first: datetime, last: datetime) -> None:
    for at in (first, last):
        assert tick("fetch_cycle", at.isoformat(), NOW).at == at
    for at in (first - SECOND, last + SECOND):
        with pytest.raises(Rejected, match="is not of now"):
            tick("fetch_cycle", at.isoformat(), NOW)


def test_one_time_is_one_event_however_it_is_written() -> None:
    written = ("2026-09-03T18:15:00Z", "2026-09-03T20:15:00+02:00", "2026-09-03T18:15:00.123456Z")
    (event,) = {tick("fetch_cycle", text, NOW) for text in written}
    assert event.command[-1] == "2026-09-03T18:15:00+00:00"


def test_a_message_says_no_more_than_there_can_be() -> None:
    name = "x" * 1024
    event = pushed(body(name, "m" * 256, objectGeneration="9" * 20), BUCKET, "")
    assert event is not None and event.key == f"upload/{BUCKET}/{name}#{'9' * 20}"
    for unlike, key in (
        (body(name + "x", "m"), "message/m"),
        (body(name, "m", objectGeneration="9" * 21), "message/m"),
        (body(name, "m" * 257), None),
    ):
        with pytest.raises(Poison) as refused:
            pushed(unlike, BUCKET, "")
        assert refused.value.key == key
