"""The BigQuery warehouse when things go wrong: killed at every boundary of a write, quotas, lost answers,
missing roles.
"""

import io
import json
import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from google.api_core.exceptions import BadRequest, GoogleAPICallError

from weather_platform.core.cost.reads import Read
from weather_platform.core.cost.volumes import Volume
from weather_platform.core.tables.schema import conform
from weather_platform.infra.bigquery.jobs import BigQuery
from weather_platform.infra.bigquery.ledger import LEDGER
from weather_platform.infra.bigquery.ranges import condition
from weather_platform.infra.bigquery.scanned import DryRuns
from weather_platform.infra.bigquery.staging import EXPIRES_AFTER, Staging
from weather_platform.infra.bigquery.warehouse import BigQueryWarehouse
from weather_platform.infra.google.errors import MissingRoleError
from weather_platform_tests.infra.bigquery.test_bigquery import LIMIT, new_dataset, opened, tables
from weather_platform_tests.infra.warehouse.warehouse_contract import BY_CYCLE, KEYS, of_keys, rows, same
from weather_platform_tests.stand_ins.faulty import Faults, faulty
from weather_platform_tests.stand_ins.servers import BigQuery as StandIn

# Children are forked from a server that has the libraries, so that a few of them cost no imports.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["weather_platform_tests.infra.bigquery.test_bigquery_failures"])
OLD, NEW = rows(), rows(4, 2, Value_C=9.0)


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_in_transaction(bigquery: BigQuery, sql: str, **_: object) -> object:
    if "BEGIN TRANSACTION" in sql:
        bigquery.client.query(sql)  # BigQuery has the script, and goes on without us
        _die()
    return ASK(bigquery, sql)


ASK = BigQuery.query
BOUNDARIES = {
    "before staging": (Staging, "put", _die),
    "while staging": (BigQuery, "load", _die),
    "after staging": (BigQueryWarehouse, "_commit", _die),
    "in the transaction": (BigQuery, "query", _die_in_transaction),
    "after the commit": (Staging, "drop", _die),
}


def write_and_die(stand_in: StandIn, dataset: str, boundary: str) -> None:
    """Replace two partitions, and be killed on the way."""
    owner, method, instead = BOUNDARIES[boundary]
    setattr(owner, method, instead)
    opened(stand_in, dataset).replace("t", BY_CYCLE, of_keys(NEW, KEYS[1:3]), KEYS[1:3])


def check_a_killed_writer(stand_in: StandIn, boundary: str) -> None:
    """The partitions are old or new, both of them; a re-run makes them new and leaves nothing staged."""
    warehouse = opened(stand_in, new_dataset())
    warehouse.replace("t", BY_CYCLE, OLD, KEYS)
    process = PROCESSES.Process(target=write_and_die, args=(stand_in, warehouse.bigquery.dataset, boundary))
    process.start()
    process.join(timeout=120)
    assert process.exitcode == -signal.SIGKILL
    written = boundary in ("in the transaction", "after the commit")
    same(warehouse.read("t", BY_CYCLE, KEYS[1:3]), of_keys(NEW if written else OLD, KEYS[1:3]))
    same(warehouse.read("t", BY_CYCLE, [KEYS[0], KEYS[3]]), of_keys(OLD, [KEYS[0], KEYS[3]]))
    left = {name for name in tables(warehouse) if name.startswith("_staging_")}
    assert len(left) == (boundary != "before staging")
    warehouse.replace("t", BY_CYCLE, of_keys(NEW, KEYS[1:3]), KEYS[1:3])
    same(warehouse.read("t", BY_CYCLE, KEYS[1:3]), of_keys(NEW, KEYS[1:3]))
    assert tables(warehouse) == {"t", LEDGER}, "what the dead writer staged is cleaned up"


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_writer_killed_at_any_boundary_leaves_old_or_new(bqemulator: StandIn, boundary: str) -> None:
    check_a_killed_writer(bqemulator, boundary)


@pytest.mark.soak
@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_killed_writer_on_the_faithful_stand_in(local_bigquery: StandIn, boundary: str) -> None:
    check_a_killed_writer(local_bigquery, boundary)


@pytest.mark.soak
def test_a_statement_that_fails_in_the_transaction_leaves_the_old_rows(
    local_bigquery: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = opened(local_bigquery, new_dataset())
    warehouse.replace("t", BY_CYCLE, OLD, KEYS)
    monkeypatch.setattr(warehouse._ledger, "insert", lambda *_: "SELECT ERROR('in between')")
    with pytest.raises(BadRequest, match="in between"):
        warehouse.replace("t", BY_CYCLE, NEW, KEYS)
    same(warehouse.read("t", BY_CYCLE), OLD)


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


def _arrow() -> pa.Table:
    return pa.table({"a": [1]})


def _fields() -> list[object]:
    from google.cloud.bigquery import SchemaField

    return [SchemaField("a", "INTEGER")]


@pytest.fixture
def faults(bqemulator: StandIn) -> Iterator[Faults]:
    with faulty(bqemulator.endpoint) as proxy:
        yield proxy


@pytest.fixture
def behind(bqemulator: StandIn, faults: Faults) -> BigQueryWarehouse:
    """The stand-in behind the proxy, with quick retries, and one table in it."""
    warehouse = opened(bqemulator, new_dataset(), faults.url)
    warehouse.replace("t", BY_CYCLE, OLD, KEYS)
    return warehouse


@pytest.mark.parametrize(
    "fault",
    [(429, "rateLimitExceeded"), (403, "rateLimitExceeded"), (503, "backendError"), "lost"],
    ids=str,
)
def test_what_passes_is_asked_again(
    behind: BigQueryWarehouse, faults: Faults, fault: tuple[int, str] | str
) -> None:
    faults.first(2, fault, "POST", "/bigquery/v2/projects/stand-in/jobs")
    behind.replace("t", BY_CYCLE, of_keys(NEW, KEYS[:1]), KEYS[:1])
    faults.first(2, fault, "GET", "/jobs/" if fault != "lost" else "/queries/")
    same(behind.read("t", BY_CYCLE, KEYS[:2]), of_keys(pd_concat(), KEYS[:2]))
    if fault != "lost":
        faults.first(2, fault, "POST", "/upload/")
        behind.replace("t", BY_CYCLE, of_keys(NEW, KEYS[1:2]), KEYS[1:2])
        same(behind.read("t", BY_CYCLE, KEYS[1:2]), of_keys(NEW, KEYS[1:2]))


def pd_concat() -> pd.DataFrame:
    return conform(pd.concat([of_keys(NEW, KEYS[:1]), of_keys(OLD, KEYS[1:])]), BY_CYCLE)


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


def test_a_load_is_waited_for_and_its_failure_told(behind: BigQueryWarehouse, faults: Faults) -> None:
    """BigQuery takes a job on and answers; the stand-in answers when it is done."""
    failed = {"state": "DONE", "errorResult": {"reason": "invalid", "message": "a page is damaged"}}

    def edit(path: str, body: bytes) -> bytes:
        state = {"state": "RUNNING"} if "/upload/" in path else failed if "/jobs/stage_" in path else None
        return json.dumps(json.loads(body) | {"status": state}).encode() if body and state else body

    faults.edit = edit
    with pytest.raises(GoogleAPICallError, match="a page is damaged"):
        behind.replace("t", BY_CYCLE, NEW, KEYS)
    same(behind.read("t", BY_CYCLE), OLD)


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


@pytest.mark.parametrize(
    ("part", "role"),
    [("/upload/", "bigquery.jobUser"), ("/jobs", "bigquery.jobUser"), ("/tables", "dataEditor")],
)
def test_a_missing_role_is_named_and_not_asked_again(
    behind: BigQueryWarehouse, faults: Faults, part: str, role: str
) -> None:
    faults.say = lambda _method, path: (403, "accessDenied") if part in path else None
    faults.asked.clear()
    with pytest.raises(MissingRoleError, match=role):
        behind.replace("t", BY_CYCLE, NEW, KEYS)
    assert len([asked for asked in faults.asked if part in asked]) == 1


def test_a_quota_that_is_used_up_is_no_missing_role(behind: BigQueryWarehouse, faults: Faults) -> None:
    faults.say = lambda _method, _path: (403, "quotaExceeded")
    with pytest.raises(GoogleAPICallError, match="quotaExceeded"):
        behind.read("t", BY_CYCLE)


def test_every_query_has_a_limit_of_bytes_and_the_statements_are_in_order(
    behind: BigQueryWarehouse, faults: Faults
) -> None:
    faults.asked.clear()
    faults.sent.clear()
    behind.replace("t", BY_CYCLE, NEW, KEYS)
    behind.expression("t", BY_CYCLE).count().execute()
    behind.keys("t")
    queries = [json.loads(body)["configuration"]["query"] for body in faults.sent if b'"query"' in body]
    assert [int(query["maximumBytesBilled"]) for query in queries] == [LIMIT] * len(queries)
    (script,) = (query["query"] for query in queries if "BEGIN TRANSACTION" in query["query"])
    verbs = [" ".join(statement.split()[:2]) for statement in script.split(";")][:-1]
    assert verbs == ["BEGIN TRANSACTION", "DELETE FROM", "INSERT INTO", "INSERT INTO", "COMMIT TRANSACTION"]
    loaded = next(i for i, asked in enumerate(faults.asked) if "/upload/" in asked)
    assert any(b"BEGIN TRANSACTION" in body for body in faults.sent[loaded:]), "staged first, then replaced"


def test_a_dry_run_says_so_and_asks_for_the_columns_and_days_that_are_read(
    behind: BigQueryWarehouse, faults: Faults
) -> None:
    read = Read("features", "t", days=0.5, runs=1, columns=("place", "Value_C"))
    volume = Volume(("t", "never_written"), BY_CYCLE, rows_a_day=1)
    faults.sent.clear()
    dry_runs = DryRuns(behind)
    assert dry_runs(read, volume) == 0, "the stand-in counts no bytes"
    assert dry_runs(read, replace(volume, names=("never_written",))) is None
    jobs = [json.loads(body)["configuration"] for body in faults.sent if b'"dryRun"' in body]
    assert [job["dryRun"] for job in jobs] == [True]
    assert "SELECT `place`, `Value_C` FROM" not in jobs[0]["query"]["query"], "the key is read as well"
    assert "`Value_C`" in jobs[0]["query"]["query"]
    assert condition(BY_CYCLE, KEYS[-2:]) in jobs[0]["query"]["query"]


def test_what_dry_runs_tell_is_counted_up_to_what_will_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"a": (KEYS, 100), "b": (KEYS[:1], 100), "c": ([], 0)}
    warehouse = BigQueryWarehouse(BigQuery(_Nobody(), "d", max_bytes_billed=LIMIT))
    monkeypatch.setattr(warehouse, "keys", lambda table: told[table][0])
    monkeypatch.setattr(warehouse, "dry_run_bytes", lambda table, *_: told[table][1])
    half_a_day = Read("features", "t", days=0.5, runs=1)
    volume = Volume(("a", "b", "c"), BY_CYCLE, rows_a_day=1)
    # Two cycles of a; one of b, of which two are read; c is taken to be like the others.
    assert DryRuns(warehouse)(half_a_day, volume) == pytest.approx((100 + 200) * 3 / 2)


class _Nobody:
    project = "nowhere"
