"""Events as Cloud Scheduler and Pub/Sub bring them to the service."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from weather_platform_tests.service.conftest import BUCKET

_begun = datetime.now(UTC)  # not the time of each call: that may pass a minute, and then two calls agree
_minutes = iter(range(1, 600))


def a_time() -> str:
    """A tick's time that no other test uses."""
    return (_begun - timedelta(minutes=next(_minutes))).strftime("%Y-%m-%dT%H:%M:00Z")


def pushed(name: str, message: str, **changed: Any) -> bytes:
    """The body that Pub/Sub pushes when an object was finished."""
    attributes = {
        "eventType": "OBJECT_FINALIZE",
        "bucketId": BUCKET,
        "objectId": name,
        "objectGeneration": "1700000000000001",
        "payloadFormat": "NONE",
    }
    data = base64.b64encode(b"{}").decode()
    body = {"messageId": message, "publishTime": "2026-09-03T18:15:00Z", "data": data}
    return json.dumps(
        {"message": body | {"attributes": attributes | changed}, "subscription": "projects/p/subscriptions/s"}
    ).encode()
