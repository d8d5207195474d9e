"""The hours of an Open-Meteo reply: local times and their offset, and the series at those that are times.

Belongs here: `hourly.time` on the wire. Does not: what the series are of (core.providers.open_meteo_series).
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from weather_platform.core.providers.reading import epoch_times
from weather_platform.core.providers.spec import Fault, PayloadError
from weather_platform.core.providers.steps import FOREIGN, each

_NO_OFFSET = ("GMT", "UTC", "Etc/GMT", "Etc/UTC", None)
_FURTHEST_OFFSET_S = 18 * 3600  # no zone has ever been further from UTC
_LENGTHS = (len("2026-01-01T00:00"), len("2026-01-01T00:00:00"))


class Series(NamedTuple):
    """Times of a reply, its series at these, and a Fault for each of its hours that has no time."""

    valid_time: np.ndarray
    hourly: dict[str, Any]
    faults: list[Fault]


def placed(part: Mapping[str, Any], hourly: Mapping[str, Any], unit: str) -> Series:
    """The series of a place's `hourly` in time. Raises PayloadError where none of its hours can be placed."""
    times, rest = hourly["time"], {key: values for key, values in hourly.items() if key != "time"}
    offset = _offset_s(part)
    try:
        return Series(_valid_times(times, unit, offset), rest, [])
    except FOREIGN:
        good, faults = each(
            enumerate(times), lambda at: (at[0], _valid_times([at[1]], unit, offset)), "`hourly.time`, hour"
        )
        if not good:
            raise
    positions = [position for position, _ in good]
    kept = {
        key: [values[i] for i in positions]
        if isinstance(values, list) and len(values) == len(times)
        else values
        for key, values in rest.items()
    }
    return Series(np.concatenate([time for _, time in good]), kept, faults)


def _offset_s(part: Mapping[str, Any]) -> Any:
    """What is to be taken off local times; 0 only where nothing says that they are local."""
    zone = part.get("timezone", "GMT")
    return part.get("utc_offset_seconds", 0 if zone in _NO_OFFSET else None)


def _valid_times(times: Sequence[Any], unit: str, offset_seconds: Any) -> np.ndarray:
    if not times:
        raise PayloadError("the `hourly` series is empty")
    if unit == "unixtime":
        return epoch_times(times)
    if type(offset_seconds) is not int or abs(offset_seconds) > _FURTHEST_OFFSET_S:
        raise PayloadError(f"utc_offset_seconds is {offset_seconds!r}, so local times cannot be placed")
    return _local_times(tuple(times)) - np.timedelta64(offset_seconds, "s")


@lru_cache(maxsize=256)
def _local_times(times: tuple[str, ...]) -> np.ndarray:
    """Replies of a cycle share their series of times, so each is read once."""
    if not all(isinstance(text, str) and len(text) in _LENGTHS and text[-1].isdigit() for text in times):
        raise PayloadError("`hourly.time` holds what is not an ISO 8601 time without a zone")
    try:
        return np.array([text[:16] for text in times], dtype="datetime64[m]").astype("datetime64[s]")
    except ValueError as error:
        raise PayloadError(f"`hourly.time` holds what is not an ISO 8601 time: {error}") from None


def step_hours(valid_time: np.ndarray) -> int:
    """Length of the interval that ends at each time: the steps' own, for `temporal_resolution=hourly_3` and
    the like.
    """
    if len(valid_time) < 2:
        return 1
    return max(1, round(float(np.median(np.diff(valid_time.astype("int64")))) / 3600))
