"""Alerts until they have left: what a channel did not take is kept, and goes with the next ones.

Belongs here: what is kept, in the small key-value table of Dagster's instance. Does not: the channels (see
alerts), or when somebody looks (defs.watch), who then also tries again.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.run_lock import run_lock
from weather_platform.infra.watch.alerts import Alert
from weather_platform.infra.watch.channels import AlertError, Channel, channels
from weather_platform.infra.watch.heartbeat import Untold

if TYPE_CHECKING:
    import dagster as dg

_LOCK = "alerts"
_MOST_KEPT = 50  # of a channel; the oldest are dropped


class _Kept(NamedTuple):
    """What a channel did not take, newest first, since when it takes nothing, and what it said last."""

    alerts: list[Alert]
    since: datetime
    problem: str


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
            if not (waiting := [*alerts, *(kept.alerts if kept else ())]):
                continue
            try:
                channel.send(waiting)
            except AlertError as error:
                problems.append(str(error))
                since = kept.since if kept else min(alert.at for alert in waiting)
                _remember(instance, channel, _Kept(waiting[:_MOST_KEPT], since, str(error)))
            else:
                if kept:
                    _remember(instance, channel, None)
    return problems


def untold(settings: Settings, instance: "dg.DagsterInstance") -> list[Untold]:
    """The channels that did not take what they were last given."""
    kept = [(channel.name, _recall(instance, channel)) for channel in channels(settings)]
    return [Untold(name, len(one.alerts), one.since, one.problem) for name, one in kept if one]


def _recall(instance: "dg.DagsterInstance", channel: Channel) -> _Kept | None:
    """What the channel did not take; None where it took all, and where that cannot be read."""
    key = _key(channel)
    try:
        said = json.loads(instance.run_storage.get_cursor_values({key}).get(key) or "null")
        alerts = [Alert(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in said["alerts"]]
        return _Kept(alerts, datetime.fromisoformat(said["since"]), said["problem"])
    except (TypeError, ValueError, KeyError):
        return None


def _remember(instance: "dg.DagsterInstance", channel: Channel, kept: _Kept | None) -> None:
    said = kept and {
        "alerts": [alert.as_json() for alert in kept.alerts],
        "since": kept.since.isoformat(),
        "problem": kept.problem,
    }
    instance.run_storage.set_cursor_values({_key(channel): json.dumps(said)})


def _key(channel: Channel) -> str:
    return f"weather_platform/unsent/{channel.name}"
