"""Hourly readings by a clock whose hours begin between UTC's, as India's and South Australia's do.

Belongs here: how far a row's clock is off, and UTC's hours made of such readings. Does not: forecasts
(core.parsing.whole_hours, by the same weights), or other intervals: longer ones say nothing of the whole
hours within them, and the shorter ones that are common end on these.

What stands between UTC's hours by the file's own word of its zone is no mistake, and no `snap` could mend it.
"""

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.observations.hourly import HOUR_US, Readings
from weather_platform.core.observations.mapping import Time
from weather_platform.core.observations.times import joined

_OFFSET = r"[T ]\d{1,2}.*(?P<sign>[+-])\d{1,2}:?(?P<minutes>\d{2})$"
_MINUTE_US = 60_000_000


def past_the_hour(fields: list[pa.Array], how: Time, time: np.ndarray) -> np.ndarray:
    """How far (µs, less than an hour) the clock of each row, whose instant is `time` (µs, UTC), is past its
    hour at UTC's: by the offset that its stamp bears, else by the zone of the mapping.
    """
    stamp = joined(fields)
    kind = stamp.type
    typed = pa.types.is_timestamp(kind)
    clock = _of_zone((kind.tz if typed else None) or how.zone, time)
    if not typed:
        encoded = pc.dictionary_encode(stamp.cast(pa.string()), null_encoding="encode")
        text = pc.fill_null(pc.utf8_trim_whitespace(encoded.dictionary), "").to_pandas()
        parts = text.str.extract(_OFFSET)
        signed = pd.to_numeric(parts["sign"] + parts["minutes"]).to_numpy("float64", na_value=np.nan)
        borne = signed[encoded.indices.to_numpy(zero_copy_only=False)]
        there = ~np.isnan(borne)
        clock[there] = borne[there].astype(np.int64) * _MINUTE_US
    return clock % HOUR_US


def _of_zone(zone: str | None, time: np.ndarray) -> np.ndarray:
    if zone is None:
        return np.zeros(len(time), np.int64)
    utc = pd.DatetimeIndex(time.view("datetime64[us]"))
    wall = utc.tz_localize("UTC").tz_convert(ZoneInfo(zone)).tz_localize(None)
    return np.where(utc.isna(), 0, (wall - utc).to_numpy("timedelta64[us]").astype(np.int64))


def on_utc_hours(readings: Readings, *, angle: bool) -> tuple[Readings, int]:
    """Sorted hourly readings without repeats, each two of a station that stand an hour apart and off the hour
    replaced by one at the whole hour between, and how many were left without another.

    At half way each counts half, amounts as well; of an `angle` the nearer stands. Where a reading is at the
    whole hour itself, none is made.
    """
    time, station = readings.time, readings.station
    off = time % HOUR_US != 0
    if not off.any():
        return readings, 0
    pair = off[:-1] & (np.diff(station) == 0) & (np.diff(time) == HOUR_US)
    before = np.flatnonzero(pair)
    share = (-time[before] % HOUR_US) / HOUR_US
    first, second = readings.value[before], readings.value[before + 1]
    made = Readings(
        np.maximum(readings.row[before], readings.row[before + 1]),
        station[before],
        -(-time[before] // HOUR_US) * HOUR_US,
        np.where(share >= 0.5, second, first) if angle else (1 - share) * first + share * second,
        np.maximum(readings.quality[before], readings.quality[before + 1]),
    )
    whole = readings.take(~off)
    every = Readings(*(np.concatenate(both) for both in zip(_parts(whole), _parts(made), strict=True)))
    return every.take(np.lexsort((every.time, every.station))), int(off.sum()) - len(before)


def _parts(readings: Readings) -> tuple[np.ndarray, ...]:
    return readings.row, readings.station, readings.time, readings.value, readings.quality
