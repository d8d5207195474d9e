"""The sign of life that the scheduler leaves where anyone outside can see it.

Belongs here: writing and reading it. Does not: when it counts as dead (core.health.checks).
"""

import json
from datetime import datetime

from weather_platform.infra.platform import Platform

_NAME = "heartbeat.json"


def beat(platform: Platform, now: datetime) -> None:
    """Say that the scheduler lives."""
    platform.publish(_NAME, json.dumps({"alive_at": now.isoformat()}).encode())


def last_beat(platform: Platform) -> datetime | None:
    """When the scheduler last said so; None where it never did."""
    published = platform.published(_NAME)
    return None if published is None else datetime.fromisoformat(json.loads(published)["alive_at"])
