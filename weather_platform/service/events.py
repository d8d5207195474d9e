"""What a call means: a tick of a schedule, or an upload that Pub/Sub announces.

Belongs here: reading and validating both, pure. Does not: who called (tokens), or doing it (app, jobs).

Formats: Cloud Scheduler's header `X-CloudScheduler-ScheduleTime` (RFC 3339), Pub/Sub's push body
(`PubsubMessage` JSON), Cloud Storage's notification attributes (`JSON_API_V1` or none as payload).
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from weather_platform.infra.roles import TICK_ROLES, tick_role

MAX_BODY_BYTES = 1_000_000
UPLOADS_TICK = "new_uploads"
# Cloud Scheduler gives up well within a day. Older ticks are replays, or ask for what is over.
_OLDEST_TICK = timedelta(days=2)
_NEWEST_TICK = timedelta(minutes=5)
_FINALIZED = "OBJECT_FINALIZE"
_MESSAGE_ID = re.compile(r"[!-~]{1,256}")
_OBJECT_NAME = re.compile(r"[^\x00-\x1f\x7f]+")
_MAX_NAME_BYTES = 1024


@dataclass(frozen=True)
class Event:
    """Something to start once, by the role that answers. `key` is equal for every delivery of it."""

    key: str
    tick: str
    role: str
    at: datetime | None = None

    @property
    def sensor(self) -> str | None:
        """The sensor that is to look at all that is there; None for a tick, which is of its own time."""
        return self.tick if self.at is None else None

    @property
    def command(self) -> list[str]:
        """The worker's command."""
        at = [] if self.at is None else ["--at", self.at.isoformat()]
        return ["weather-platform", "tick", self.tick, *at]


class Rejected(Exception):  # noqa: N818 - it is the caller's fault, and says so in the answer
    """A tick that must not take effect."""


class Poison(Exception):  # noqa: N818
    """A message that no redelivery can make right. `key` is equal for every delivery of it."""

    def __init__(self, reason: str, key: str | None = None) -> None:
        super().__init__(reason)
        self.key = key


def tick(name: str, scheduled: str | None, now: datetime) -> Event:
    """The event of a scheduled tick. Raises Rejected, saying why."""
    role = tick_role(name)
    if role is None:
        raise Rejected(f"no schedule or sensor is named {name!r}")
    try:
        at = datetime.fromisoformat(scheduled or "")
    except ValueError as error:
        raise Rejected("X-CloudScheduler-ScheduleTime must be an RFC 3339 time") from error
    if at.tzinfo is None:
        raise Rejected("X-CloudScheduler-ScheduleTime has no time zone")
    if not now - _OLDEST_TICK <= at <= now + _NEWEST_TICK:
        raise Rejected(f"the tick of {at.isoformat()} is not of now")
    at = at.astimezone(UTC).replace(microsecond=0)
    return Event(f"tick/{name}/{at.isoformat()}", name, role, at)


def pushed(body: bytes, bucket: str, prefix: str) -> Event | None:
    """The event of a pushed notification; None for one that asks for nothing. Raises Poison, saying why."""
    message = _message(body)
    attributes = message.get("attributes")
    key = f"message/{message['messageId']}"
    if not isinstance(attributes, dict):
        raise Poison("the message has no attributes; is it from Cloud Storage?", key)
    if attributes.get("eventType") != _FINALIZED:
        return None
    if attributes.get("bucketId") != bucket:
        raise Poison(f"the message is not about the bucket {bucket}", key)
    name, generation = attributes.get("objectId"), attributes.get("objectGeneration")
    if not isinstance(name, str) or not _OBJECT_NAME.fullmatch(name) or not _fits(name):
        raise Poison("objectId is not the name of an object", key)
    if not isinstance(generation, str) or not re.fullmatch(r"[0-9]{1,20}", generation):
        raise Poison("objectGeneration is not a number", key)
    return (
        Event(f"upload/{bucket}/{name}#{generation}", UPLOADS_TICK, TICK_ROLES[UPLOADS_TICK])
        if name.startswith(prefix)
        else None
    )


def _message(body: bytes) -> dict[str, Any]:
    """The message within a push, with a message id."""
    try:
        message = json.loads(body)["message"]
        if isinstance(message["messageId"], str) and _MESSAGE_ID.fullmatch(message["messageId"]):
            return dict(message)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Poison("the body is not a Pub/Sub push") from error
    raise Poison("messageId is not a short text")


def _fits(name: str) -> bool:
    """Whether Cloud Storage has such names, and Postgres such keys. JSON may carry half of a surrogate pair,
    which neither takes.
    """
    try:
        return len(name.encode()) <= _MAX_NAME_BYTES
    except UnicodeEncodeError:
        return False
