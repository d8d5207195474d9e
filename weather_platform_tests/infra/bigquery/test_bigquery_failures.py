"""The BigQuery warehouse when things go wrong: killed at every boundary of a write, quotas, lost answers,
missing roles.
"""

import json
import multiprocessing
import os
import signal
from dataclasses import replace

import pandas as pd
import pytest
from google.api_core.exceptions import BadRequest, GoogleAPICallError

from weather_platform.core.cost.reads import Read
from weather_platform.core.cost.volumes import Volume
from weather_platform.core.tables.schema import conform
from weather_platform.infra.bigquery.jobs import BigQuery
from weather_platform.infra.bigquery.ledger import LEDGER
from weather_platform.infra.bigquery.ranges import condition
from weather_platform.infra.bigquery.scanned import DryRuns
from weather_platform.infra.bigquery.staging import Staging
from weather_platform.infra.bigquery.warehouse import BigQueryWarehouse
from weather_platform.infra.google.errors import MissingRoleError
from weather_platform_tests.infra.bigquery.test_bigquery import LIMIT, new_dataset, opened, tables
from weather_platform_tests.infra.warehouse.warehouse_contract import BY_CYCLE, KEYS, of_keys, rows, same
from weather_platform_tests.stand_ins.faulty import Faults
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


@pytest.mark.parametrize(
    "fault",
    [(429, "rateLimitExceeded"), (403, "rateLimitExceeded"), (503, "backendError"), "lost"],
    ids=str,
)
def test_what_passes_is_asked_again(
    behind: BigQueryWarehouse, faults: Faults, fault: tuple[int, str] | str
) -> None:
    faults.first(2, fault, "POST", "/jobs?prettyPrint")  # a query's, not a load's
    behind.replace("t", BY_CYCLE, of_keys(NEW, KEYS[:1]), KEYS[:1])
    faults.first(2, fault, "GET", "/jobs/" if fault != "lost" else "/queries/")
    same(behind.read("t", BY_CYCLE, KEYS[:2]), of_keys(pd_concat(), KEYS[:2]))
    faults.first(2, fault, "POST", "/upload/")
    behind.replace("t", BY_CYCLE, of_keys(NEW, KEYS[1:2]), KEYS[1:2])
    same(behind.read("t", BY_CYCLE, KEYS[1:2]), of_keys(NEW, KEYS[1:2]))


def test_a_write_that_another_one_cancels_is_made_again(behind: BigQueryWarehouse, faults: Faults) -> None:
    """Of two transactions on a table BigQuery may cancel one, and its caller is to ask again."""
    words = "Transaction is aborted due to concurrent update against table stand-in.d.t"
    left = 2

    def cancelled(_method: str, path: str) -> bytes | None:
        nonlocal left
        if "/jobs?" not in path or b"BEGIN TRANSACTION" not in faults.sent[-1] or not left:
            return None
        left -= 1
        status = {"state": "DONE", "errorResult": {"reason": "invalidQuery", "message": words}}
        return json.dumps(json.loads(faults.sent[-1]) | {"status": status}).encode()

    faults.say = cancelled
    behind.replace("t", BY_CYCLE, NEW, KEYS)
    assert left == 0
    same(behind.read("t", BY_CYCLE), NEW)


def pd_concat() -> pd.DataFrame:
    return conform(pd.concat([of_keys(NEW, KEYS[:1]), of_keys(OLD, KEYS[1:])]), BY_CYCLE)


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


def with_bytes_counted(path: str, body: bytes) -> bytes:
    """The stand-in counts none in a dry run."""
    if "/jobs?" not in path:
        return body
    counted = {"statistics": {"query": {"totalBytesProcessed": "1234"}}}
    return json.dumps(json.loads(body) | counted).encode()


def test_a_dry_run_says_so_and_asks_for_the_columns_and_days_that_are_read(
    behind: BigQueryWarehouse, faults: Faults
) -> None:
    read = Read("features", "t", days=0.5, runs=1, columns=("place", "Value_C"))
    volume = Volume(("t", "never_written"), BY_CYCLE, rows_a_day=1)
    faults.sent.clear()
    dry_runs = DryRuns(behind)
    faults.edit = with_bytes_counted
    assert dry_runs(read, volume) == 2 * 1234, "of the other table is taken what was told of the first"
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
