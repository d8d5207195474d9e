"""Hourly truth of an archive, one partition a day: the replies kept as served, and the rows read from them.

Belongs here: when an archive is asked for a day. Does not: how (core.history), or which archive's value
counts where several have one (core.observations, core.grid).
"""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.history.registry import in_use
from weather_platform.core.history.spec import Archive
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.defs.common import contract_check, contract_check_spec, described
from weather_platform.defs.partitions import DAYS_PER_RUN, days, keys_of, one_run
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform
from weather_platform.infra.settings import Settings

if TYPE_CHECKING:
    from weather_platform.core.fetch import Failure
    from weather_platform.core.history.spec import DayRows


def key(archive: Archive) -> dg.AssetKey:
    """Key of an archive's truth."""
    return dg.AssetKey(["history", archive.name])


def build(settings: Settings) -> dg.Definitions:
    """One `history/<archive>` asset per archive of the profile."""
    return dg.Definitions(assets=[_asset(archive, settings) for archive in in_use(settings.simulated)])


def _asset(archive: Archive, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=key(archive),
        description=f"{archive.title}: {__doc__}",
        partitions_def=days(settings),
        backfill_policy=one_run(DAYS_PER_RUN),
        pool=f"archive_{archive.name}",
        check_specs=[
            contract_check_spec(key(archive)),
            dg.AssetCheckSpec(
                "complete", asset=key(archive), description="Every day asked for was answered."
            ),
        ],
        **described(OBSERVATION, settings, group="truth", kinds={"api", "parquet"}),
    )
    def history(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        starts = [DAY.start(name) for name in keys_of(context)]
        failures = asyncio.run(_fetch(archive, platform, starts))
        read = _read(archive, platform, starts)
        yield dg.Output(
            read.rows, metadata={"rows_set_aside": len(read.quarantine), "days_missing": len(failures)}
        )
        yield contract_check(key(archive), read.rows, OBSERVATION)
        yield dg.AssetCheckResult(
            check_name="complete",
            asset_key=key(archive),
            passed=not failures,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"reasons": [f"{failure.request}: {failure.reason}" for failure in failures[:40]]},
        )

    return history


async def _fetch(archive: Archive, platform: Platform, starts: list[datetime]) -> "list[Failure]":
    from weather_platform.core.history.fetch import fetch_days
    from weather_platform.infra.http import client

    progress = partial(platform.progress, f"fetch {archive.title}")
    async with client(archive, platform.settings) as http:
        return await fetch_days(archive, http, starts, platform.payloads, platform.now, progress=progress)


def _read(archive: Archive, platform: Platform, starts: list[datetime]) -> "DayRows":
    """Rows of the days' replies; those that could not be read go to the table
    `quarantine/history/<archive>`.
    """
    import pandas as pd

    from weather_platform.core.history.fetch import fetch_cycle_of
    from weather_platform.core.history.spec import DayRows
    from weather_platform.core.schema import conform, empty

    kept = sorted({fetch_cycle_of(archive, start) for start in starts})
    parts = [archive.parse(meta, body) for meta, body in platform.payloads.read(archive.name, kept)]
    rows = conform(
        pd.concat([empty(OBSERVATION), *(part.rows for part in parts)], ignore_index=True), OBSERVATION
    )
    quarantine = pd.concat([empty(QUARANTINE), *(part.quarantine for part in parts)], ignore_index=True)
    platform.warehouse.replace(
        f"quarantine/history/{archive.name}", QUARANTINE, quarantine, [CYCLE.key(cycle) for cycle in kept]
    )
    return DayRows(rows, quarantine)
