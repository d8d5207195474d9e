"""What was spent of a provider's quota, read from the replies that are kept: nothing else has to be in step.

Belongs here: where the record of calls is. Does not: the limits and their arithmetic (core.fetching.quota). A
reply's record holds what all attempts at it cost; a call that brought none (timeouts, 500s) leaves no record,
and counts only within its own run.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from weather_platform.core.contracts.forecast import MANIFEST
from weather_platform.core.fetching.quota import Spent
from weather_platform.core.history.registry import ARCHIVES
from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.registry import PREVIOUS_RUNS
from weather_platform.core.providers.spec import Provider
from weather_platform.core.providers.terms import LENGTH
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

# Cycles so young may still be fetched, so their table may know less than the objects do.
_UNSETTLED = timedelta(days=1)


def spent(platform: Platform, provider: Provider, now: datetime) -> list[Spent]:
    """Times and weights of the kept calls that the provider's longest window still holds, those included
    that are made to archives of its own.
    """
    if not provider.terms.limits:
        return []
    since = now - max(LENGTH[limit.window] for limit in provider.terms.limits)
    frames = [*_forecasts(platform, provider, since, now)]
    frames += [platform.payloads.manifest_since(name, since) for name in _archives(provider)]
    return [
        (time.to_pydatetime(), float(weight))
        for frame in frames
        for time, weight in zip(frame["fetched_at"], frame["quota_weight"], strict=True)
        if since < time <= now
    ]


def _forecasts(
    platform: Platform, provider: Provider, since: datetime, now: datetime
) -> Iterator["pd.DataFrame"]:
    """Older cycles are read from the table `payloads/<provider>`; recent ones, and those that a killed run
    left out of the table, from the headers of the objects themselves.
    """
    table = f"payloads/{provider.name}"
    kept = [
        key
        for key in platform.payloads.cycles(provider.name, since - CYCLE.length)
        if since - CYCLE.length <= CYCLE.start(key) <= now
    ]
    settled = set(platform.warehouse.keys(table))
    old = [key for key in kept if key in settled and CYCLE.start(key) < now - _UNSETTLED]
    yield platform.payloads.manifest(provider.name, [CYCLE.start(key) for key in kept if key not in set(old)])
    if old:
        yield platform.warehouse.read(table, MANIFEST, old, ["fetched_at", "quota_weight"])


def _archives(provider: Provider) -> list[str]:
    """Who is asked under the same limits. Their replies are kept under days of long ago."""
    previous = PREVIOUS_RUNS.get(provider.name)
    named = [archive.name for archive in ARCHIVES.values() if archive.counted_with == provider.name]
    return [*named, *([previous.name] if previous else [])]
