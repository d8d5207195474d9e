"""Hourly truth of an archive, one partition a day: the replies kept as served, and the rows read from them.

Belongs here: when an archive is asked for a day. Does not: how (core.history), or which archive's value
counts where several have one (core.observations, core.grid).
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.history.registry import in_use
from weather_platform.core.history.spec import Archive
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.defs import locations
from weather_platform.defs.common import (
    complete_check,
    complete_check_spec,
    contract_check,
    contract_check_spec,
    described,
)
from weather_platform.defs.late import tell_lacking
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import by_day, keys_of
from weather_platform.defs.payloads import limiter
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    from weather_platform.core.fetching.fetch import Failure
    from weather_platform.core.history.spec import DayRows
    from weather_platform.core.places import Place


def key(archive: Archive) -> dg.AssetKey:
    """Key of an archive's truth."""
    return dg.AssetKey(["history", archive.name])


def build(settings: Settings) -> dg.Definitions:
    """One `history/<archive>` asset per archive of the profile."""
    return dg.Definitions(
        assets=[_asset(archive, settings) for archive in in_use(settings.simulated, settings.archives)]
    )


def _asset(archive: Archive, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=key(archive),
        description=said(__doc__, archive.title),
        ins={"locations": dg.AssetIn(locations.KEY)},
        **by_day(settings),
        pool=f"provider_{archive.counted_with}" if archive.counted_with else f"archive_{archive.name}",
        check_specs=[
            contract_check_spec(key(archive)),
            complete_check_spec(key(archive), "Every day asked for was answered."),
        ],
        **described(OBSERVATION, settings, group="truth", kinds={"api", "parquet"}),
    )
    def history(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform], locations: DataFrame
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.core.history.fetch import failed_days
        from weather_platform.core.panel.places_file import places_of

        starts = [DAY.start(name) for name in keys_of(context)]
        failures = asyncio.run(_fetch(archive, platform, starts, places_of(locations)))
        read = _read(archive, platform, starts)
        lacking = failed_days(archive, starts, failures)
        tell_lacking(context, map(DAY.key, lacking))
        told = {"rows_set_aside": len(read.quarantine), "days_missing": len(lacking)}
        yield dg.Output(read.rows, metadata=of_run(context, told))
        yield contract_check(key(archive), read.rows, OBSERVATION)
        yield complete_check(key(archive), [f"{failure.request}: {failure.reason}" for failure in failures])

    return history


async def _fetch(
    archive: Archive, platform: Platform, starts: list[datetime], places: "Sequence[Place]"
) -> "list[Failure]":
    from weather_platform.core.history.fetch import fetch_days, fetch_spans
    from weather_platform.infra.web.http import client

    shared = PROVIDERS.get(archive.counted_with)
    progress = partial(platform.progress, f"fetch {archive.title}")
    async with client(archive, platform.settings) as http:
        if archive.spans is not None:
            return await fetch_spans(
                archive,
                http,
                starts,
                places,
                platform.payloads,
                now=platform.now,
                progress=progress,
                limiter=limiter(platform, shared) if shared else None,
                lacks=archive.lacks,
            )
        return await fetch_days(archive, http, starts, platform.payloads, platform.now, progress=progress)


def _read(archive: Archive, platform: Platform, starts: list[datetime]) -> "DayRows":
    """Rows of the days' replies; those that could not be read go to the table
    `quarantine/history/<archive>`.
    """
    import pandas as pd

    from weather_platform.core.fetching.payloads import Damaged
    from weather_platform.core.history.fetch import kept_in
    from weather_platform.core.history.spec import DayRows
    from weather_platform.core.parsing.quarantine import with_damaged
    from weather_platform.core.tables.schema import conform, empty

    kept = kept_in(archive, starts)
    damaged: list[Damaged] = []
    parts = [archive.parse(meta, body) for meta, body in platform.payloads.read(archive.name, kept, damaged)]
    rows = pd.concat([empty(OBSERVATION), *(part.rows for part in parts)], ignore_index=True)
    if archive.spans is not None:  # replies about several days, of which some may have been asked for before
        rows = rows[rows["time"].dt.floor("D").isin(starts)].drop_duplicates(
            list(OBSERVATION.key), keep="last"
        )
    rows = conform(rows, OBSERVATION).reset_index(drop=True)
    quarantine = pd.concat([empty(QUARANTINE), *(part.quarantine for part in parts)], ignore_index=True)
    quarantine = with_damaged(archive.name, quarantine, damaged)
    platform.warehouse.replace(
        f"quarantine/history/{archive.name}", QUARANTINE, quarantine, [CYCLE.key(cycle) for cycle in kept]
    )
    return DayRows(rows, quarantine)
