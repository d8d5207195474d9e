"""The IO manager under real Dagster runs: partitions, ranges in one run, mappings, both forms of input."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import dagster as dg
import ibis
import pandas as pd
import pytest

from weather_platform.core.contracts.errors import ERROR_SUM
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.truth import LOCATIONS, UPLOADED_OBSERVATION
from weather_platform.core.dtypes import TIME
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.schema import ContractError, conform, empty
from weather_platform.infra.io_manager import HOURS_BEFORE, WarehouseIOManager
from weather_platform.infra.lazy_types import DataFrame, IbisTable
from weather_platform.infra.platform import Platform
from weather_platform.infra.settings import Settings
from weather_platform.infra.tables import contract_for, table_of

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


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(Settings(data_dir=tmp_path))


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


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


def test_a_table_without_partitions_is_stored_and_described(
    platform: Platform, instance: dg.DagsterInstance
) -> None:
    result = run(platform, instance, locations)
    metadata = result.asset_materializations_for_node("locations")[0].metadata
    assert metadata["dagster/row_count"].value == 2
    assert metadata["bytes"].value == platform.warehouse.size("locations") > 0
    assert platform.warehouse.read("locations", LOCATIONS)["location_id"].tolist() == ["a", "b"]


def test_one_partition_and_then_a_range_in_one_run(platform: Platform, instance: dg.DagsterInstance) -> None:
    run(platform, instance, locations)
    run(platform, instance, forecasts, partition="2026-08-01T06Z")
    assert platform.warehouse.keys("forecasts/p") == ["2026-08-01T06Z"]
    span = ("2026-08-01T06Z", "2026-08-02T18Z")
    result = run(platform, instance, forecasts, span=span)
    expected = CYCLE.keys(CYCLE.start(span[0]), CYCLE.end(span[1]))
    assert platform.warehouse.keys("forecasts/p") == expected
    materializations = result.asset_materializations_for_node("forecasts__p")
    assert [event.partition for event in materializations] == expected
    assert materializations[0].metadata["dagster/row_count"].value == 10
    assert materializations[0].metadata["partitions"].value == 7
    assert len(platform.warehouse.read("forecasts/p", FORECAST)) == 10, "18Z has no rows"


def test_days_read_exactly_the_cycles_they_map_to(platform: Platform, instance: dg.DagsterInstance) -> None:
    cycles = CYCLE.keys(DAY.start("2026-08-02"), DAY.end("2026-08-06"))
    platform.warehouse.replace("forecasts/p", FORECAST, forecast_rows(cycles), cycles)
    run(platform, instance, daily, partition="2026-08-03")
    run(platform, instance, daily, span=("2026-08-05", "2026-08-07"))
    stored = platform.warehouse.read("forecast_error_sums", ERROR_SUM)
    assert stored.groupby("day")["n"].sum().to_dict() == {
        pd.Timestamp(day, tz="UTC"): 8 for day in ("2026-08-03", "2026-08-05", "2026-08-06")
    }
    assert platform.warehouse.keys("forecast_error_sums") == [
        "2026-08-03",
        "2026-08-05",
        "2026-08-06",
        "2026-08-07",
    ]


def test_inputs_given_by_type_in_a_dictionary_are_lazy_too(
    platform: Platform, instance: dg.DagsterInstance
) -> None:
    seen: dict[str, int] = {}

    @dg.asset(
        partitions_def=CYCLES,
        ins={
            "p": dg.AssetIn(["forecasts", "p"], dagster_type=IbisTable),
            "places": dg.AssetIn("locations", dagster_type=DataFrame),
        },
    )
    def reader(**tables: object) -> None:
        assert isinstance(tables["p"], ibis.Table)
        assert isinstance(tables["places"], pd.DataFrame)
        seen["rows"] = tables["p"].count().execute()

    cycles = CYCLE.keys(DAY.start("2026-08-02"), DAY.end("2026-08-06"))
    platform.warehouse.replace("forecasts/p", FORECAST, forecast_rows(cycles), cycles)
    run(platform, instance, reader, partition=cycles[3])
    assert seen == {"rows": 2}


def test_upstream_partitions_before_the_first_or_never_written_read_as_empty(
    platform: Platform, instance: dg.DagsterInstance
) -> None:
    result = run(platform, instance, daily, partition="2026-08-01")
    assert (
        result.asset_materializations_for_node("forecast_error_sums")[0].metadata["dagster/row_count"].value
        == 0
    )
    pd.testing.assert_frame_equal(platform.warehouse.read("forecast_error_sums", ERROR_SUM), empty(ERROR_SUM))


def test_an_empty_result_empties_the_partition(platform: Platform, instance: dg.DagsterInstance) -> None:
    key = "2026-08-01T18Z"
    platform.warehouse.replace("forecasts/p", FORECAST, forecast_rows([key]), [key])
    run(platform, instance, locations, forecasts, partition=key)
    assert platform.warehouse.keys("forecasts/p") == [key]
    assert platform.warehouse.read("forecasts/p", FORECAST).empty


def test_a_failure_leaves_the_old_partition(platform: Platform, instance: dg.DagsterInstance) -> None:
    key = "2026-08-01T18Z"
    platform.warehouse.replace("forecasts/p", FORECAST, forecast_rows([key]), [key])

    @dg.asset(key=["forecasts", "p"], partitions_def=CYCLES)
    def wrong() -> DataFrame:
        return forecast_rows(["2026-08-02T00Z"])

    with pytest.raises(ContractError, match="lie outside the partitions written"):
        run(platform, instance, wrong, partition=key)
    assert len(platform.warehouse.read("forecasts/p", FORECAST, [key])) == 2


def test_dynamic_partitions_and_an_unpartitioned_reader_of_all(
    platform: Platform, instance: dg.DagsterInstance
) -> None:
    seen: list[str] = []

    @dg.asset(key="uploads", partitions_def=UPLOADS)
    def uploads(context: dg.AssetExecutionContext) -> DataFrame:
        times = [CYCLE.start("2026-08-01T00Z")]
        columns = {"upload": context.partition_key, "location_id": "a", "station_id": "s", "source": "u"}
        return pd.DataFrame(
            {**columns, "time": times, "known_at": times, "interval_hours": 1, "quality": "good"}
        )

    @dg.asset(ins={"uploads": dg.AssetIn(partition_mapping=dg.AllPartitionMapping())})
    def reader(uploads: DataFrame) -> None:
        seen.extend(uploads["upload"])

    files = ["b.csv@12ab34cd", "a b.csv@00000000"]
    instance.add_dynamic_partitions("uploads", files)
    for file in files:
        run(platform, instance, uploads, partition=file)
    run(platform, instance, reader, others=[uploads])
    assert seen == sorted(files)
    assert platform.warehouse.keys("uploads") == sorted(files)
    assert len(platform.warehouse.read("uploads", UPLOADED_OBSERVATION, files[:1])) == 1


def test_outputs_of_other_types_are_refused(platform: Platform, instance: dg.DagsterInstance) -> None:
    @dg.asset(key="locations")
    def number() -> DataFrame:
        return 5  # type: ignore[return-value]

    with pytest.raises(dg.DagsterTypeCheckDidNotPass, match="DataFrame"):
        run(platform, instance, number)


def test_lazy_types_are_the_real_ones() -> None:
    assert isinstance(pd.DataFrame(), DataFrame)
    assert not isinstance(pd.DataFrame(), IbisTable)
    assert isinstance(ibis.memtable({"a": [1]}), IbisTable)
    assert not isinstance(pd.Series(dtype=float), DataFrame)


def test_tables_are_named_by_their_assets() -> None:
    assert contract_for(dg.AssetKey(["forecasts", "any"])) is FORECAST
    assert contract_for(dg.AssetKey("forecast_error_sums")) is ERROR_SUM
    assert table_of(dg.AssetKey(["history", "stations"])) == "history/stations"
    for other in (["model", "temperature_c"], ["forecasts"], ["forecasts", "a", "b"]):
        with pytest.raises(KeyError, match="has no table contract; add it"):
            contract_for(dg.AssetKey(other))


def test_what_definitions_import_costs_no_heavy_library() -> None:
    code = """
import sys
import weather_platform.infra.io_manager, weather_platform.infra.lazy_types, weather_platform.infra.platform
import weather_platform.infra.tables
from weather_platform.infra.lazy_types import DataFrame
assert not isinstance(1, DataFrame)
print(sorted({"pandas", "pyarrow", "ibis", "duckdb", "numpy", "pandera"} & set(sys.modules)))
"""
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 - our own
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("partition", "read"),
    [
        ("2026-08-04T06Z", ["2026-08-03T06Z", "2026-08-03T12Z", "2026-08-04T00Z", "2026-08-04T06Z"]),
        ("2026-08-01T06Z", ["2026-08-01T00Z", "2026-08-01T06Z"]),
    ],
    ids=["the day before, of which one cycle never was", "the first cycles"],
)
def test_an_input_may_reach_back_without_dagster_following_it(
    platform: Platform, instance: dg.DagsterInstance, partition: str, read: list[str]
) -> None:
    seen: list[str] = []

    @dg.asset(
        key="features",
        partitions_def=CYCLES,
        ins={"said": dg.AssetIn(key=["forecasts", "p"], metadata={HOURS_BEFORE: 24})},
    )
    def features(said: IbisTable) -> None:
        seen.extend(CYCLE.key(time) for time in sorted(set(said.execute()["cycle"])))

    run(platform, instance, locations)
    run(platform, instance, forecasts, span=("2026-08-01T00Z", "2026-08-05T18Z"))
    run(platform, instance, features, partition=partition)
    assert seen == read
    (mapping,) = (features.get_partition_mapping(key) for key in features.dependency_keys)
    assert mapping is None
