"""One hourly truth table from every archive and upload.

Belongs here: what a day is made of. Does not: which of several rows stands (core.observations.merge).
"""

from collections.abc import Iterator

import dagster as dg

from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.history.registry import in_use
from weather_platform.core.partitions import DAY
from weather_platform.defs import history, uploads
from weather_platform.defs.common import contract_check, contract_check_spec, described
from weather_platform.defs.partitions import DAYS_PER_RUN, days, keys_of, one_run
from weather_platform.infra.lazy_types import DataFrame, IbisTable
from weather_platform.infra.settings import Settings

KEY = dg.AssetKey("observations")


def build(settings: Settings) -> dg.Definitions:
    """The `observations` asset."""
    ins = {
        archive.name: dg.AssetIn(history.key(archive), dagster_type=DataFrame)
        for archive in in_use(settings.simulated)
    }
    # Any upload may hold rows of any day.
    ins["uploads"] = dg.AssetIn(
        uploads.KEY, partition_mapping=dg.AllPartitionMapping(), dagster_type=IbisTable
    )

    @dg.asset(
        key=KEY,
        description=__doc__,
        ins=ins,
        partitions_def=days(settings),
        backfill_policy=one_run(DAYS_PER_RUN),
        check_specs=[contract_check_spec(KEY)],
        **described(OBSERVATION, settings, group="truth", kinds={"pandas", "parquet"}),
    )
    def observations(
        context: dg.AssetExecutionContext, uploads: IbisTable, **archives: DataFrame
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.core.contracts.truth import UPLOADED_OBSERVATION
        from weather_platform.core.observations.merge import merge
        from weather_platform.core.schema import conform

        keys = keys_of(context)
        start, end = DAY.start(keys[0]), DAY.end(keys[-1])
        given = uploads.filter((uploads.time >= start) & (uploads.time < end)).execute()
        rows = merge(list(archives.values()), conform(given, UPLOADED_OBSERVATION), start, end)
        by_source = rows.groupby("source").agg(rows=("source", "size"), places=("location_id", "nunique"))
        yield dg.Output(rows, metadata={"by_source": dg.MarkdownMetadataValue(by_source.to_markdown())})
        yield contract_check(KEY, rows, OBSERVATION)

    return dg.Definitions(assets=[observations])
