"""A day is due from when it settled until it was made of all that there is, and for two weeks at most."""

from datetime import UTC, datetime, timedelta

import pytest

from weather_platform.core.fetching.spans import kept_under
from weather_platform.core.history.late import REMEMBERED, Made, due
from weather_platform.core.partitions import DAY

FIRST = datetime(2026, 8, 1, tzinfo=UTC)
WAITS = [timedelta(minutes=90), timedelta(days=2), timedelta(days=5)]


def lived(
    settled: timedelta, ticks: list[datetime], failing: set[datetime]
) -> dict[datetime, list[datetime]]:
    """At which ticks each day was due, if each day due is made, and lacks something at `failing` ticks."""
    made: dict[datetime, Made] = {}
    found: dict[datetime, list[datetime]] = {}
    for tick in ticks:
        for day in due(settled, made, FIRST, tick):
            found.setdefault(day, []).append(tick)
            made[day] = Made(tick, tick in failing)
        yesterday = DAY.floor(tick) - DAY.length
        made.setdefault(yesterday, Made(tick, True))
    return found


@pytest.mark.parametrize("settled", WAITS)
def test_over_two_weeks_each_day_is_due_once_and_as_soon_as_it_can_be_had(settled: timedelta) -> None:
    ticks = [FIRST + timedelta(days=day, hours=7.5) for day in range(1, 30)]
    found = lived(settled, ticks, set())
    for day in map(DAY.start, DAY.keys(FIRST, ticks[-1])):
        assert found.get(day, []) == [tick for tick in ticks if tick >= kept_under(settled, day)][:1]


@pytest.mark.parametrize("settled", WAITS)
def test_neither_an_outage_of_ours_nor_one_of_the_archive_loses_a_day(settled: timedelta) -> None:
    every = [FIRST + timedelta(days=day, hours=7.5) for day in range(1, 30)]
    ticks, failing = every[:11] + every[13:], set(every[20:22])
    for day, asked in lived(settled, ticks, failing).items():
        there = [tick for tick in ticks if tick >= kept_under(settled, day)]
        answered = [tick for tick in there if tick not in failing]
        assert asked == [tick for tick in there if tick <= answered[0]]


def test_what_was_made_too_early_is_due_and_what_is_long_past_is_not() -> None:
    settled, now = timedelta(days=5), FIRST + timedelta(days=40)
    days = [DAY.start(key) for key in DAY.keys(FIRST, now)]
    remembered = [day for day in days if now - REMEMBERED < kept_under(settled, day) <= now]
    assert len(remembered) == REMEMBERED.days
    early = {day: Made(kept_under(settled, day) - timedelta(seconds=1), False) for day in days}
    late = {day: Made(kept_under(settled, day), False) for day in days}
    assert due(settled, {}, FIRST, now) == due(settled, early, FIRST, now) == remembered
    assert due(settled, late, FIRST, now) == []
    assert due(settled, {}, remembered[-1], now) == remembered[-1:]
