"""Judgements turn where they say they do, and only changes are news."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from weather_platform.core.health import checks
from weather_platform.core.health.finding import Finding, Level, Look, news, open_levels

NOW = datetime(2026, 8, 10, 13, tzinfo=UTC)
RUNBOOK = Path(__file__).parents[3] / "docs" / "runbook"


@pytest.mark.parametrize(
    ("newest", "level", "missed"),
    [
        (NOW.replace(hour=6), Level.OK, ""),  # that of 12 h is not due before 14 h
        (NOW.replace(hour=0), Level.WARNING, "1 missed"),
        (NOW.replace(hour=6) - timedelta(hours=24), Level.ERROR, "4 missed"),
        (None, Level.WARNING, "no forecast"),
    ],
)
def test_a_feed_is_late_by_data_time(newest: datetime | None, level: Level, missed: str) -> None:
    finding = checks.feed("open_meteo/gfs_seamless", newest, NOW)
    assert finding.level is level
    assert missed in finding.what
    assert bool(finding.remedy) == (level is not Level.OK)


def test_a_newer_cycle_than_is_due_is_not_negative_news() -> None:
    assert checks.feed("nws/blend", NOW.replace(hour=12), NOW).what == "newest cycle 2026-08-10T12Z"


def test_predictions_are_late_as_feeds_are() -> None:
    """Found missing: `doctor` called a deployment well whose feeds came and whose predictions did not."""
    assert checks.predictions(NOW.replace(hour=6), NOW).level is Level.OK
    late = checks.predictions(NOW.replace(hour=0), NOW)
    assert (late.area, late.level, late.what) == (
        "predictions",
        Level.WARNING,
        "newest cycle 2026-08-10T00Z, 1 missed since",
    )
    assert "features and predictions" in late.remedy
    assert checks.predictions(NOW.replace(hour=6) - timedelta(hours=24), NOW).level is Level.ERROR
    assert checks.predictions(None, NOW).what == "no cycle was ever predicted"


def test_what_was_silent_for_longer_than_is_looked_back_is_an_error_as_before() -> None:
    """It was a warning then: "there is no observation at all"."""
    week = NOW - timedelta(days=9)
    told = [judge(week, NOW, longer=True) for judge in (checks.predictions, checks.truth)]
    told.append(checks.feed("nws/blend", week, NOW, longer=True))
    assert {one.level for one in told} == {Level.ERROR}
    assert [one.what for one in told] == [
        "no cycle since 2026-08-01T12Z or longer",
        "no observation since 2026-08-01T13Z or longer",
        "no cycle since 2026-08-01T12Z or longer",
    ]
    assert all(one.remedy for one in told)


def test_the_fullest_window_decides() -> None:
    assert checks.quota("nws", {}).level is Level.OK
    assert checks.quota("nws", {"hour": 0.2, "day": 0.95}).level is Level.WARNING
    full = checks.quota("nws", {"hour": 1.0, "day": 0.95})
    assert full.level is Level.ERROR
    assert "the hour binds" in full.remedy


def test_a_minute_that_is_spent_is_the_pace_of_a_fetch_and_loses_nothing() -> None:
    """Found by reading: a look in the middle of a fetch, which is paced to fill its minutes, was an alert of
    an error, and the next one said that all is well again: four times a day.
    """
    assert checks.quota("met_norway", {"minute": 1.0}).level is Level.OK
    found = checks.quota("open_meteo", {"minute": 1.0, "hour": 0.95})
    assert (found.level, found.what) == (Level.WARNING, "minute 100%, hour 95% spent")
    assert "the hour binds" in found.remedy


def test_scheduler_truth_disk_and_model() -> None:
    assert checks.heartbeat(NOW - timedelta(minutes=20), NOW).level is Level.OK
    assert checks.heartbeat(NOW - timedelta(minutes=50), NOW).level is Level.ERROR
    hourly = timedelta(hours=1)
    assert checks.heartbeat(NOW - timedelta(minutes=130), NOW, hourly).level is Level.OK
    dead = checks.heartbeat(NOW - timedelta(minutes=150), NOW, hourly)
    assert dead.level is Level.ERROR
    assert all(word in dead.remedy for word in ("daemon", "scale to zero"))
    assert checks.heartbeat(None, NOW).level is Level.WARNING
    jumped = checks.heartbeat(NOW + timedelta(hours=1), NOW)
    assert (jumped.level, "clocks" in jumped.remedy) == (Level.WARNING, True)
    assert checks.truth(NOW - timedelta(days=4), NOW).level is Level.WARNING
    assert checks.truth(NOW - timedelta(days=9), NOW).level is Level.ERROR
    assert [checks.disk("/d", int(free)).level for free in (9e9, 2e9, 5e8)] == [*Level]
    assert checks.champion("temperature_c", "3", NOW - timedelta(days=50), NOW).level is Level.WARNING
    assert checks.champion("temperature_c", "3", NOW, NOW).level is Level.OK
    assert checks.reached("mlflow", "does not answer: OSError", "start it").level is Level.ERROR


def _age(judge: Callable[[datetime, datetime], Finding], **age: float) -> Level:
    return judge(NOW - timedelta(**age), NOW).level


def test_each_judgement_turns_just_beyond_what_it_allows() -> None:
    second = 1 / 86_400  # of a day
    assert [_age(checks.truth, days=days) for days in (3, 3 + second)] == [Level.OK, Level.WARNING]
    assert [_age(checks.truth, days=days) for days in (8, 8 + second)] == [Level.WARNING, Level.ERROR]
    assert [_age(checks.heartbeat, minutes=m) for m in (45, 46)] == [Level.OK, Level.ERROR]
    assert [_age(checks.heartbeat, minutes=m) for m in (-5, -6)] == [Level.OK, Level.WARNING]
    learned = [checks.champion("t", "3", NOW - timedelta(days=days), NOW) for days in (45, 45 + second)]
    assert [(one.level, bool(one.remedy)) for one in learned] == [(Level.OK, False), (Level.WARNING, True)]
    assert [checks.quota("nws", {"day": share}).level for share in (0.89, 0.9)] == [Level.OK, Level.WARNING]
    silent = [checks.channel("mail", 1, NOW - timedelta(hours=h), "refused", NOW) for h in (2, 2.01)]
    assert [(one.level, bool(one.remedy)) for one in silent] == [(Level.OK, False), (Level.WARNING, True)]
    assert silent[1].what == "1 alert waits since 2026-08-10T10Z: refused"
    free = [checks.disk("/d", size).level for size in (5 * 10**9, 5 * 10**9 - 1, 10**9, 10**9 - 1)]
    assert free == [Level.OK, Level.WARNING, Level.WARNING, Level.ERROR]


def test_a_store_has_a_remedy_where_it_is_away_alone() -> None:
    away, there = (checks.reached("mlflow", problem, "start it") for problem in ("does not answer", None))
    assert (away.what, away.remedy) == ("does not answer", "start it")
    assert (there.level, there.what, there.remedy) == (Level.OK, "answers", "")


def test_of_files_that_cannot_be_read_three_are_named() -> None:
    assert checks.dropped([]).level is Level.OK
    assert checks.dropped(["a", "b", "c"]).what == "cannot be read: a, b, c"
    assert checks.dropped(["a", "b", "c", "d"]).what == "cannot be read: a, b, c and 1 more"


def test_only_what_changed_is_news() -> None:
    late = Finding("freshness", "a/b", Level.WARNING, "late", "do")
    worse = Finding("freshness", "a/b", Level.ERROR, "later", "do")
    well = Finding("freshness", "a/b", Level.OK, "fine")
    first = news({}, Look((late,)))
    assert first.raised == (late,)
    before = open_levels(Look((late,)), {})
    assert not news(before, Look((late,)))
    assert news(before, Look((worse,))).raised == (worse,)
    assert not news(open_levels(Look((worse,)), before), Look((late,)))  # better, not over
    assert news(before, Look((well,))).over == ("freshness/a/b",)
    assert news(before, Look(())).over == ("freshness/a/b",)  # no longer in use


def test_what_was_not_looked_at_is_neither_well_again_nor_news_later() -> None:
    """Found by reading: whatever was open was told to be well again in the minute that a store was away."""
    late = Finding("freshness", "a/b", Level.WARNING, "late", "do")
    away = Look((Finding("storage", "mlflow", Level.ERROR, "does not answer", "start it"),), whole=False)
    back = Look((Finding("storage", "mlflow", Level.OK, "answers"), late))
    before = open_levels(Look((late,)), {})
    meanwhile = news(before, away)
    assert (meanwhile.raised, meanwhile.over) == (away.findings, ())
    then = open_levels(away, before)
    assert then == {"freshness/a/b": 1, "storage/mlflow": 2}
    again = news(then, back)
    assert (again.raised, again.over) == ((), ("storage/mlflow",))


@pytest.mark.parametrize(
    "area",
    [
        "freshness",
        "predictions",
        "soundness",
        "truth",
        "quota",
        "model",
        "disk",
        "scheduler",
        "runs",
        "storage",
        "settings",
    ],
)
def test_every_alert_has_its_page(area: str) -> None:
    assert (RUNBOOK / f"{area}.md").read_text().startswith("# ")
