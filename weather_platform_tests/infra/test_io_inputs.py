"""What the IO manager reads under real Dagster runs: mappings, both forms of input, cycles before."""

import dagster as dg
import ibis
import pandas as pd
import pytest

from weather_platform.core.contracts.errors import ERROR_SUM
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.tables.schema import empty
from weather_platform.infra.io_manager import HOURS_BEFORE
from weather_platform.infra.lazy_types import DataFrame, IbisTable
from weather_platform.infra.platform import Platform
from weather_platform_tests.infra.io_assets import (
    CYCLES,
    daily,
    forecast_rows,
    forecasts,
    locations,
    run,
)


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
