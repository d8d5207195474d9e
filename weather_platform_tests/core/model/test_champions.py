"""Who serves when, and the history of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from weather_platform.core.model.champions import Promoted, champion_at, reigns

VARIABLE = "temperature_c"


def _promoted(version: int, decided: int, withdrawn: int | None = None) -> Promoted:
    base = datetime(2026, 5, 1, tzinfo=UTC)
    at = None if withdrawn is None else base + timedelta(days=withdrawn)
    when = base + timedelta(days=decided)
    return Promoted(VARIABLE, version, when, when, f"why {version}", "d", "c", at, "it was bad" if at else "")


def test_who_reigns_is_who_was_decided_last_and_not_withdrawn() -> None:
    all_of = [_promoted(1, 0), _promoted(2, 10, withdrawn=15), _promoted(3, 20)]
    at = [datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=days) for days in (-1, 0, 12, 17, 20)]
    found = [champion_at(all_of, time) for time in at]
    assert [one and one.version for one in found] == [None, 1, 1, 1, 3]


def test_of_versions_decided_at_once_the_later_serves_and_of_unreadable_ones_none() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    both = [_promoted(10, 0), _promoted(9, 0)]
    assert champion_at(both, now) == champion_at(both[::-1], now) == both[0]
    assert champion_at([replace(both[0], readable=False), both[1]], now) == both[1]
    assert reigns(both)["version"].tolist() == ["10"]


def test_the_history_tells_of_reigns_as_they_were() -> None:
    table = reigns([_promoted(1, 0), _promoted(2, 10, withdrawn=15), _promoted(3, 20)])
    assert table["version"].tolist() == ["1", "2", "1", "3"]
    assert table["reigns_from"].dt.day.tolist() == [1, 11, 16, 21]
    assert table["reigns_until"].dt.day.tolist()[:3] == [11, 16, 21]
    assert table["reigns_until"].isna().tolist() == [False, False, False, True]
    assert table["why"][2] == "version 2 was withdrawn: it was bad"


def test_a_withdrawal_is_told_where_it_changes_who_reigns_and_alone() -> None:
    table = reigns([_promoted(1, 0), _promoted(2, 10, withdrawn=40), _promoted(3, 20, withdrawn=30)])
    assert table["version"].tolist() == ["1", "2", "3", "2", "1"]
    assert table["why"].tolist()[3:] == [f"version {version} was withdrawn: it was bad" for version in (3, 2)]
    assert table["withdrawn_at"].dt.dayofyear.sub(121).fillna(0).tolist() == [0, 40, 30, 40, 0]
    of_the_past = reigns([_promoted(1, 0, withdrawn=15), _promoted(2, 10)])
    assert of_the_past["version"].tolist() == ["1", "2"]


def test_a_history_without_anyone_left_ends() -> None:
    table = reigns([_promoted(1, 0, withdrawn=3)])
    assert table["reigns_until"].dt.day.tolist() == [4]
    assert reigns([]).empty


def test_a_reign_that_had_ended_is_not_drawn_out_to_the_next() -> None:
    table = reigns([_promoted(1, 0, withdrawn=3), _promoted(2, 10)])
    assert table["reigns_from"].dt.day.tolist() == [1, 11]
    assert table["reigns_until"].dt.day.tolist()[0] == 4
    assert table["reigns_until"].isna().tolist() == [False, True]
