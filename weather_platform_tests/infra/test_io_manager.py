"""What the IO manager stores under real Dagster runs: partitions, ranges in one run, nothing in part."""

import dagster as dg
import pandas as pd
import pytest

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.truth import LOCATIONS, UPLOADED_OBSERVATION
from weather_platform.core.partitions import CYCLE
from weather_platform.core.tables.schema import ContractError
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform
from weather_platform_tests.infra.io_assets import (
    CYCLES,
    UPLOADS,
    forecast_rows,
    forecasts,
    locations,
    run,
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
    counted = {event.partition: event.metadata["dagster/row_count"].value for event in materializations}
    assert counted == {key: 0 if key.endswith("18Z") else 2 for key in expected}
    assert materializations[0].metadata["rows_of_run"].value == 10
    assert materializations[0].metadata["partitions_of_run"].value == 7
    assert "bytes" not in materializations[0].metadata
    assert len(platform.warehouse.read("forecasts/p", FORECAST)) == 10, "18Z has no rows"


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
