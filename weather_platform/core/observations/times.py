"""Time stamps of a file as instants.

Belongs here: formats, zones, and the hours that a change of clocks repeats or leaves out. Does not: averaging
intervals and steps (hourly). Nothing is guessed: a stamp that names no instant is set aside with the reason.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.observations.mapping import Time
from weather_platform.core.observations.stamp_layouts import at_hour_24, in_full

# After a time of day: the end of a date (2026-08) is no offset.
_OFFSET = r"[T ]\d{1,2}(?::?\d{2}){0,2}(?:[.,]\d+)?\s*(?:Z|[+-]\d{1,2}(?::?\d{2})?)$"
# Matched from the beginning, up to the first sign of a time of day: searched from each of them, a stamp of a
# thousand is a million steps.
_HALF_AN_OFFSET = r"(?s)[^T ]*[T ].*(?:[+-]|[Zz]$)"
# pandas takes a month or a year for its first instant, and the mean of a month would be an hour's value.
_NO_DAY = r"\d{4}(?:\D\d{1,2})?$"
_MICROSECONDS = {"unix": 1_000_000, "unix_ms": 1000}
UNREADABLE = (
    "not a time in the format that the mapping gives (ISO 8601 where it gives none); say it in time.format, "
    "as %d.%m.%Y %H:%M"
)
ZONELESS = "the stamp has no UTC offset; say its zone in time.zone of the mapping"
SKIPPED = "a local time that clocks skipped; say the stamps' true zone in time.zone of the mapping"
REPEATED = "a local time that came twice; for files in time order write time.repeated_hour: in_order"


@dataclass(frozen=True)
class Instants:
    """`time` as datetime64[us] in UTC, NaT where there is none, and per row why (index into `reasons`; 0
    for none).
    """

    time: np.ndarray
    fault: np.ndarray
    reasons: tuple[str, ...] = ("", UNREADABLE, ZONELESS, SKIPPED, REPEATED)


def instants(fields: list[pa.Array], how: Time, group: np.ndarray) -> Instants:
    """Stamps of every row; `fields` are the time columns. `group` tells series apart for `repeated_hour:
    in_order`.
    """
    encoded = pc.dictionary_encode(joined(fields), null_encoding="encode")
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    early, late, fault = _distinct(encoded.dictionary, how)
    time, faults = early[codes], fault[codes]
    repeated = faults == REPEATED_CODE
    if how.repeated_hour == "in_order" and repeated.any():
        rows = np.flatnonzero(repeated)
        series = pd.DataFrame({"stamp": codes[rows], "group": group[rows]}).groupby(["stamp", "group"])
        position, count = series.cumcount().to_numpy(), series["stamp"].transform("size").to_numpy()
        told = count == 2
        time[rows[told]] = np.where(position == 0, early[codes[rows]], late[codes[rows]])[told]
        faults[rows[told]] = 0
    time[faults != 0] = np.datetime64("NaT")
    return Instants(time, faults)


def joined(fields: list[pa.Array]) -> pa.Array:
    """The stamps of one or several time columns."""
    if len(fields) == 1:
        return fields[0]
    return pc.binary_join_element_wise(*[field.cast(pa.string()) for field in fields], " ")


REPEATED_CODE = Instants.reasons.index(REPEATED)


def _distinct(stamps: pa.Array, how: Time) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each distinct stamp as its first and its last instant (they differ in a repeated hour), and its
    fault.
    """
    if how.format in _MICROSECONDS:
        return _from_numbers(stamps, _MICROSECONDS[how.format])
    if pa.types.is_timestamp(stamps.type):
        # Nanoseconds are cut to microseconds; what is too far away to be counted in them stays a fault.
        kind = pa.timestamp("us", stamps.type.tz)
        parsed = stamps.cast(kind, safe=stamps.type.unit != "ns").to_pandas()
        aware = np.full(len(stamps), stamps.type.tz is not None)
        utc = parsed.dt.tz_convert("UTC").dt.tz_localize(None) if aware.any() else parsed
    else:
        trimmed = pc.fill_null(pc.utf8_trim_whitespace(stamps.cast(pa.string())), "")
        begun, ended = at_hour_24(trimmed, how.format)
        text = begun.to_pandas()
        if how.format is not None:
            text = text.where(text.str.fullmatch(in_full(how.format)), "")
        aware = _aware(text, how.format)
        utc = _parsed(text, aware, how.format or "ISO8601")
        utc = utc.where(~ended, utc + pd.Timedelta(days=1))
    return _localized(utc.to_numpy("datetime64[us]"), aware, how.zone)


def _from_numbers(stamps: pa.Array, microseconds: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    number = pd.to_numeric(stamps.to_pandas(), errors="coerce").to_numpy(float)
    usable = np.abs(number * microseconds) < 2**62
    time = (
        np.where(usable, np.round(np.where(usable, number, 0) * microseconds), 0)
        .astype("int64")
        .view("datetime64[us]")
    )
    return time, time, np.where(usable, 0, Instants.reasons.index(UNREADABLE))


def _aware(text: pd.Series, layout: str | None) -> np.ndarray:
    """Which stamps say how far they are from UTC: each by itself in ISO 8601, all or none in a layout."""
    if layout is None:
        return text.str.contains(_OFFSET).to_numpy()
    return np.full(len(text), "%z" in layout.lower() or layout.endswith(("Z", "+00:00", "+0000")))


def _parsed(text: pd.Series, aware: np.ndarray, layout: str) -> pd.Series:
    """Stamps with an offset in UTC, those without as they stand."""
    utc = pd.Series(np.datetime64("NaT", "us"), index=text.index)
    if aware.any():
        with_offset = pd.to_datetime(text[aware], format=layout, errors="coerce", utc=True)
        utc[aware] = with_offset.dt.tz_localize(None)
    if not aware.all():
        local = text[~aware]
        if layout == "ISO8601":
            # What is damaged may be read as having an offset all the same, and spoil its whole column.
            local = local.mask(local.str.match(_HALF_AN_OFFSET) | local.str.match(_NO_DAY), "")
        read = pd.to_datetime(local, format=layout, errors="coerce", utc=True)
        utc[~aware] = read.dt.tz_localize(None)
    return utc


def _localized(
    time: np.ndarray, aware: np.ndarray, zone: str | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    code = {reason: i for i, reason in enumerate(Instants.reasons)}
    fault = np.where(np.isnat(time), code[UNREADABLE], 0)
    if zone is None:
        fault[~aware & (fault == 0)] = code[ZONELESS]
        return time, time, fault
    early, late = time.copy(), time.copy()
    local = ~aware & (fault == 0)
    wall = pd.DatetimeIndex(time[local])
    for instant, summer in ((early, True), (late, False)):
        zoned = wall.tz_localize(ZoneInfo(zone), ambiguous=np.full(len(wall), summer), nonexistent="NaT")
        instant[local] = zoned.tz_convert("UTC").tz_localize(None).to_numpy("datetime64[us]")
    fault[np.isnat(early) & (fault == 0)] = code[SKIPPED]
    fault[(early != late) & (fault == 0)] = code[REPEATED]
    return early, late, fault
