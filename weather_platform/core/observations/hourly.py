"""Readings of one variable made into hours.

Belongs here: averaging intervals, steps, and which readings an hour is made of. Does not: units, places.

A reading covers the interval that ends at its time. Hours are named by their end. Where a part of an hour
is missing the hour is missing: a sum or a highest value of less than the hour would be too small, and looks
like a measurement.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from weather_platform.core.observations.mapping_rules import HOUR, Hourly

HOUR_US = HOUR // timedelta(microseconds=1)


@dataclass(frozen=True)
class Readings:
    """One variable's readings: `row` in the file, `station` code, `time` in µs since 1970, `value`,
    `quality` code.
    """

    row: np.ndarray
    station: np.ndarray
    time: np.ndarray
    value: np.ndarray
    quality: np.ndarray

    def take(self, where: np.ndarray) -> "Readings":
        """A part of them, by mask or by index."""
        return Readings(
            *(part[where] for part in (self.row, self.station, self.time, self.value, self.quality))
        )


def on_steps(
    time: np.ndarray, interval: timedelta, label: str, snap: timedelta, clock: np.ndarray | int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the readings' intervals (µs), moved to the step within `snap`, and a mask of those that are
    off every step.

    `time` in µs, as stamped. A stamp that is the start of its interval is moved to the end. An hour may also
    end on a row's own `clock` (µs past its hour at UTC's).
    """
    step = interval // timedelta(microseconds=1)
    grid, within = min(step, HOUR_US), snap // timedelta(microseconds=1)
    nearest = (time + grid // 2) // grid * grid
    off = np.abs(time - nearest) > within
    if interval == HOUR:
        own = (time + clock + grid // 2) // grid * grid - clock
        nearest = np.where(off, own, nearest)
        off = np.abs(time - nearest) > within
    return nearest + (step if label == "start" else 0), off


def without_repeats(readings: Readings, away: np.ndarray) -> tuple[Readings, np.ndarray, int, int]:
    """One reading per station and time: the one stamped nearest to its step, of equals the last in the file.

    `away` is how far (µs) each reading's stamp is past its step. Returns the readings sorted by station and
    time, the rows in the file that lost against another value of the same stamp, and how many lost against
    the same value of it, and against a nearer stamp.
    """
    order = np.lexsort((readings.row, -np.abs(away), readings.time, readings.station))
    kept, away = readings.take(order), away[order]
    same = (kept.station[1:] == kept.station[:-1]) & (kept.time[1:] == kept.time[:-1])
    last = np.append(~same, True) if len(order) else np.empty(0, bool)
    winner = np.flatnonzero(last)[np.searchsorted(np.flatnonzero(last), np.arange(len(order)))]
    nearer = away != away[winner]
    differs = ~nearer & (kept.value != kept.value[winner])
    same_value = ~last & ~nearer & ~differs
    return kept.take(last), kept.row[differs], int(same_value.sum()), int(nearer.sum())


def to_hours(readings: Readings, interval: timedelta, how: Hourly) -> tuple[Readings, int]:
    """Hours of sorted readings without repeats, and how many hours were left out for a missing part.

    Readings that are hourly or longer stay as they are. `row` of an hour is that of its last reading,
    `quality` the worst of its parts.
    """
    if interval >= HOUR:
        return readings, 0
    parts = HOUR // interval
    step = readings.time // (interval // timedelta(microseconds=1))
    if how == "last":
        return readings.take(step % parts == 0), 0
    if how == "around":
        readings = readings.take(np.isin(step % parts, (0, 1)))
        hour = readings.time // HOUR_US
        return _grouped(readings, hour, 2, how)
    return _grouped(readings, -(-readings.time // HOUR_US), parts, how)


def _grouped(readings: Readings, hour: np.ndarray, parts: int, how: Hourly) -> tuple[Readings, int]:
    """`hour` is the hour that a reading is part of, rising within a station; only groups of `parts`
    readings stay.
    """
    if not len(hour):
        return readings, 0
    starts = np.flatnonzero(
        np.append(True, (hour[1:] != hour[:-1]) | (readings.station[1:] != readings.station[:-1]))
    )
    counts = np.diff(np.append(starts, len(hour)))
    if how == "max":
        value = np.maximum.reduceat(readings.value, starts)
    else:
        value = np.add.reduceat(readings.value, starts) / (1 if how == "sum" else parts)
    grouped = Readings(
        np.maximum.reduceat(readings.row, starts),
        readings.station[starts],
        hour[starts] * HOUR_US,
        value,
        np.maximum.reduceat(readings.quality, starts),
    )
    return grouped.take(counts == parts), int((counts != parts).sum())
