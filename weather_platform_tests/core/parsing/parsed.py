"""Replies made into rows as the platform does it, and held to the contracts."""

from datetime import datetime
from typing import Any

from weather_platform.core.contracts.forecast import FORECAST, QUARANTINE
from weather_platform.core.parsing.parse import Parsed, Source, assemble
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Asked
from weather_platform.core.tables.schema import check
from weather_platform_tests.replies import EXAMPLES, START, encoded

HERE = Place("here", 46.5, 7.0)
REPLIES: dict[str, Any] = {name: example.reply for name, example in EXAMPLES.items()}


def source(reply: Any, fetched_at: datetime = START, name: str = "x", place: Place = HERE) -> Source:
    body = reply if isinstance(reply, bytes) else encoded(reply)
    return Source(name, CYCLE.floor(fetched_at), Asked((place,), fetched_at), body)


def parsed(reply: Any, fetched_at: datetime = START, provider: str = "open_meteo") -> Parsed:
    result = assemble(PROVIDERS[provider], [source(reply, fetched_at)])
    for frame, contract in ((result.rows, FORECAST), (result.quarantine, QUARANTINE)):
        assert frame.empty or check(frame, contract).bad.empty
    return result
