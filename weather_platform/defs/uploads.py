"""Rows of files that users dropped, one partition per upload: one content of one name with one mapping.

Belongs here: what a run over uploads leaves in which table. Does not: which uploads there are and when they
are read (defs.drop_box), or reading files (core.uploads). Files and mappings are kept as they came; the rows
can be made again from them at any time. Rows set aside go to the table `quarantine/uploads`. A file that
cannot be read fails the check `readable` and nothing else; what it was to replace stays until it is mended.
"""

import time
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import dagster as dg

from weather_platform.core.contracts.truth import UPLOADED_OBSERVATION
from weather_platform.core.contracts.uploads import (
    FEATURE,
    FEATURES,
    FORECASTS,
    OBSERVATIONS,
    REJECTED,
    UPLOADED_FORECAST,
)
from weather_platform.core.tables.contract import Contract
from weather_platform.defs import dropped_replies, locations, upload_checks, uploaded_forecasts
from weather_platform.defs.common import contract_check, contract_check_spec, described
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import UPLOADS_PER_RUN, one_run
from weather_platform.defs.partitions import uploads as upload_partitions
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform
from weather_platform.infra.reading.unreadable_uploads import QUARANTINE_TABLE

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.infra.reading.upload_reader import ReadRun

CONTRACTS: dict[str, tuple[Contract, str, set[str]]] = {
    OBSERVATIONS: (UPLOADED_OBSERVATION, "truth", {"csv", "parquet"}),
    FORECASTS: (UPLOADED_FORECAST, "forecasts", {"csv", "parquet"}),
    FEATURES: (FEATURE, "media", {"parquet"}),
}
KEY = upload_checks.UPLOADS
KEYS = [dg.AssetKey(table) for table in CONTRACTS]
_SIGN_OF_LIFE_SECONDS = 15.0


def build(settings: Settings) -> dg.Definitions:
    """The assets `uploads`, `uploaded_forecasts` and `uploaded_features`, made by one step."""

    @dg.multi_asset(
        name="uploads",
        outs={table: _out(table, settings) for table in CONTRACTS},
        ins={"locations": dg.AssetIn(locations.KEY)},
        partitions_def=upload_partitions(),
        backfill_policy=one_run(UPLOADS_PER_RUN),
        check_specs=[
            contract_check_spec(KEY),
            *upload_checks.specs(),
        ],
    )
    def uploads(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform], locations: DataFrame
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult | dg.AssetMaterialization]:
        run = _read(context, platform, _panel(platform, locations))
        _set_aside(platform, run)
        changed = uploaded_forecasts.Changed(platform, [*run.readings, *run.replaced])
        _empty(platform, run)
        for table in sorted(set(CONTRACTS) - {OBSERVATIONS}):
            if (rows := _gathered(run, table)) is not None:
                upload_checks.tell_of_each(context, platform, run, table)
                yield dg.Output(rows, output_name=table)
        yield from changed.cycles()
        yield from dropped_replies.parsed(platform, run.replies)
        # Last, and always: an upload whose observations are materialized, be they none, was read.
        rows = _gathered(run, OBSERVATIONS, always=True)
        upload_checks.tell_of_each(context, platform, run, OBSERVATIONS)
        told = of_run(context, upload_checks.summary(platform, run))
        yield dg.Output(rows, output_name=OBSERVATIONS, metadata=told)
        yield contract_check(KEY, rows, UPLOADED_OBSERVATION)
        yield upload_checks.readable(platform)
        yield upload_checks.nothing_set_aside(platform, run)

    return dg.Definitions(assets=[uploads])


def _panel(platform: Platform, stored: "pd.DataFrame") -> "pd.DataFrame":
    """The places as their file says now: what is stored is of the last cycle, on the first day of none, and
    rows at a position without a place near it are lost. Where the file is at fault, which `locations` tells,
    the stored ones.
    """
    from weather_platform.core.panel.places_file import PanelError, panel

    try:
        return panel(platform.settings.locations_file, platform.settings.lattice_file)
    except PanelError:
        return stored


def _read(context: dg.AssetExecutionContext, platform: Platform, locations: DataFrame) -> "ReadRun":
    """Read the run's uploads, with a line in the log now and then: a run that is silent for long is taken
    for dead.
    """
    from weather_platform.infra.reading.upload_reader import read_uploads

    keys, spoke = list(context.partition_keys), time.monotonic()

    def told(done: int) -> None:
        nonlocal spoke
        platform.progress("read uploads", done, len(keys))
        if time.monotonic() - spoke > _SIGN_OF_LIFE_SECONDS:
            context.log.info(f"{done} of {len(keys)} uploads read")
            spoke = time.monotonic()

    refused = partial(dropped_replies.may_not_be_kept, platform.settings)
    return read_uploads(platform, keys, locations, told, refused)


def _out(table: str, settings: Settings) -> dg.AssetOut:
    contract, group, kinds = CONTRACTS[table]
    return dg.AssetOut(
        key=dg.AssetKey(table),
        description=said(__doc__) if table == OBSERVATIONS else contract.description,
        dagster_type=DataFrame,
        is_required=table == OBSERVATIONS,
        **described(contract, settings, group=group, kinds=kinds),
    )


def _gathered(run: "ReadRun", table: str, *, always: bool = False) -> Any:
    """The run's rows of a table; None where no file had any, unless they are wanted always."""
    import pandas as pd

    from weather_platform.core.tables.schema import conform, empty

    contract = CONTRACTS[table][0]
    parts = [reading.rows[table] for reading in run.readings.values() if table in reading.rows]
    if not parts and not always:
        return None
    return conform(pd.concat([empty(contract), *parts], ignore_index=True), contract).reset_index(drop=True)


def _set_aside(platform: Platform, run: "ReadRun") -> None:
    """Keep what is wrong with the run's uploads, and forget what was wrong with those that they replace."""
    import pandas as pd

    faulty = {key: reading.rejected for key, reading in run.readings.items() if len(reading.rejected)}
    there = set(platform.warehouse.keys(QUARANTINE_TABLE))
    keys = sorted({*faulty, *(there & {*run.readings, *run.replaced})})
    if keys:
        lines = [reading.rejected for reading in run.readings.values()]
        platform.warehouse.replace(QUARANTINE_TABLE, REJECTED, pd.concat(lines, ignore_index=True), keys)


def _empty(platform: Platform, run: "ReadRun") -> None:
    """Empty what is replaced, and what this run's uploads no longer have rows of; before the new rows are
    stored: a run that ends in between is run again.
    """
    from weather_platform.core.tables.schema import empty

    for table, (contract, _, _) in CONTRACTS.items():
        none = {key for key, reading in run.readings.items() if table not in reading.rows}
        gone = run.replaced | (none if table != OBSERVATIONS else set())
        if keys := sorted(gone & set(platform.warehouse.keys(table))) if gone else []:
            platform.warehouse.replace(table, contract, empty(contract), keys)
