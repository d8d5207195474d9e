"""Rows of an archive's files that places need, one partition a file.

Belongs here: which files are registered as partitions and asked for, and when they are fetched. Does not: the
listings that name them (defs.listings), what is new (core.history.due), or the files' rows
(core.history.formats).

A file is a partition by its name; a changed version replaces its predecessor's rows. What was read is
remembered in the object store, not in Dagster's run keys: a failed run's files are asked for again, and
neither a reset cursor nor a killed daemon loses any. A file that cannot be had is asked for after an hour,
then ever more seldom, and holds up no other.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster import DagsterRunStatus as Status

from weather_platform.core.contracts.archives import LISTING
from weather_platform.core.contracts.truth import STATION_REPORT
from weather_platform.core.history.due import Due, due
from weather_platform.core.history.scraped import Scraped
from weather_platform.defs import stations
from weather_platform.defs.common import (
    complete_check,
    complete_check_spec,
    contract_check,
    contract_check_spec,
    described,
)
from weather_platform.defs.listings import listing_key
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import STATION_FILES_PER_RUN, one_run, station_files
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame, IbisTable
from weather_platform.infra.platform import Platform

_UNFINISHED = [Status.QUEUED, Status.NOT_STARTED, Status.STARTING, Status.STARTED]
# A run that is older than this is taken for dead: its files are asked for again.
_LONGEST_RUN = timedelta(hours=6)
_FIRST, _LAST = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


def files_key(archive: Scraped) -> dg.AssetKey:
    """Key of the rows of an archive's files."""
    return dg.AssetKey(["station_files", archive.name])


def build(archive: Scraped, settings: Settings) -> dg.Definitions:
    """`station_files/<archive>`, the job that reads files, and the sensor that asks for new ones."""
    job = dg.define_asset_job(
        _job(archive),
        dg.AssetSelection.assets(files_key(archive)),
        description=f"Fetches the files of {archive.name} that our places need.",
    )
    return dg.Definitions(assets=[_files(archive, settings)], jobs=[job], sensors=[_sensor(archive)])


def _job(archive: Scraped) -> str:
    return f"read_{archive.name}_files"


def _sensor(archive: Scraped) -> dg.SensorDefinition:
    @dg.sensor(
        name=f"new_{archive.name}_files",
        job_name=_job(archive),
        minimum_interval_seconds=300,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Registers files of {archive.title} that places need and that are new or changed, and "
        f"has them read, {STATION_FILES_PER_RUN} a run and one run at a time.",
    )
    def new_files(
        context: dg.SensorEvaluationContext, platform: dg.ResourceParam[Platform]
    ) -> dg.SensorResult:
        if _running(context.instance, archive):
            return dg.SensorResult(skip_reason="a run reads files of this archive; one at a time is polite")
        waiting = [file.name for file in _due(archive, platform)]
        partitions = station_files(archive.name)
        there = context.instance.get_dynamic_partitions(str(partitions.name))
        known = set(there)
        new = [name for name in waiting if name not in known]
        first, last = _range([*there, *new], waiting) or (None, None)
        return dg.SensorResult(
            run_requests=[dg.RunRequest(tags={_FIRST: first, _LAST: last})] if first and last else [],
            skip_reason=None if first else "no file is new or changed",
            dynamic_partitions_requests=[partitions.build_add_request(new)] if new else [],
        )

    return new_files


def _running(instance: dg.DagsterInstance, archive: Scraped) -> bool:
    since = datetime.now(UTC) - _LONGEST_RUN
    living = dg.RunsFilter(job_name=_job(archive), statuses=_UNFINISHED, created_after=since)
    return bool(instance.get_run_records(living, limit=1))


def _range(order: Sequence[str], waiting: Sequence[str]) -> tuple[str, str] | None:
    """The first and last of a run's files: neighbours in Dagster's order of partitions."""
    wanted = set(waiting)
    batch: list[str] = []
    for name in order:
        if name in wanted and len(batch) < STATION_FILES_PER_RUN:
            batch.append(name)
        elif batch:
            break
    return (batch[0], batch[-1]) if batch else None


def _due(archive: Scraped, platform: Platform) -> list[Due]:
    """Versions that places need and that were not read yet, and did not fail too lately."""
    from weather_platform.core.contracts.archives import STATION_MATCH
    from weather_platform.infra.stores.scraped_store import ScrapedStore

    matches = platform.warehouse.read(stations.MATCHES_KEY.to_user_string(), STATION_MATCH)
    used = matches[matches["used"] & (matches["archive"] == archive.name)]
    listed = platform.warehouse.read(listing_key(archive).to_user_string(), LISTING)
    if not archive.by_year:  # then every year's listing shows the same files, and the newest counts
        listed = listed[listed["year"] == listed["year"].max()]
    store = ScrapedStore(platform.objects, archive.name)
    return due(listed, used["station_id"], store.read(), store.failed(), datetime.now(UTC))


def _files(archive: Scraped, settings: Settings) -> dg.AssetsDefinition:
    key = files_key(archive)

    @dg.asset(
        key=key,
        description=said(__doc__, archive.title),
        ins={
            "listing": dg.AssetIn(
                listing_key(archive), partition_mapping=dg.AllPartitionMapping(), dagster_type=IbisTable
            )
        },
        partitions_def=station_files(archive.name),
        backfill_policy=one_run(STATION_FILES_PER_RUN),
        pool=f"archive_{archive.name}",
        check_specs=[
            contract_check_spec(key),
            complete_check_spec(key, "Every file asked for was read."),
        ],
        **described(STATION_REPORT, settings, group="archives", kinds={"http", "parquet"}),
    )
    def files(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform], listing: IbisTable
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.infra.reading.station_reader import read_files

        wanted = listing.filter(listing.name.isin(list(context.partition_keys))).execute()
        read = asyncio.run(read_files(archive, platform, list(context.partition_keys), wanted))
        yield dg.Output(read.rows, metadata=of_run(context, read.counts))
        read.remember()
        yield contract_check(key, read.rows, STATION_REPORT)
        yield complete_check(key, read.problems)

    return files
