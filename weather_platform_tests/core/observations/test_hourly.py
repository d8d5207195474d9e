"""Hours made of shorter readings, against the same thing said slowly."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.observations.hourly import Readings, on_steps, to_hours, without_repeats
from weather_platform.core.observations.own_clocks import on_utc_hours
from weather_platform.core.observations.steps import steps_of

MINUTE = 60_000_000
HOUR = 60 * MINUTE


def readings(points: dict[tuple[int, int], float]) -> Readings:
    """Of (station, end in minutes) → value."""
    keys = sorted(points)
    return Readings(
        np.arange(len(keys)),
        np.array([station for station, _ in keys], np.int64),
        np.array([minute * MINUTE for _, minute in keys], np.int64),
        np.array([points[key] for key in keys], float),
        np.zeros(len(keys), np.int64),
    )


def slowly(points: Mapping[tuple[int, int], float], step: int, how: str) -> dict[tuple[int, int], float]:
    """The definition, hour by hour."""
    hours = {}
    for station in {station for station, _ in points}:
        for hour in range(-2, 7):
            ends = {
                "last": [hour * 60],
                "around": [hour * 60, hour * 60 + step],
            }.get(how, range(hour * 60 - 60 + step, hour * 60 + 1, step))
            parts = [points.get((station, end)) for end in ends]
            if None not in parts:
                make = {"sum": sum, "max": max}.get(how, lambda values: sum(values) / len(values))
                hours[station, hour] = make(parts)
    return hours


@given(
    st.sampled_from([5, 10, 15, 20, 30]),
    st.sampled_from(["last", "around", "mean", "max", "sum"]),
    st.data(),
)
def test_hours_are_made_as_defined_and_only_of_all_their_parts(
    step: int, how: str, data: st.DataObject
) -> None:
    ends = st.integers(-60 // step, 300 // step).map(lambda k: k * step)
    points = data.draw(st.dictionaries(st.tuples(st.integers(0, 2), ends), st.integers(0, 99), max_size=120))
    hours, _ = to_hours(readings(points), timedelta(minutes=step), how)  # type: ignore[arg-type]
    found = {(s, t // HOUR): v for s, t, v in zip(hours.station, hours.time, hours.value, strict=True)}
    assert found == pytest.approx(slowly(points, step, how))


@given(
    st.lists(st.integers(-(10**12), 10**16), min_size=1, max_size=30),
    st.sampled_from([1, 5, 10, 30, 60, 180, 1440]),
    st.integers(0, 29),
)
def test_a_start_label_is_one_interval_before_its_end(times: list[int], interval: int, snap: int) -> None:
    time, span = np.array(times, np.int64), timedelta(minutes=interval)
    end, off_end = on_steps(time, span, "end", timedelta(minutes=snap))
    start, off_start = on_steps(time, span, "start", timedelta(minutes=snap))
    assert (start - end == interval * MINUTE).all()
    assert (off_end == off_start).all()
    grid = min(interval, 60) * MINUTE
    assert (end % grid == 0).all() and (np.abs(end - time) <= grid // 2).all()
    assert (off_end == (np.abs(end - time) > snap * MINUTE)).all()


def test_of_repeats_the_nearest_then_the_last_stays() -> None:
    twice = Readings(
        *(np.array(part) for part in ([0, 1, 2], [7, 7, 7], [HOUR] * 3, [1.0, 2.0, 3.0], [0, 0, 0]))
    )
    kept, lost, *counts = without_repeats(twice, np.array([0, 5, -5]))
    assert kept.value.tolist() == [1.0] and lost.tolist() == [] and counts == [0, 2]
    kept, lost, *counts = without_repeats(twice, np.array([5, -5, -5]))
    assert kept.value.tolist() == [3.0] and lost.tolist() == [1] and counts == [0, 1]
    kept, lost, *counts = without_repeats(twice, np.array([0, 0, 0]))
    assert kept.value.tolist() == [3.0] and sorted(lost) == [0, 1] and counts == [0, 0]
    elsewhere = readings({(1, 60): 1.0, (2, 60): 2.0})
    assert without_repeats(elsewhere, np.zeros(2))[0].value.tolist() == [1.0, 2.0]


def test_an_hour_stands_for_its_last_row_and_its_worst_part_and_what_lacks_a_part_is_counted() -> None:
    halves = replace(
        readings({(1, end): 1.0 for end in (30, 60, 90, 150, 180)}), quality=np.array([0, 9, 1, 1, 0])
    )
    hours, left_out = to_hours(halves, timedelta(minutes=30), "sum")
    assert [part.tolist() for part in (hours.row, hours.time, hours.quality)] == [
        [1, 4],
        [HOUR, 3 * HOUR],
        [9, 1],
    ]
    assert left_out == 1


def test_hours_between_utcs_are_made_of_two_of_one_station_and_are_as_good_as_the_worse() -> None:
    half_past = readings({(1, 30): 1.0, (1, 90): 3.0, (2, 150): 9.0})
    made, alone = on_utc_hours(replace(half_past, quality=np.array([0, 2, 0])), angle=False)
    assert [part.tolist() for part in (made.station, made.time, made.value, made.quality)] == [
        [1],
        [HOUR],
        [2.0],
        [2],
    ]
    assert alone == 2


def test_a_step_that_is_no_multiple_of_the_usual_one_makes_rows_irregular() -> None:
    hourly = np.arange(30) * HOUR
    for further, regular in ((32 * HOUR, timedelta(hours=1)), (30 * HOUR + 30 * MINUTE, None)):
        steps = steps_of(np.zeros(31), np.append(hourly, further))
        assert steps is not None and steps.regular == regular


def test_what_is_hourly_already_stays_as_it_is() -> None:
    hourly = readings({(1, 60): 1.0, (1, 120): 2.0})
    assert to_hours(hourly, timedelta(hours=1), "around") == (hourly, 0)


def test_no_readings_are_no_hours() -> None:
    none = readings({})
    assert len(to_hours(none, timedelta(minutes=30), "sum")[0].row) == 0
    assert len(without_repeats(none, np.empty(0))[0].row) == 0
