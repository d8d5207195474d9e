"""Assets in miniature, and a run of them by the IO manager: for tests of what it stores and what it reads."""

from collections.abc import Sequence
from datetime import timedelta

import dagster as dg
import ibis
import pandas as pd

from weather_platform.core.contracts.errors import ERROR_SUM
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.tables.dtypes import TIME
from weather_platform.core.tables.schema import conform
from weather_platform.infra.io_manager import WarehouseIOManager
from weather_platform.infra.lazy_types import DataFrame, IbisTable
from weather_platform.infra.platform import Platform

CYCLES = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 */6 * * *",
    start="2026-08-01T00Z",
    fmt=CYCLE.key_format,
    timezone="UTC",
    end="2026-08-11T00Z",
)
DAYS = dg.DailyPartitionsDefinition("2026-08-01", timezone="UTC", end_date="2026-08-11")
IN_ONE_RUN = dg.BackfillPolicy.single_run()
UPLOADS = dg.DynamicPartitionsDefinition(name="uploads")


def forecast_rows(cycle_keys: list[str], temperature_c: float = 20.0) -> pd.DataFrame:
    """Two rows per cycle."""
    cycle = pd.Series([CYCLE.start(key) for key in cycle_keys for _ in range(2)], dtype=TIME)
    frame = pd.DataFrame({"cycle": cycle})
    return conform(
        frame.assign(
            provider="p",
            model="m",
            feed="p/m",
            location_id=["a", "b"] * len(cycle_keys),
            latitude=1.0,
            longitude=2.0,
            fetched_at=frame["cycle"],
            valid_time=frame["cycle"] + timedelta(hours=6),
            lead_hours=6.0,
            interval_hours=1,
            temperature_c=temperature_c,
        ),
        FORECAST,
    )


@dg.asset(key="locations")
def locations() -> DataFrame:
    return pd.DataFrame({"location_id": ["b", "a"], "latitude": [1.0, 2.0], "longitude": [3.0, 4.0]})


@dg.asset(key=["forecasts", "p"], partitions_def=CYCLES, backfill_policy=IN_ONE_RUN)
def forecasts(context: dg.AssetExecutionContext, locations: DataFrame) -> DataFrame:
    assert locations["location_id"].tolist() == ["a", "b"]
    return forecast_rows([key for key in context.partition_keys if not key.endswith("18Z")])


def sums(table: ibis.Table) -> ibis.Table:
    """Daily counts in the shape of ERROR_SUM."""
    day = table.cycle.truncate("D").cast("timestamp('UTC', 6)")
    grouped = table.group_by("feed", "location_id", day=day).agg(
        n=table.count(), known_at=table.fetched_at.max()
    )
    return grouped.mutate(
        variable=ibis.literal("temperature_c"),
        lead_day=ibis.literal(0),
        hour_block=ibis.literal(0),
        **{name: ibis.literal(0.0) for name in ERROR_SUM.column_names if name.endswith("_sum")},
    )


@dg.asset(
    key="forecast_error_sums",
    partitions_def=DAYS,
    backfill_policy=IN_ONE_RUN,
    ins={
        "forecasts": dg.AssetIn(
            key=["forecasts", "p"],
            partition_mapping=dg.TimeWindowPartitionMapping(
                start_offset=-4, allow_nonexistent_upstream_partitions=True
            ),
        )
    },
)
def daily(context: dg.AssetExecutionContext, forecasts: IbisTable) -> IbisTable:
    days = [DAY.start(key) for key in context.partition_keys]
    table = sums(forecasts)
    return table.filter((table.day >= min(days)) & (table.day <= max(days)))


def run(
    platform: Platform,
    instance: dg.DagsterInstance,
    *assets: dg.AssetsDefinition,
    others: Sequence[dg.AssetsDefinition] = (),
    partition: str | None = None,
    span: tuple[str, str] | None = None,
) -> dg.ExecuteInProcessResult:
    """Materialize the assets; `others` are those upstream that are not materialized."""
    tags = {}
    if span:
        tags = {"dagster/asset_partition_range_start": span[0], "dagster/asset_partition_range_end": span[1]}
    known = {asset.key: asset for asset in (locations, forecasts, daily, *others, *assets)}
    return dg.materialize(
        list(known.values()),
        selection=list(assets),
        instance=instance,
        partition_key=partition,
        tags=tags,
        resources={"io_manager": WarehouseIOManager(platform)},
    )
