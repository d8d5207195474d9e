"""Rows on their way into BigQuery: staged once, by nobody twice, and let go of when they were taken."""

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from google.api_core.exceptions import GoogleAPICallError

from weather_platform.infra.bigquery.staging import EXPIRES_AFTER
from weather_platform.infra.bigquery.warehouse import BigQueryWarehouse
from weather_platform_tests.infra.bigquery.test_bigquery import new_dataset, opened
from weather_platform_tests.infra.warehouse.warehouse_contract import BY_CYCLE, KEYS, of_keys, rows, same
from weather_platform_tests.stand_ins.faulty import Faults
from weather_platform_tests.stand_ins.servers import BigQuery as StandIn

OLD, NEW = rows(), rows(4, 2, Value_C=9.0)


def _arrow() -> pa.Table:
    return pa.table({"a": [1]})


def _fields() -> list[object]:
    from google.cloud.bigquery import SchemaField

    return [SchemaField("a", "INTEGER")]


@pytest.mark.soak
def test_staged_rows_expire_and_the_same_rows_may_come_back(local_bigquery: StandIn) -> None:
    warehouse = opened(local_bigquery, new_dataset())
    staged = warehouse._staging.put("here", _arrow(), _fields())
    table = warehouse.bigquery.table(staged)
    assert table is not None
    assert table.expires - table.created <= EXPIRES_AFTER
    assert warehouse._staging.put("here", _arrow(), _fields()) == staged, "found, not loaded again"
    warehouse._staging.drop(staged)
    again = warehouse._staging.put("here", _arrow(), _fields())
    assert again != staged, "the job's id is used up for ever"
    assert warehouse.bigquery.table(again).num_rows == 1


def test_rows_that_were_stored_before_may_come_back(behind: BigQueryWarehouse) -> None:
    """Though the id of the job that staged them is used up."""
    for frame in (NEW, OLD, NEW, OLD):
        behind.replace("t", BY_CYCLE, of_keys(frame, KEYS[:1]), KEYS[:1])
        same(behind.read("t", BY_CYCLE, KEYS[:1]), of_keys(frame, KEYS[:1]))


def test_a_load_whose_answer_is_lost_is_found_and_not_made_again(
    behind: BigQueryWarehouse, faults: Faults
) -> None:
    faults.first(1, "lost", "PUT", "/upload/")
    faults.asked.clear()
    behind.replace("t", BY_CYCLE, NEW, KEYS)
    same(behind.read("t", BY_CYCLE), NEW)
    assert len([path for path in faults.asked if path.startswith("PUT /upload/")]) == 2, "lost, and refused"


def test_equal_rows_of_two_partitions_are_staged_apart_and_expire(
    behind: BigQueryWarehouse, faults: Faults
) -> None:
    """Else whoever is ready first would drop what the other has not taken yet."""
    faults.sent.clear()
    assert len({behind._staging.put(where, _arrow(), _fields()) for where in ("here", "there")}) == 2
    expires = [int(json.loads(body)["expirationTime"]) for body in faults.sent if b"expirationTime" in body]
    assert len(expires) == 2
    assert all(0 < time / 1000 - datetime.now(UTC).timestamp() <= 24 * 3600 for time in expires)


def loads_that_fail(jobs: str) -> Callable[[str, bytes], bytes]:
    """Answers about loads as BigQuery gives them, which run on; those of these jobs fail in the end."""
    failed = {"state": "DONE", "errorResult": {"reason": "invalid", "message": "a page is damaged"}}

    def edit(path: str, body: bytes) -> bytes:
        state = {"state": "RUNNING"} if "/upload/" in path else failed if re.search(jobs, path) else None
        return json.dumps(json.loads(body) | {"status": state}).encode() if body and state else body

    return edit


def test_a_load_is_waited_for_and_its_failure_told(behind: BigQueryWarehouse, faults: Faults) -> None:
    """BigQuery takes a job on and answers; the stand-in answers when it is done."""
    faults.edit = loads_that_fail("/jobs/stage_")
    with pytest.raises(GoogleAPICallError, match="a page is damaged"):
        behind.replace("t", BY_CYCLE, NEW, KEYS)
    same(behind.read("t", BY_CYCLE), OLD)


def test_a_load_that_failed_for_good_is_made_under_another_id(
    behind: BigQueryWarehouse, faults: Faults
) -> None:
    """Else these rows could never be stored: the first id follows from them."""
    faults.edit = loads_that_fail(r"/jobs/stage_[0-9a-f]{40}\?")
    behind.replace("t", BY_CYCLE, NEW, KEYS)
    same(behind.read("t", BY_CYCLE), NEW)


def test_what_was_taken_and_cannot_be_deleted_spoils_no_write(
    behind: BigQueryWarehouse, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    for fault in ((403, "accessDenied"), (400, "invalid")):
        faults.first(1, fault, "DELETE", "_staging_")
        behind.replace("t", BY_CYCLE, NEW, KEYS)
        same(behind.read("t", BY_CYCLE), NEW)
    assert [record.message.count("stays until it expires") for record in caplog.records] == [1, 1]


def test_a_load_adds_nothing_to_rows_that_are_there(behind: BigQueryWarehouse) -> None:
    staged = behind._staging.put("here", _arrow(), _fields())
    file = io.BytesIO()
    pq.write_table(_arrow(), file)
    with pytest.raises(GoogleAPICallError, match="WRITE_EMPTY"):
        behind.bigquery.load(file, staged, "another_job", _fields())
    assert behind.bigquery.table(staged).num_rows == 1
