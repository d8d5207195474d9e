"""Keys of windows and the instants that they stand for."""

from datetime import UTC, datetime, timedelta

import pytest

from weather_platform.core.partitions import CYCLE, DAY


@pytest.mark.parametrize(
    ("time", "cycle", "day"),
    [
        ("2026-08-01T00:00:00+00:00", "2026-08-01T00Z", "2026-08-01"),
        ("2026-08-01T05:59:59.999999+00:00", "2026-08-01T00Z", "2026-08-01"),
        ("2026-08-01T06:00:00+00:00", "2026-08-01T06Z", "2026-08-01"),
        ("2026-08-02T01:00:00+02:00", "2026-08-01T18Z", "2026-08-01"),
        ("1969-12-31T23:00:00+00:00", "1969-12-31T18Z", "1969-12-31"),
    ],
)
def test_a_window_has_its_first_instant_and_not_its_last(time: str, cycle: str, day: str) -> None:
    found = datetime.fromisoformat(time)
    assert (CYCLE.key(found), DAY.key(found)) == (cycle, day)


def test_a_key_stands_for_the_window_from_its_start_to_the_next_ones() -> None:
    start = datetime(2026, 8, 1, 18, tzinfo=UTC)
    assert (CYCLE.start("2026-08-01T18Z"), CYCLE.end("2026-08-01T18Z")) == (start, start + timedelta(hours=6))
    assert DAY.end("2026-08-01") == start + timedelta(hours=6)


def test_keys_of_a_range_are_of_every_window_that_it_overlaps() -> None:
    start, end = datetime(2026, 8, 1, 7, tzinfo=UTC), datetime(2026, 8, 2, tzinfo=UTC)
    assert CYCLE.keys(start, end) == ["2026-08-01T06Z", "2026-08-01T12Z", "2026-08-01T18Z"]
    assert CYCLE.keys(start, end + timedelta(microseconds=1))[-1] == "2026-08-02T00Z"
    assert DAY.keys(end, end) == []


def test_what_is_no_key_of_the_grain_is_refused_and_the_nearest_is_named() -> None:
    with pytest.raises(
        ValueError, match="'2026-08-01T07Z' is not a cycle key; the nearest is '2026-08-01T06Z'"
    ):
        CYCLE.start("2026-08-01T07Z")
    with pytest.raises(ValueError, match="unconverted data remains"):
        DAY.start("2026-08-01T06Z")


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone; give an aware datetime"):
        CYCLE.key(datetime(2026, 8, 1))  # noqa: DTZ001
