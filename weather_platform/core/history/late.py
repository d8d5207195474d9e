"""Which days an archive is to be asked for, now or again: truth comes hours, days or weeks after the fact.

Belongs here: the comparison of when days settle with what was made of them. Does not: where that is known
(Dagster's history of runs, defs.late), or asking (fetch).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from weather_platform.core.fetching.spans import kept_under
from weather_platform.core.partitions import DAY

# So long after it settled a day is asked for by itself, if it was missed or not answered. An archive that
# says nothing for longer, and whatever lay behind when the platform began, is somebody's to backfill.
REMEMBERED = timedelta(days=14)


class Made(NamedTuple):
    """When an archive's day was last made, and whether it then lacked something that was asked for."""

    at: datetime
    lacking: bool


def due(settled: timedelta, made: Mapping[datetime, Made], first: datetime, now: datetime) -> list[datetime]:
    """Days (their first instants), `first` or later, that an archive has by `now` and that were not made, or
    made too early, or lacked something. `settled` is how long after its end a day of this archive is there.
    """
    start = max(first, DAY.floor(now - REMEMBERED - settled) - 2 * DAY.length)
    days = [DAY.start(key) for key in DAY.keys(start, now)]
    return [day for day in days if _due(kept_under(settled, day), made.get(day), now)]


def _due(there: datetime, made: Made | None, now: datetime) -> bool:
    if not there <= now < there + REMEMBERED:
        return False
    return made is None or made.lacking or made.at < there
