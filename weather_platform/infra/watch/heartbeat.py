"""The sign of life that the scheduler leaves where anyone outside can see it.

Belongs here: writing and reading it. Does not: when it counts as dead (core.health.checks).
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from weather_platform.infra.platform import Platform

_NAME = "heartbeat.json"


class Untold(NamedTuple):
    """A channel that did not take alerts: how many wait, since when, and what it said last."""

    channel: str
    alerts: int
    since: datetime
    problem: str


class Beat(NamedTuple):
    """When the scheduler said that it lives, after how long it was to say so again, and whom it could not
    tell.
    """

    alive_at: datetime
    interval: timedelta
    untold: tuple[Untold, ...] = ()


def beat(platform: Platform, now: datetime, untold: Sequence[Untold] = ()) -> None:
    """Say that the scheduler lives, when to expect the next word, and what of its alerts did not leave: who
    judges may run elsewhere.
    """
    seconds = platform.settings.watch_interval.total_seconds()
    kept = [{**one._asdict(), "since": one.since.isoformat()} for one in untold]
    said = {"alive_at": now.isoformat(), "interval_seconds": seconds, "untold": kept}
    platform.publish(_NAME, json.dumps(said).encode())


def last_beat(platform: Platform) -> Beat | None:
    """What the scheduler last said; None where it never did, and where that cannot be read, as after a power
    cut that left an empty file: the next word replaces it.
    """
    seconds = platform.settings.watch_interval.total_seconds()
    try:
        said = json.loads(platform.published(_NAME) or b"{}")
        alive_at = datetime.fromisoformat(said["alive_at"]).astimezone(UTC)
        untold = tuple(
            Untold(**{**one, "since": datetime.fromisoformat(one["since"]).astimezone(UTC)})
            for one in said.get("untold", ())
        )
        return Beat(alive_at, timedelta(seconds=said.get("interval_seconds", seconds)), untold)
    except (ValueError, KeyError, TypeError, OverflowError):
        return None
