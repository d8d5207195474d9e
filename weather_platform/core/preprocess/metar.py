"""A METAR or TAF report, decoded by metar-taf-parser, as numbers in the contract's units.

Belongs here: which of the library's fields become which column. Does not: the code itself (WMO-No. 306,
FM 15 and FM 51), which the library knows. What it cannot read is null; the report itself is always kept.
"""

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from weather_platform.core.preprocess.spec import needs_extra
from weather_platform.core.quantities.units import affine

# The library reads hostile text with int() and by position, and fails in these ways.
_UNREADABLE = (ValueError, IndexError, KeyError, AttributeError, TypeError)
# Middle of the eighths that each word covers, WMO-No. 306, 15.9.1.1.
_COVER = {"SKC": 0.0, "FEW": 1.5 / 8, "SCT": 3.5 / 8, "BKN": 6.0 / 8, "OVC": 1.0}
_CEILING = ("BKN", "OVC")
_INCHES = re.compile(r"^(?:(?!\bRMK\b).)*?\bA([23]\d{3})\b")
_SPEEDS = {"KT": "kn", "MPS": "m/s", "KM/H": "km/h", "KMH": "km/h"}


def decoded(report: str, reference: datetime | None) -> dict[str, Any]:
    """A row: `text`, the station as `location_id`, numbers, and `time`, at most a day after `reference`."""
    row: dict[str, Any] = {"text": report}
    try:
        found = _parsed(report)
    except _UNREADABLE:
        return row
    row["location_id"] = found.station
    row["time"] = _time(found, reference)
    return row | {name: value for name, value in _numbers(found, report).items() if value is not None}


def _parsed(report: str) -> Any:
    try:
        from metar_taf_parser.parser.parser import MetarParser, TAFParser  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise needs_extra("METAR and TAF") from error
    if report.startswith("TAF"):
        return TAFParser().parse(report)
    return MetarParser().parse(re.sub(r"^(?:METAR|SPECI)\s+(?:COR\s+)?", "", report))


def _time(found: Any, reference: datetime | None) -> datetime | None:
    """The report's day and time in the month that makes it no later than a day after the reference."""
    if reference is None or found.day is None or found.time is None:
        return None
    month = reference.replace(day=1)
    # Of the next month, too: 010000Z may stand in a file of 23:58 the day before.
    for first in ((month + timedelta(days=31)).replace(day=1), month, month - timedelta(days=1)):
        try:
            time = datetime.combine(first.date().replace(day=found.day), found.time, UTC)
        except ValueError:
            continue
        if time <= reference + timedelta(days=1):
            return time
    return None


def _numbers(found: Any, report: str) -> dict[str, float | None]:
    wind, clouds = found.wind, [cloud for cloud in found.clouds if cloud.quantity is not None]
    unit = _SPEEDS.get(str(wind.unit), "") if wind is not None else ""
    speed = affine(unit, "wind_speed_m_s").factor if unit else math.nan
    ceilings = [c.height for c in clouds if c.quantity.name in _CEILING and c.height is not None]
    cover = [_COVER[c.quantity.name] for c in clouds if c.quantity.name in _COVER]
    return {
        "temperature_c": _number(getattr(found, "temperature", None)),
        "dew_point_c": _number(getattr(found, "dew_point", None)),
        "altimeter_hpa": _altimeter(found, report),
        "wind_speed_m_s": _number(wind and wind.speed, speed),
        "wind_gust_m_s": _number(wind and wind.gust, speed),
        "wind_direction_deg": _number(wind and wind.degrees),
        "visibility_m": 10_000.0 if found.cavok else _visibility(found.visibility),
        "cloud_cover": max(cover) if cover else None,
        "ceiling_m": min(ceilings) * 0.3048 if ceilings else None,
    }


def _number(value: Any, factor: float = 1.0) -> float | None:
    return None if value is None or isinstance(value, bool) else float(value) * factor


def _altimeter(found: Any, report: str) -> float | None:
    """Of hundredths of an inch the library cuts off what is less than 1 hPa."""
    if inches := _INCHES.search(report):
        return int(inches[1]) * affine("inHg", "pressure_msl_hpa").factor / 100
    return _number(getattr(found, "altimeter", None))


def _visibility(visibility: Any) -> float | None:
    """`1 1/2` statute miles, `0350` m, `> 10km`, `P6` as metres; of a bound, the bound."""
    if visibility is None:
        return None
    text = str(visibility.distance).lstrip("<>PM ")
    parts = re.fullmatch(r"(?:(\d{1,5})\s+)?(?:(\d{1,5})/(\d{1,5})|(\d{1,5}(?:\.\d{1,5})?))", text.strip())
    if parts is None or parts[3] == "0":
        return None
    whole, upper, lower, plain = parts.groups()
    value = float(whole or 0) + (int(upper) / int(lower) if upper else float(plain))
    unit = {"SM": "mi", "M": "m", "KM": "km"}.get(str(visibility.unit).upper())
    return None if unit is None else value * affine(unit, "visibility_m").factor
