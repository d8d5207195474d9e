"""Forecasts of cycles that are over, made again from the provider's archive of previous runs.

Belongs here: when the archive is asked. Does not: how (core.parsing.reconstruct, core.providers). A provider
that keeps its previous runs gives a newcomer a past on the first day: backfill this asset over the last
months, then `forecasts` and what follows. Rows say where they come from (`reconstructed_from`); what was
fetched in time goes before them.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.forecast import FORECAST, QUARANTINE
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.providers.registry import PREVIOUS_RUNS
from weather_platform.core.providers.spec import PreviousRuns, Provider
from weather_platform.defs import locations, payloads
from weather_platform.defs.common import (
    complete_check,
    complete_check_spec,
    contract_check,
    contract_check_spec,
    described,
)
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import by_cycle, keys_of
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    from weather_platform.core.fetching.fetch import Failure
    from weather_platform.core.places import Place


def key(provider: Provider) -> dg.AssetKey:
    """Key of a provider's reconstructed forecasts."""
    return dg.AssetKey(["reconstructed", provider.name])


def build(settings: Settings) -> dg.Definitions:
    """One `reconstructed/<provider>` asset per provider in use that keeps its previous runs."""
    kept = [provider for provider in payloads.in_use(settings) if provider.name in PREVIOUS_RUNS]
    return dg.Definitions(
        assets=[_asset(provider, PREVIOUS_RUNS[provider.name], settings) for provider in kept]
    )


def _asset(provider: Provider, previous: PreviousRuns, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=key(provider),
        description=said(__doc__, previous.title),
        ins={"locations": dg.AssetIn(locations.KEY)},
        **by_cycle(settings),
        pool=f"provider_{provider.name}",
        check_specs=[
            contract_check_spec(key(provider)),
            complete_check_spec(key(provider), "Every day that the cycles need was answered."),
        ],
        **described(FORECAST, settings, group="reconstructed", kinds={"api", "parquet"}),
    )
    def reconstructed(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform], locations: DataFrame
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.core.fetching.payloads import Damaged
        from weather_platform.core.fetching.spans import cycles_of
        from weather_platform.core.panel.places_file import places_of
        from weather_platform.core.parsing.quarantine import with_damaged
        from weather_platform.core.parsing.reconstruct import reconstruct

        keys = keys_of(context)
        starts = [CYCLE.start(name) for name in keys]
        failures = asyncio.run(_fetch(previous, provider, platform, places_of(locations), starts))
        kept = cycles_of(previous, _valid_days(previous, platform, starts))
        damaged: list[Damaged] = []
        replies = platform.payloads.read(previous.name, kept, damaged)
        parsed = reconstruct(previous, provider, replies, starts, platform.settings.horizon_hours)
        aside = with_damaged(provider.name, parsed.quarantine, damaged)
        platform.warehouse.replace(
            f"quarantine/reconstructed/{provider.name}",
            QUARANTINE,
            aside,
            [CYCLE.key(cycle) for cycle in kept],
        )
        told = of_run(context, {"rows_set_aside": len(aside)})
        yield dg.Output(parsed.rows, metadata=told)
        yield contract_check(key(provider), parsed.rows, FORECAST)
        yield complete_check(key(provider), [f"{failure.request}: {failure.reason}" for failure in failures])

    return reconstructed


def _valid_days(previous: PreviousRuns, platform: Platform, starts: list[datetime]) -> list[datetime]:
    """Days of valid time to ask for: those that are over by the clock."""
    from weather_platform.core.parsing.reconstruct import valid_days

    after = starts[-1] + timedelta(days=previous.longest_days + 2)
    return valid_days(previous, starts, until=DAY.floor(platform.now(after)))


async def _fetch(
    previous: PreviousRuns,
    provider: Provider,
    platform: Platform,
    places: "Sequence[Place]",
    starts: list[datetime],
) -> "list[Failure]":
    from weather_platform.core.history.fetch import fetch_spans
    from weather_platform.infra.web.http import client

    asked = [place for place in places if provider.covers(place)]
    async with client(previous, platform.settings) as http:
        return await fetch_spans(
            previous,
            http,
            _valid_days(previous, platform, starts),
            asked,
            platform.payloads,
            now=platform.now,
            progress=partial(platform.progress, f"fetch {previous.title}"),
            limiter=payloads.limiter(platform, provider),
        )
