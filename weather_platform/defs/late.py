"""What Dagster knows of the days of truth: when each was made, and what it lacked.

Belongs here: reading and writing that. Does not: what follows from it (core.history.late), or when anybody
looks (schedules).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import dagster as dg

from weather_platform.core.history.late import Made, due
from weather_platform.core.partitions import DAY

_LACKING = "asked_again"
# Newest first; each of a few weeks of days was hardly made more often.
_MOST_EVENTS = 1000


def tell_lacking(context: dg.AssetExecutionContext, days: Iterable[str]) -> None:
    """Note of the days of this run that they lack something, so that they are asked for again."""
    for day in days:
        context.add_asset_metadata({_LACKING: True}, partition_key=day)


def days_due(
    instance: dg.DagsterInstance, archives: Mapping[dg.AssetKey, timedelta], first: datetime, now: datetime
) -> list[str]:
    """Days, from `first` on, of which one of the archives has something by `now` that was not made, in order.
    `archives` are assets by key, and how long after its end a day of each is settled.
    """
    found = {
        DAY.key(day)
        for key, settled in archives.items()
        for day in due(settled, _made(instance, key), first, now)
    }
    return sorted(found)


def _made(instance: dg.DagsterInstance, key: dg.AssetKey) -> dict[datetime, Made]:
    """Days of the asset as they were made last."""
    made: dict[datetime, Made] = {}
    for record in instance.fetch_materializations(key, limit=_MOST_EVENTS).records:
        event = record.asset_materialization
        if event is not None and event.partition is not None:
            lacking = _LACKING in event.metadata
            made.setdefault(
                DAY.start(event.partition), Made(datetime.fromtimestamp(record.timestamp, UTC), lacking)
            )
    return made
