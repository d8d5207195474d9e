"""Alerts until they have left: what a channel did not take is kept, and goes with the next ones.

Belongs here: what is kept, in the small key-value table of Dagster's instance. Does not: the channels (see
alerts), or when somebody looks (defs.watch), who then also tries again.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.run_lock import run_lock
from weather_platform.infra.watch.alerts import Alert, AlertError, Channel, channels

if TYPE_CHECKING:
    import dagster as dg

_LOCK = "alerts"
_MOST_KEPT = 50  # of a channel; the oldest are dropped


def tell(settings: Settings, instance: "dg.DagsterInstance", alerts: Sequence[Alert]) -> list[str]:
    """Send by every channel, newest first, with what it did not take before; returns what went wrong, so that
    one dead channel does not silence another. With no `alerts`, what was kept is tried again.
    """
    problems: list[str] = []
    if not (there := channels(settings)):
        return problems
    with run_lock(settings, _LOCK, wait=True):  # two sensors tell
        for channel in there:
            kept = _recall(instance, channel)
            if not (waiting := [*alerts, *kept]):
                continue
            try:
                channel.send(waiting)
            except AlertError as error:
                problems.append(str(error))
            else:
                waiting = []
            if waiting != kept:
                _remember(instance, channel, waiting[:_MOST_KEPT])
    return problems


def _recall(instance: "dg.DagsterInstance", channel: Channel) -> list[Alert]:
    """What the channel did not take; nothing where that cannot be read."""
    key = _key(channel)
    text = instance.run_storage.get_cursor_values({key}).get(key)
    try:
        kept = json.loads(text or "[]")
        return [Alert(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in kept]
    except (TypeError, ValueError, KeyError):
        return []


def _remember(instance: "dg.DagsterInstance", channel: Channel, alerts: Sequence[Alert]) -> None:
    text = json.dumps([alert.as_json() for alert in alerts])
    instance.run_storage.set_cursor_values({_key(channel): text})


def _key(channel: Channel) -> str:
    return f"weather_platform/unsent/{channel.name}"
