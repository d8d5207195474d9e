"""Forecasts of a provider, made of the replies that are kept of it.

Belongs here: parsing whole cycles, and bringing those up to date whose replies came in by the drop box. Does
not: any format (core.parsing.parse), or keeping replies (infra.stores.payload_store).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from weather_platform.core.contracts.forecast import FORECAST, MANIFEST, QUARANTINE
from weather_platform.core.fetching.payloads import Damaged
from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.registry import PREVIOUS_RUNS
from weather_platform.core.providers.spec import Provider

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.core.parsing.parse import Parsed
    from weather_platform.infra.platform import Platform

_TRIES = 20


def quarantine_of(provider: Provider) -> str:
    """Table of what was set aside of the provider's replies."""
    return f"quarantine/forecasts/{provider.name}"


def kept_of(provider: Provider, platform: "Platform", cycles: Sequence[datetime]) -> dict[datetime, set[str]]:
    """Names of the replies that are kept, by cycle."""
    return {cycle: platform.payloads.requests(provider.name, cycle) for cycle in cycles}


def parsed(
    provider: Provider, platform: "Platform", keys: Sequence[str], past: Iterable["pd.DataFrame"]
) -> "Parsed":
    """Rows of the cycles of these keys; where nothing was fetched in time, those of `past` (FORECAST)."""
    from weather_platform.core.parsing.parse import parse_payloads
    from weather_platform.core.parsing.quarantine import with_damaged
    from weather_platform.core.parsing.reconstruct import live_first

    damaged: list[Damaged] = []
    cycles = [CYCLE.start(key) for key in keys]
    found = parse_payloads(provider, platform.payloads.read(provider.name, cycles, damaged))
    found = found._replace(quarantine=with_damaged(provider.name, found.quarantine, damaged))
    for rows in past:
        found = found._replace(rows=live_first(found.rows, rows))
    return found


def bring_up_to_date(provider: Provider, platform: "Platform", cycles: Sequence[datetime]) -> None:
    """Make manifest, forecasts and quarantine of these cycles again from the replies that are kept.

    Several runs may do so at once. Whoever finds that replies came while it was at it does it again, so that
    whoever writes last has seen all of them. Raises RuntimeError where they never cease to come.
    """
    name, keys = provider.name, [CYCLE.key(cycle) for cycle in cycles]
    for _ in range(_TRIES):
        kept = kept_of(provider, platform, cycles)
        past = (
            [platform.warehouse.read(f"reconstructed/{name}", FORECAST, keys)]
            if name in PREVIOUS_RUNS
            else []
        )
        found = parsed(provider, platform, keys, past)
        manifest = platform.payloads.manifest(name, cycles)
        platform.warehouse.replace(f"payloads/{name}", MANIFEST, manifest, keys)
        platform.warehouse.replace(quarantine_of(provider), QUARANTINE, found.quarantine, keys)
        platform.warehouse.replace(f"forecasts/{name}", FORECAST, found.rows, keys)
        if kept == kept_of(provider, platform, cycles):
            return
    raise RuntimeError(f"{name}: replies came {_TRIES} times while they were parsed; run this again")


def with_late_replies(
    provider: Provider, platform: "Platform", kept: Mapping[datetime, set[str]]
) -> list[datetime]:
    """To be called when forecasts are stored that were made of the replies `kept`: cycles of which others
    came meanwhile are brought up to date, and returned. Whoever kept those has stored their rows before, and
    we may have put the older ones in their place.
    """
    late = [
        cycle for cycle, names in kept.items() if platform.payloads.requests(provider.name, cycle) != names
    ]
    if late:
        bring_up_to_date(provider, platform, late)
    return late
