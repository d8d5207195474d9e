"""Rows through the Storage Read API, and without it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import grpc
import pyarrow as pa
import pytest
from google.api_core.exceptions import ServiceUnavailable

from weather_platform.infra.bigquery.storage_read import StorageRead
from weather_platform.infra.bigquery.warehouse import BigQueryWarehouse
from weather_platform.infra.google.errors import retry
from weather_platform_tests.infra.bigquery.test_bigquery import new_dataset, opened
from weather_platform_tests.infra.warehouse.warehouse_contract import BY_CYCLE, KEYS, rows, same
from weather_platform_tests.stand_ins.servers import BigQuery as StandIn


@pytest.fixture
def warehouse(bqemulator: StandIn) -> BigQueryWarehouse:
    return opened(bqemulator, new_dataset())


def test_without_the_storage_api_the_same_rows_come_over_rest(
    bqemulator: StandIn, warehouse: BigQueryWarehouse
) -> None:
    warehouse.replace("t", BY_CYCLE, rows(), KEYS)
    over_rest = opened(bqemulator, warehouse.bigquery.dataset, storage=False)
    same(over_rest.read("t", BY_CYCLE, KEYS[1:]), warehouse.read("t", BY_CYCLE, KEYS[1:]))


def test_where_the_storage_api_is_refused_the_same_rows_come_by_queries(
    bqemulator: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    warehouse = opened(bqemulator, new_dataset())
    warehouse.replace("t", BY_CYCLE, rows(), KEYS)
    denied = grpc.method_handlers_generic_handler(
        "google.cloud.bigquery.storage.v1.BigQueryRead",
        {
            "CreateReadSession": grpc.unary_unary_rpc_method_handler(
                lambda _, context: context.abort(grpc.StatusCode.PERMISSION_DENIED, "readsessions.create")
            )
        },
    )
    server = grpc.server(ThreadPoolExecutor(1), handlers=[denied])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        refused = opened(replace(bqemulator, storage=f"127.0.0.1:{port}"), warehouse.bigquery.dataset)
        same(refused.read("t", BY_CYCLE, KEYS[1:]), warehouse.read("t", BY_CYCLE, KEYS[1:]))
        said = [record.message for record in caplog.records]
        assert [line.split(":")[0] for line in said] == [
            "tables are read by queries",
            "results are read over REST",
        ]
        same(refused.read("t", BY_CYCLE, KEYS[:1]), rows(1))
        assert len(caplog.records) == 2, "asked and said once"
    finally:
        server.stop(None)


class AsGoogles:
    """A client that answers as the real API: columns in the table's order, and no stream where no row is."""

    def __init__(self, *streams: pa.Table, away: int = 0) -> None:
        self._streams, self._away = streams, away

    def create_read_session(self, **_: Any) -> Any:
        schema = pa.schema({"a": pa.int64(), "b": pa.int64()}).serialize().to_pybytes()
        streams = [SimpleNamespace(name=str(number)) for number in range(len(self._streams))]
        return SimpleNamespace(arrow_schema=SimpleNamespace(serialized_schema=schema), streams=streams)

    def read_rows(self, name: str) -> Any:
        if self._away:
            self._away -= 1
            raise ServiceUnavailable("the stream ended")
        return SimpleNamespace(to_arrow=lambda _session: self._streams[int(name)])


def test_columns_come_in_the_order_asked_for_also_of_no_rows() -> None:
    rows_there = pa.table({"a": [1], "b": [2]})
    for client, expected in ((AsGoogles(rows_there), [{"b": 2, "a": 1}]), (AsGoogles(), [])):
        found = StorageRead(client, "p", retry()).of_table("d", "t", ["b", "a"], "TRUE")
        assert found is not None
        assert (found.column_names, found.to_pylist()) == (["b", "a"], expected)


def test_a_stream_that_breaks_is_read_again() -> None:
    client = AsGoogles(pa.table({"a": [1], "b": [2]}), away=2)
    found = StorageRead(client, "p", retry(first_wait_seconds=0.001)).of_table("d", "t", ["a"], "TRUE")
    assert found is not None
    assert found.to_pylist() == [{"a": 1}]
