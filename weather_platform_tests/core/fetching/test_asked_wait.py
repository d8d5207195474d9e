"""Whatever stands in `Retry-After`, the wait is none or within a day."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.fetching.asked_wait import asked_wait
from weather_platform.core.fetching.breaker import LONGEST_WAIT_ASKED

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
DATES = st.datetimes().map(lambda time: format_datetime(time.replace(tzinfo=UTC), usegmt=True))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        (" 90 ", 90),
        ("9" * 5000, 86_400),
        ("Sat, 01 Aug 2026 12:01:30 GMT", 90),
        ("Sat, 01 Aug 2026 12:01:30 -0000", 90),
        ("Sat, 01 Aug 2026 14:01:30 +0200", 90),
        ("Sat, 01 Aug 2026 11:59:00 GMT", 0),
        ("Fri, 01 Jan 2027 00:00:00 GMT", 86_400),
    ],
)
def test_seconds_and_dates_are_read(text: str, seconds: int) -> None:
    assert asked_wait(text, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    ["", "-1", "1.5", "soon", "²", "Sat, 01 Aug 2026 25:00:00 GMT", f"Sat, 01 Aug 2026 12:00 +{9**30}"],
)
def test_anything_else_asks_for_nothing(text: str) -> None:
    assert asked_wait(text, NOW) is None


@given(st.text(max_size=60) | DATES | DATES.map(lambda text: text[:-3] + "+9999999999999999999"))
def test_a_wait_is_never_negative_nor_longer_than_a_day(text: str) -> None:
    wait = asked_wait(text, NOW)
    assert wait is None or timedelta(0) <= wait <= LONGEST_WAIT_ASKED
