"""Days are asked for in few long spans, once, under names that tell what is covered."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.fetching.payloads import Meta
from weather_platform.core.fetching.spans import cycles_of, had_from, kept_under, plan
from weather_platform.core.history.open_meteo_archive import ARCHIVE
from weather_platform.core.partitions import DAY, EPOCH
from weather_platform.core.places import Place
from weather_platform.core.providers.span_names import span_name, span_of
from weather_platform.core.tables.dtypes import TIME

FIRST = datetime(2026, 8, 1, tzinfo=UTC)
PLACES = [Place(f"p{i}", 40.0 + i / 100, 5.0) for i in range(60)]


class Kept:
    """A store that knows names only."""

    def __init__(self) -> None:
        self.names: dict[datetime, set[str]] = {}

    def requests(self, _provider: str, cycle: datetime) -> set[str]:
        return self.names.get(cycle, set())

    def body(self, _provider: str, cycle: datetime, request: str) -> bytes | None:
        raise NotImplementedError

    def save(self, meta: Meta, body: bytes) -> object:
        raise NotImplementedError


def days(*numbers: int) -> list[datetime]:
    return [FIRST + timedelta(days=number) for number in numbers]


def asked(wanted: Sequence[datetime], kept: Kept, places: list[Place] = PLACES) -> list[tuple[str, int]]:
    """Plan and keep: the spans asked for and the places in each."""
    planned = plan(ARCHIVE, wanted, places, kept, lambda _cycle: FIRST + timedelta(days=1000))
    for cycle, request in planned.jobs:
        kept.names.setdefault(cycle, set()).add(request.name)
    return [(request.name[:17], len(request.places)) for _, request in planned.jobs]


def test_two_weeks_are_one_request_for_fifty_places() -> None:
    kept = Kept()
    assert asked(days(*range(20)), kept) == [
        ("20260801-20260814", 50),
        ("20260815-20260820", 50),
        ("20260801-20260814", 10),
        ("20260815-20260820", 10),
    ]
    assert asked(days(*range(20)), kept) == []
    assert asked(days(18, 19, 20, 21, 30), kept, PLACES[:50]) == [
        ("20260821-20260822", 50),
        ("20260831-20260831", 50),
    ]


def test_a_day_by_itself_is_asked_for_once_however_often_it_is_wanted() -> None:
    assert asked(days(3, 3, 4, 3), Kept(), PLACES[:1]) == [("20260804-20260805", 1)]
    kept = Kept()
    assert asked(days(3, 3), kept, PLACES[:1]) == [("20260804-20260804", 1)]
    assert asked(days(3), kept, PLACES[:1]) == []


def test_cycles_that_may_keep_a_day_are_those_of_every_span_that_may_hold_it_in_order() -> None:
    """Of two replies about a day the later is believed, so their order counts."""
    ends = days(*range(ARCHIVE.span_days + 1))
    assert cycles_of(ARCHIVE, days(1, 0)) == [kept_under(ARCHIVE.settled, end) for end in ends]


def test_who_answers_for_single_days_has_no_spans() -> None:
    with pytest.raises(ValueError, match="answers for single days only"):
        plan(replace(ARCHIVE, spans=None), days(0), PLACES[:1], Kept(), lambda cycle: cycle)


def test_another_panel_is_asked_for_anew() -> None:
    kept = Kept()
    asked(days(0, 1), kept, PLACES[:3])
    assert asked(days(0, 1), kept, PLACES[:4]) == [("20260801-20260802", 4)]


def test_a_day_that_is_not_settled_is_told_and_not_asked() -> None:
    now = FIRST + timedelta(days=9)
    planned = plan(ARCHIVE, days(*range(9)), PLACES[:1], Kept(), lambda _cycle: now)
    assert [request.name[:17] for _, request in planned.jobs] == ["20260801-20260804"]
    assert [failure.request for failure in planned.unsettled] == [f"2026-08-0{i}" for i in range(5, 10)]
    assert "ask again then" in planned.unsettled[0].reason


@given(st.integers(0, 200_000), st.sampled_from([0, 1, 1.5, 48, 120]))
def test_an_hour_is_had_when_its_day_may_be_asked_for(hour: int, settled_hours: float) -> None:
    settled, time = timedelta(hours=settled_hours), EPOCH + timedelta(hours=hour)
    had = had_from(settled, pd.Series([time]).astype(TIME))
    assert had.tolist() == [kept_under(settled, DAY.floor(time))]
    assert had.dtype == TIME


@given(st.integers(0, 20000), st.integers(0, 60), st.text("0123456789abcdef", min_size=12, max_size=12))
def test_names_tell_their_days(start: int, length: int, what: str) -> None:
    first = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=start)
    last = first + timedelta(days=length)
    assert span_of(span_name(first, last, what)) == (first, last, what)
    assert span_of(f"batch-{what}") is None
    assert kept_under(timedelta(0), last) == last + timedelta(days=1)
