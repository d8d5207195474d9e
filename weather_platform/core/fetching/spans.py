"""Spans of days that one request asks for, where a day by itself would cost as much as two weeks.

Belongs here: which spans are still to be asked for, under which names and cycles their replies are kept, and
which days a kept reply covers. Does not: requests themselves (the archive or provider), or fetching
(core.fetching.fetch).

A reply is kept under the first cycle that starts once its last day is settled, and is named
`<first>-<last>-<what>`, so that the store itself tells what is covered.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, Protocol

from weather_platform.core.fetching.asking import Store
from weather_platform.core.fetching.fetch import Failure
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.places import Place
from weather_platform.core.providers.span_names import span_of
from weather_platform.core.providers.spec import Request

if TYPE_CHECKING:
    import pandas as pd


class Spanned(Protocol):
    """Whoever answers for spans of days."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def settled(self) -> timedelta: ...
    @property
    def span_days(self) -> int: ...
    @property
    def spans(self) -> Callable[[datetime, datetime, Sequence[Place]], list[Request]] | None: ...


class Plan(NamedTuple):
    """What to ask for, as (cycle to keep it under, request), and the days that are not settled yet."""

    jobs: list[tuple[datetime, Request]]
    unsettled: list[Failure]


def kept_under(settled: timedelta, last: datetime) -> datetime:
    """The first cycle to start once the day `last` (its first instant) is settled."""
    end = last + DAY.length + settled
    start = CYCLE.floor(end)
    return start if start == end else start + CYCLE.length


def had_from(settled: timedelta, times: "pd.Series") -> "pd.Series":
    """Of hours (UTC), when the platform could first have had them: a day is asked for whole, and once it is
    settled (see kept_under). Rows are not known before, though the archive may have had them."""
    return (times.dt.floor(DAY.length) + DAY.length + settled).dt.ceil(CYCLE.length)


def cycles_of(source: Spanned, days: Sequence[datetime]) -> list[datetime]:
    """Every cycle that may keep a reply about any of the days, in order."""
    ends = {day + timedelta(days=ahead) for day in days for ahead in range(source.span_days)}
    return [kept_under(source.settled, end) for end in sorted(ends)]


def plan(
    source: Spanned,
    days: Sequence[datetime],
    places: Sequence[Place],
    store: Store,
    now: Callable[[datetime], datetime],
) -> Plan:
    """Requests for whatever of the days (their first instants) is settled and not kept yet, in few
    long spans."""
    if source.spans is None:
        raise ValueError(f"{source.name} answers for single days only")
    wanted = sorted(set(days))
    ready = [day for day in wanted if now(cycle := kept_under(source.settled, day)) >= cycle]
    late = [_unsettled(source, day) for day in wanted if day not in set(ready)]
    covered = _covered(source, ready, store)
    jobs = []
    for sample in source.spans(ready[0], ready[0], places) if ready else []:
        what = sample.name.rsplit("-", 1)[1]
        for first, last in _spans([d for d in ready if (what, d) not in covered], source.span_days):
            request = next(r for r in source.spans(first, last, places) if r.name.endswith(what))
            jobs.append((kept_under(source.settled, last), request))
    return Plan(jobs, late)


def _covered(source: Spanned, days: Sequence[datetime], store: Store) -> set[tuple[str, datetime]]:
    covered = set()
    for cycle in cycles_of(source, days):
        for name in store.requests(source.name, cycle):
            if found := span_of(name):
                first, last, what = found
                covered |= {(what, first + timedelta(days=i)) for i in range((last - first).days + 1)}
    return covered


def _spans(days: Sequence[datetime], longest: int) -> list[tuple[datetime, datetime]]:
    """Days in a row as (first, last), of at most `longest` days each."""
    spans = []
    for _, run in groupby(enumerate(days), key=lambda item: item[1] - item[0] * DAY.length):
        row = [day for _, day in run]
        spans += [(row[i], row[min(i + longest, len(row)) - 1]) for i in range(0, len(row), longest)]
    return spans


def _unsettled(source: Spanned, day: datetime) -> Failure:
    cycle = kept_under(source.settled, day)
    reason = f"the day is settled only at {cycle:%Y-%m-%dT%HZ}; ask again then"
    return Failure(cycle, f"{day:%Y-%m-%d}", reason)
