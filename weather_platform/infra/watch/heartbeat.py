"""The sign of life that the scheduler leaves where anyone outside can see it.

Belongs here: writing and reading it. Does not: when it counts as dead (core.health.checks).
"""

import json
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from weather_platform.infra.platform import Platform

_NAME = "heartbeat.json"


class Beat(NamedTuple):
    """When the scheduler said that it lives, and after how long it was to say so again."""

    alive_at: datetime
    interval: timedelta


def beat(platform: Platform, now: datetime) -> None:
    """Say that the scheduler lives, and when to expect the next word: who judges may run elsewhere."""
    seconds = platform.settings.watch_interval.total_seconds()
    said = {"alive_at": now.isoformat(), "interval_seconds": seconds}
    platform.publish(_NAME, json.dumps(said).encode())


def last_beat(platform: Platform) -> Beat | None:
    """What the scheduler last said; None where it never did, and where that cannot be read, as after a power
    cut that left an empty file: the next word replaces it.
    """
    seconds = platform.settings.watch_interval.total_seconds()
    try:
        said = json.loads(platform.published(_NAME) or b"{}")
        alive_at = datetime.fromisoformat(said["alive_at"]).astimezone(UTC)
        return Beat(alive_at, timedelta(seconds=said.get("interval_seconds", seconds)))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None
