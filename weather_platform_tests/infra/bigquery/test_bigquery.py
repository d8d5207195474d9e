"""The BigQuery warehouse against a stand-in: the contract of every backend, and what only BigQuery has."""

import re
import uuid
from dataclasses import replace
from typing import Any

import dagster as dg
import ibis
import pandas as pd
import pytest
from google.cloud.bigquery import QueryJob
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from weather_platform.core.contracts.forecast import FORECAST, QUARANTINE
from weather_platform.core.contracts.learned import FEATURES
from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.contracts.truth import LOCATIONS, UPLOADED_OBSERVATION
from weather_platform.core.partitions import CYCLE
from weather_platform.core.tables.contract import Column, Contract
from weather_platform.core.tables.schema import ContractError, empty
from weather_platform.infra.bigquery import names
from weather_platform.infra.bigquery.jobs import BigQuery
from weather_platform.infra.bigquery.ledger import LEDGER
from weather_platform.infra.bigquery.ranges import condition
from weather_platform.infra.bigquery.schema import clustering, growth, new_table
from weather_platform.infra.bigquery.warehouse import BigQueryWarehouse
from weather_platform.infra.google.clients import bigquery_client, read_client
from weather_platform.infra.google.errors import retry
from weather_platform.infra.io_manager import WarehouseIOManager
from weather_platform_tests.infra.warehouse.warehouse_contract import (
    BY_CYCLE,
    KEYS,
    START,
    WarehouseContract,
    any_rows,
    rows,
    same,
    survive,
)
from weather_platform_tests.stand_ins.servers import PROJECT
from weather_platform_tests.stand_ins.servers import BigQuery as StandIn

LIMIT = 10**12


def opened(
    stand_in: StandIn, dataset: str, endpoint: str | None = None, storage: bool = True
) -> BigQueryWarehouse:
    return BigQueryWarehouse(
        BigQuery(
            bigquery_client(PROJECT, "EU", endpoint or stand_in.endpoint),
            dataset,
            storage=read_client(stand_in.storage, stand_in=True) if storage else None,
            max_bytes_billed=LIMIT,
            again=retry(first_wait_seconds=0.01, for_seconds=5),
        )
    )


def new_dataset() -> str:
    return f"d{uuid.uuid4().hex}"


@pytest.fixture
def warehouse(bqemulator: StandIn) -> BigQueryWarehouse:
    return opened(bqemulator, new_dataset())


class TestQuick(WarehouseContract):
    """All of it, on the quick stand-in."""


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@any_rows
def test_any_rows_survive_a_round_trip(
    warehouse: BigQueryWarehouse, given_rows: list[tuple[Any, ...]], as_ibis: bool
) -> None:
    survive(warehouse, given_rows, as_ibis)


@pytest.mark.soak
class TestFaithful(WarehouseContract):
    """All of it, on the stand-in that refuses what BigQuery refuses."""

    @pytest.fixture
    def warehouse(self, local_bigquery: StandIn) -> BigQueryWarehouse:
        return opened(local_bigquery, new_dataset())


def tables(warehouse: BigQueryWarehouse) -> set[str]:
    listed = warehouse.bigquery.client.list_tables(warehouse.bigquery.dataset)
    return {table.table_id for table in listed}


def test_a_range_of_400_partitions_is_one_load_and_one_transaction(warehouse: BigQueryWarehouse) -> None:
    keys = CYCLE.keys(START, START + 400 * CYCLE.length)
    frame = rows(400, 1)
    warehouse.usage()
    assert sum(warehouse.replace("t", BY_CYCLE, frame, keys).values()) == 800
    assert warehouse.usage()["bigquery_jobs"] == 2
    assert warehouse.keys("t") == keys
    same(
        warehouse.read("t", BY_CYCLE, keys[100:300]),
        frame[frame["cycle"].isin(map(CYCLE.start, keys[100:300]))],
    )
    assert tables(warehouse) == {"t", LEDGER}, "nothing is left staged"
    dataset = warehouse.bigquery.client.get_dataset(warehouse.bigquery.dataset)
    assert dataset.location == "EU", "where the settings want it"


def test_sizes_are_logical_bytes_as_bigquery_counts_them(warehouse: BigQueryWarehouse) -> None:
    frame = rows(1).head(2).assign(note=pd.Series(["ä", None], dtype="string[pyarrow]"))
    warehouse.replace("t", BY_CYCLE, frame, KEYS[:1])
    # place "a" 3, cycle 8, step 8, Value_C 8 and null, seen null and 8, note 2 + 2 and null, flag 1
    assert warehouse.size("t", KEYS[:1]) == (3 + 8 + 8 + 8 + 0 + 4 + 1) + (3 + 8 + 8 + 0 + 8 + 0 + 1)


def test_an_assets_metadata_says_what_its_jobs_were_billed(
    warehouse: BigQueryWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QueryJob, "total_bytes_billed", property(lambda _: 10 * 2**20))
    monkeypatch.setattr(QueryJob, "slot_millis", property(lambda _: 7))

    @dg.asset
    def locations() -> pd.DataFrame:
        return empty(LOCATIONS)

    @dg.asset(key=["quarantine", "nws"])
    def set_aside(locations: pd.DataFrame) -> pd.DataFrame:
        return empty(QUARANTINE).iloc[: len(locations)]

    class _Platform:
        def __init__(self) -> None:
            self.warehouse = warehouse

    manager = WarehouseIOManager(_Platform())  # type: ignore[arg-type]
    done = dg.materialize([locations, set_aside], resources={"io_manager": manager})
    seen = [
        {
            name: event.step_materialization_data.materialization.metadata[name].value
            for name in ("bigquery_jobs", "bytes_billed", "slot_ms")
        }
        for event in done.get_asset_materialization_events()
    ]
    assert len(seen) == 2
    for one in seen:
        jobs = one["bigquery_jobs"]
        assert jobs >= 2, "the transaction, and the ledger"
        assert (one["bytes_billed"], one["slot_ms"]) == (jobs * 10 * 2**20, jobs * 7)
    assert warehouse.usage() == {}, "all of it was told"


def test_frames_in_memory_are_joined_with_stored_tables(warehouse: BigQueryWarehouse) -> None:
    warehouse.replace("t", BY_CYCLE, rows(), KEYS)
    stored = warehouse.expression("t", BY_CYCLE)
    names_of = ibis.memtable({"place": ["a"], "full": ["Ahlen"]})
    joined = stored.join(names_of, "place").group_by("full").agg(n=lambda t: t.count()).execute()
    assert joined.to_dict("records") == [{"full": "Ahlen", "n": 12}]


def test_tables_are_partitioned_clustered_described_and_labelled() -> None:
    forecasts = new_table("p.d.forecasts__nws", "forecasts/nws", FORECAST, [])
    assert (forecasts.time_partitioning.type_, forecasts.time_partitioning.field) == ("DAY", "cycle")
    assert forecasts.clustering_fields == ["location_id", "feed"]
    assert forecasts.require_partition_filter
    assert forecasts.labels == {"platform": "weather_platform", "contract": "forecasts"}
    fields = {field.name: field for field in forecasts.schema}
    assert all(fields[column.name].description == column.description for column in FORECAST.columns)
    assert (fields["cycle"].field_type, fields["cycle"].mode) == ("TIMESTAMP", "REQUIRED")
    assert (fields["rain_mm"].field_type, fields["rain_mm"].mode) == ("FLOAT", "NULLABLE")
    assert not new_table("p.d.v", "verification", SCORE, []).require_partition_filter
    uploads = new_table("p.d.u", "uploads", UPLOADED_OBSERVATION, [])
    assert uploads.time_partitioning is None
    assert uploads.clustering_fields == ["upload", "location_id", "source"]
    assert new_table("p.d.l", "locations", LOCATIONS, []).clustering_fields == ["location_id"]
    many = replace(FORECAST, key=("location_id", "feed", "variable", "source", "method"))
    assert len(clustering(many)) == 4, "BigQuery takes no more"
    wide = new_table("p.d.f", "features", FEATURES, ["value__open_meteo__best.match-x"])
    assert wide.schema[-1].name == "value__open_meteo__best_x2e_match_x2d_x"


def changed(name: str, **changes: object) -> Contract:
    columns = tuple(replace(c, **changes) if c.name == name else c for c in BY_CYCLE.columns)  # type: ignore[arg-type]
    return replace(BY_CYCLE, columns=columns)


def test_a_stored_schema_grows_and_is_never_bent() -> None:
    stored = new_table("p.d.t", "t", BY_CYCLE, ["value__a"]).schema
    assert growth(stored, BY_CYCLE, []) == []
    more = replace(BY_CYCLE, columns=(*BY_CYCLE.columns, Column("new", "int", "It's new", nullable=False)))
    assert growth(stored, more, ["value__b"]) == [
        r"ADD COLUMN IF NOT EXISTS `new` INT64 OPTIONS (description = 'It\'s new')",
        "ADD COLUMN IF NOT EXISTS `value__b` FLOAT64 OPTIONS (description = 'Of a feed that is present')",
    ]
    assert growth(stored, changed("flag", nullable=True), []) == ["ALTER COLUMN `flag` DROP NOT NULL"]
    with pytest.raises(ContractError, match="Value_C: stored as FLOAT, the contract says INTEGER"):
        growth(stored, changed("Value_C", kind="int"), [])
    with pytest.raises(ContractError, match="the stored column flag is REQUIRED and no more in the contract"):
        growth(stored, replace(BY_CYCLE, columns=BY_CYCLE.columns[:-1]), [])
    with pytest.raises(ContractError, match="takes it for the same as the stored value__a"):
        growth(stored, BY_CYCLE, ["value__A"])


def test_a_column_of_another_type_is_refused_and_nothing_written(warehouse: BigQueryWarehouse) -> None:
    warehouse.replace("t", BY_CYCLE, rows(), KEYS)
    with pytest.raises(ContractError, match="stored as"):
        warehouse.replace("t", changed("Value_C", kind="int"), empty(changed("Value_C", kind="int")), KEYS)
    same(warehouse.read("t", BY_CYCLE), rows())


parts = st.text("ab_-0", min_size=1, max_size=5)


@example(["a/b", "a__b"])
@given(st.lists(st.lists(parts, min_size=1, max_size=3).map("/".join), min_size=2, max_size=2, unique=True))
def test_no_two_tables_become_one(two: list[str]) -> None:
    first, second = (names.table_id(name) for name in two)
    assert first != second
    assert not first.startswith("_"), "the platform's own tables do"


def test_table_ids_are_what_people_would_call_them() -> None:
    assert names.table_id("forecasts/open_meteo") == "forecasts__open_meteo"
    assert names.table_id("features") == "features"


def test_no_asset_can_have_the_ledgers_table_and_no_prefix_that_bigquery_keeps() -> None:
    assert not LEDGER.upper().startswith(("_PARTITION", "_TABLE_", "_FILE_", "_ROW_TIMESTAMP"))
    assert names.table_id(LEDGER) != LEDGER


@example("_x2e/")  # which was the id of `.x2f_` too
@given(st.text("abC_x2e.-/ü", min_size=1, max_size=12))
def test_column_ids_are_plain_and_read_back(name: str) -> None:
    identifier = names.column_id(name)
    assert identifier.isascii()
    assert identifier.replace("_", "a").isalnum()
    assert re.sub(r"_x([0-9a-f]+)_", lambda code: chr(int(code[1], 16)), identifier) == name


def test_partitions_are_the_fewest_ranges() -> None:
    days = ["2026-03-08T00Z", "2026-03-08T06Z", "2026-03-09T00Z"]
    assert condition(BY_CYCLE, days) == (
        "(`cycle` >= TIMESTAMP '2026-03-08 00:00:00.000000+00:00'"
        " AND `cycle` < TIMESTAMP '2026-03-08 12:00:00.000000+00:00')"
        " OR (`cycle` >= TIMESTAMP '2026-03-09 00:00:00.000000+00:00'"
        " AND `cycle` < TIMESTAMP '2026-03-09 06:00:00.000000+00:00')"
    )
    named = condition(UPLOADED_OBSERVATION, ["it's", "a\nb", r"a\nb"])
    assert named == r"`upload` IN ('a\nb', 'a\\nb', 'it\'s')"
    assert condition(LOCATIONS, None) == "TRUE"
    assert condition(BY_CYCLE, []) == condition(UPLOADED_OBSERVATION, []) == "FALSE"
