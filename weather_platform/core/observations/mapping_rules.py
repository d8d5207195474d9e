"""What makes a field of a mapping wrong, and what to write instead.

Belongs here: rules as plain functions that raise ValueError. Does not: the fields themselves (mapping).
"""

import re
from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from weather_platform.core.quantities.units import affine
from weather_platform.core.quantities.variables import ACCUMULATED

HOUR = timedelta(hours=1)
Hourly = Literal["last", "around", "mean", "max", "sum"]


def duration(value: object) -> timedelta:
    """`30min` or `1h` as a duration."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"(\d{1,4})\s*(min|h)", value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{value!r}: write minutes or hours, as 30min or 1h")
    return timedelta(minutes=int(found[1])) if found[2] == "min" else timedelta(hours=int(found[1]))


def zone(name: str) -> str:
    """The name itself, if it is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no IANA time zone; write UTC or one like Europe/Madrid") from error
    return name


def default_hourly(column: str) -> Hourly:
    """How an hour is made of readings where the mapping does not say: amounts summed, gusts their highest."""
    if column in ACCUMULATED:
        return "sum"
    return "max" if column == "wind_gust_m_s" else "last"


def check_interval(interval: timedelta, snap: timedelta) -> None:
    """Steps must fill an hour, or be made of hours, so that every hour has its own readings."""
    if not timedelta(minutes=1) <= interval <= timedelta(days=1) or (HOUR % interval and interval % HOUR):
        raise ValueError("interval: write minutes that divide an hour, or whole hours up to 24h")
    if snap * 2 >= interval:
        raise ValueError("snap: must be less than half the interval, or a stamp would belong to two")


def check_variable(name: str, unit: str, hourly: Hourly | None, interval: timedelta) -> None:
    """The unit must be one of the column's, and the way to an hour one that means something for it."""
    affine(unit, name)
    if name in ACCUMULATED:
        if hourly not in (None, "sum"):
            raise ValueError(f"variables.{name}.hourly: an amount is summed; leave it out")
    elif hourly == "sum":
        raise ValueError(f"variables.{name}.hourly: sum is for amounts; write last, around, mean or max")
    if hourly not in (None, "last") and name == "wind_direction_deg":
        raise ValueError(f"variables.{name}.hourly: angles have no plain mean; leave it out")
    if hourly == "around" and interval >= HOUR:
        raise ValueError(f"variables.{name}.hourly: around needs readings more frequent than hourly")
