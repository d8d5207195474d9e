"""The readings of a file, variable by variable, made into hours.

Belongs here: which rows of a long or wide file hold a variable, their quality, and what is set aside of
them. Does not: arithmetic of units (values) or hours (hourly).
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.observations.hourly import (
    HOUR_US,
    Readings,
    on_steps,
    to_hours,
    without_repeats,
)
from weather_platform.core.observations.mapping import Mapping, Variable
from weather_platform.core.observations.mapping_rules import HOUR
from weather_platform.core.observations.own_clocks import on_utc_hours, past_the_hour
from weather_platform.core.observations.rejects import Rejects
from weather_platform.core.observations.steps import words
from weather_platform.core.observations.values import bounds_text, no_number, numbers

# From best to worst, so that the worst of several is the highest code; a rejected reading is left out.
QUALITIES = ("good", "unchecked", "suspect")
_REJECT = len(QUALITIES)
NAT = np.iinfo(np.int64).min


class Counts(Protocol):
    """What is counted while readings are made into hours."""

    readings_rejected: int
    readings_repeated: int
    readings_between: int
    hours_incomplete: int


@dataclass(frozen=True)
class Source:
    """A file's columns with what is known of every row: `station` code (−1 unknown), `time` in µs (NaT
    where none).
    """

    columns: dict[str, pa.Array]
    mapping: Mapping
    station: np.ndarray
    time: np.ndarray
    rejects: Rejects

    @cached_property
    def clock(self) -> np.ndarray:
        """How far (µs) each row's own clock is past its hour at UTC's; 0 where all hours are UTC's, and of
        readings that are not hourly.
        """
        known = self.time[self.time != NAT]
        if self.mapping.interval != HOUR or not (known % HOUR_US).any():
            return np.zeros(len(self.time), np.int64)
        fields = [self.columns[name] for name in self.mapping.time.columns]
        return past_the_hour(fields, self.mapping.time, self.time)

    @cached_property
    def quality(self) -> np.ndarray:
        """Quality code per row; `unchecked` where the mapping says nothing."""
        how = self.mapping.quality
        if how is None:
            return np.full(len(self.station), QUALITIES.index("unchecked"))
        marks = pc.fill_null(pc.utf8_trim_whitespace(self.columns[how.column].cast(pa.string())), "")
        found = pc.fill_null(pc.index_in(marks, value_set=pa.array(list(how.map), pa.string())), -1)
        codes = [*(_code(quality) for quality in how.map.values()), _code(how.otherwise)]
        return np.array(codes)[found.to_numpy(zero_copy_only=False)]


def hours_of(source: Source, counts: Counts) -> dict[str, Readings]:
    """Hours per contract column; faults go to the source's rejects.

    Whoever says `snap` says that the stamp nearest to a step counts: what a series has between its steps is
    counted and no fault. One that has nothing near any step is.
    """
    usable = (source.station >= 0) & (source.time != NAT) & ~unmapped(source)
    mapping = source.mapping
    end, off = on_steps(
        np.where(usable, source.time, 0), mapping.interval, mapping.label, mapping.snap, source.clock
    )
    series = _series(source)
    between = usable & off & bool(mapping.snap) & np.isin(series, series[usable & ~off])
    counts.readings_between += int(between.sum())
    nowhere = usable & off & ~between
    source.rejects.add(
        np.flatnonzero(nowhere),
        source.mapping.time.columns[0],
        _off_step(mapping.interval, source.time[nowhere]),
    )
    usable &= ~off
    return {name: _hours(source, name, usable, end, counts) for name in source.mapping.variables}


def _series(source: Source) -> np.ndarray:
    """A number by row: of its station, and of a long file of its variable."""
    which = np.zeros(len(source.station), np.int64)
    if source.mapping.code_column is not None:
        for number, variable in enumerate(source.mapping.variables.values()):
            which[holds(source, variable)] = number
    return source.station * len(source.mapping.variables) + which


def _off_step(interval: timedelta, time: np.ndarray) -> str:
    """What is said of stamps (µs) off every step: those of days and the like end on UTC's hours, which
    midnights of some clocks are not, and reports of ten to the hour are the hour's.
    """
    reason = f"not on a step of {words(interval)}; see interval and snap of the mapping"
    if not len(time):
        return reason
    step = min(interval, HOUR) // timedelta(microseconds=1)
    away = timedelta(microseconds=int(np.minimum(time % step, -time % step).max()))
    minutes = -(-away // timedelta(minutes=1))
    if 2 * timedelta(minutes=minutes) >= interval:  # of two steps neither is the nearest
        return reason
    nearest = "step" if interval < HOUR else "of UTC's hours"
    return f"{reason}: `snap: {minutes}min` takes the nearest {nearest}"


def unmapped(source: Source) -> np.ndarray:
    """Mask of the rows of a long file that hold something the mapping does not name."""
    if source.mapping.code_column is None:
        return np.zeros(len(source.station), bool)
    return ~np.logical_or.reduce([holds(source, each) for each in source.mapping.variables.values()])


def holds(source: Source, variable: Variable) -> np.ndarray:
    """Mask of the rows that hold a variable: all of a wide file's."""
    if source.mapping.code_column is None:
        return np.ones(len(source.station), bool)
    codes = pc.utf8_trim_whitespace(source.columns[source.mapping.code_column].cast(pa.string()))
    return np.asarray(pc.fill_null(pc.equal(codes, variable.source), False).to_numpy(zero_copy_only=False))


def _from_step(source: Source, rows: np.ndarray, end: np.ndarray) -> np.ndarray:
    """How far (µs) stamps are past the step that they stand for, be it their interval's end or its start."""
    step = end[rows]
    if source.mapping.label == "start":
        step = step - source.mapping.interval // timedelta(microseconds=1)
    return source.time[rows] - step


def _code(quality: str) -> int:
    return QUALITIES.index(quality) if quality in QUALITIES else _REJECT


def _hours(source: Source, name: str, usable: np.ndarray, end: np.ndarray, counts: Counts) -> Readings:
    mapping, variable = source.mapping, source.mapping.variables[name]
    rows = np.flatnonzero(usable & holds(source, variable))
    column = mapping.value_column or variable.source
    marks = [*mapping.missing, *variable.missing]
    field = source.columns[column].take(pa.array(rows))
    read = numbers(field, name, variable.unit, marks, mapping.csv.decimal)
    source.rejects.add(
        rows[read.unreadable], column, no_number(name, field.filter(pa.array(read.unreadable)))
    )
    source.rejects.add(rows[read.out_of_bounds], column, f"{name} {bounds_text(name)} once in its unit")
    rejected = np.isfinite(read.value) & (source.quality[rows] == _REJECT)
    counts.readings_rejected += int(rejected.sum())
    good = np.isfinite(read.value) & ~rejected
    rows = rows[good]
    readings = Readings(rows, source.station[rows], end[rows], read.value[good], source.quality[rows])
    readings, lost, repeated, between = without_repeats(readings, _from_step(source, rows, end))
    source.rejects.add(
        lost, column, f"another {name} of the same station and time is in the file, and was taken"
    )
    counts.readings_repeated += repeated
    counts.readings_between += between
    readings, incomplete = to_hours(readings, mapping.interval, mapping.hourly(name))
    if mapping.interval == HOUR:
        readings, incomplete = on_utc_hours(readings, angle=name == "wind_direction_deg")
    counts.hours_incomplete += incomplete
    return readings
