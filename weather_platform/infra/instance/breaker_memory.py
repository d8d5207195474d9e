"""Where the state of circuit breakers outlives a run: the small key-value table of Dagster's instance, which
is in its SQLite file or its Postgres.

Belongs here: reading and writing it. Does not: what the state means (core.fetching.breaker).
"""

import json
from datetime import datetime
from typing import TYPE_CHECKING

from weather_platform.core.fetching.breaker import State

if TYPE_CHECKING:
    import dagster as dg


def recall(instance: "dg.DagsterInstance", provider: str) -> State:
    """The state that the last run left; closed where there is none that can be read."""
    key = _key(provider)
    text = instance.run_storage.get_cursor_values({key}).get(key)
    try:
        until, openings, last = json.loads(text or "null")
        return State(datetime.fromisoformat(until), int(openings), str(last))
    except (TypeError, ValueError):
        return State()


def remember(instance: "dg.DagsterInstance", provider: str, state: State) -> None:
    """Keep the state for the next run."""
    until = None if state.until is None else state.until.isoformat()
    instance.run_storage.set_cursor_values({_key(provider): json.dumps([until, state.openings, state.last])})


def _key(provider: str) -> str:
    return f"weather_platform/breaker/{provider}"
