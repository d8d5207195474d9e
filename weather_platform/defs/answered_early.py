"""Cycles that were answered before they were fetched, where those are runs of their own.

Belongs here: which those are. Does not: when anybody looks (schedules). After an outage an outside clock
tries both again, each in its own time: the answer may come first, and then the replies lie there and no
forecast is made of them. Elsewhere forecasts follow their replies by themselves (follow).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import dagster as dg

from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.spec import Provider
from weather_platform.defs import forecasts, payloads

# The next answer finds them; a longer past is a person's, as what is older than follow's is.
_LOOKS_BACK = timedelta(days=1)
_MOST_EVENTS = 100


def answered_early(
    instance: dg.DagsterInstance, providers: Iterable[Provider], first: datetime, cycle: datetime
) -> list[str]:
    """Keys of cycles of the day before this one, from `first` on, that have replies which came after their
    forecasts were made. One of which no forecast was ever made has a failed run to tell of it.
    """
    before = CYCLE.keys(max(first, cycle - _LOOKS_BACK), cycle)
    found = set()
    for provider in providers:
        parsed = _newest(instance, forecasts.key(provider), before)
        replies = _newest(instance, payloads.key(provider), before) if parsed else {}
        found |= {key for key, made in parsed.items() if replies.get(key, made) > made}
    return sorted(found)


def _newest(instance: dg.DagsterInstance, asset: dg.AssetKey, keys: list[str]) -> dict[str, int]:
    """By partition the number of the newest event that made it: events are numbered as they come."""
    wanted = dg.AssetRecordsFilter(asset_key=asset, asset_partitions=keys)
    newest: dict[str, int] = {}
    for record in instance.fetch_materializations(wanted, limit=_MOST_EVENTS).records if keys else ():
        newest.setdefault(str(record.partition_key), record.storage_id)
    return newest
