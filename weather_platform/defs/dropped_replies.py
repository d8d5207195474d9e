"""Replies of providers that came in by the drop box: their cycles are parsed in the run that kept them.

Belongs here: which partitions a run over uploads brings up to date. Does not: parsing
(infra.reading.parsed_cycles). What lies below them follows as if they had been fetched (defs.follow).
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.partitions import CYCLE
from weather_platform.defs import forecasts, payloads
from weather_platform.defs.partitions import cycles
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    from weather_platform.core.fetching.payloads import Meta


def may_not_be_kept(settings: Settings, provider: str) -> str:
    """Why no reply of the provider may be kept; empty where it may."""
    from weather_platform.core.providers.registry import PROVIDERS

    if payloads.may_be_kept(PROVIDERS[provider], settings):
        return ""
    return f"the terms of {PROVIDERS[provider].title} forbid keeping what it says"


def parsed(platform: Platform, kept: "Iterable[Meta]") -> Iterator[dg.AssetMaterialization]:
    """Parse the cycles of these replies; of a provider that is not in use they wait for the day it is, and
    before the first day there is no cycle.
    """
    from weather_platform.infra.reading.parsed_cycles import bring_up_to_date

    by_provider: dict[str, set[str]] = {}
    for meta in kept:
        by_provider.setdefault(meta.provider, set()).add(CYCLE.key(meta.cycle))
    there = set(cycles(platform.settings).get_partition_keys()) if by_provider else set()
    for provider in payloads.in_use(platform.settings):
        if keys := sorted(by_provider.get(provider.name, set()) & there):
            bring_up_to_date(provider, platform, [CYCLE.start(key) for key in keys])
            for key in keys:
                yield dg.AssetMaterialization(payloads.key(provider), partition=key)
                yield dg.AssetMaterialization(forecasts.key(provider), partition=key)
