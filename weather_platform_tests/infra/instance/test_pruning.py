"""Pruning takes the history of runs that is too old, and nothing that says what there is."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as db
from click.testing import CliRunner
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable

from weather_platform.cli.main import cli
from weather_platform.core.retention import MOST_DAYS, Retention, days_by_asset
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.homes.upkeep import prune_all
from weather_platform.infra.instance.dagster_home import instance as local_instance
from weather_platform.infra.instance.pruning import prune, prune_half_written
from weather_platform.infra.objects.half_written import unfinished

PARTS = dg.StaticPartitionsDefinition(["a", "b"])
LATER = datetime.now(UTC) + timedelta(days=100)
RETENTION = Retention(90)


@dg.asset(
    partitions_def=PARTS,
    check_specs=[dg.AssetCheckSpec("fine", asset="table")],
    automation_condition=dg.AutomationCondition.eager(),
)
def table(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    print(f"printed for {context.partition_key}")  # noqa: T201 - what a run prints is kept, and pruned
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True, check_name="fine")])


@dg.asset(deps=[table], partitions_def=PARTS, automation_condition=dg.AutomationCondition.eager())
def precious() -> None: ...


DEFINITIONS = dg.Definitions(assets=[table, precious])


@pytest.fixture(params=["sqlite", "postgres"])
def history(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance with two runs of the partition `a`, one of `b`, and a result that a sensor reported."""
    context: AbstractContextManager[dg.DagsterInstance]
    if request.param == "postgres":
        url = request.getfixturevalue("dagster_database")
        (tmp_path / "dagster.yaml").write_text(f"storage:\n  postgres:\n    postgres_url: {url}\n")
        context = dg.DagsterInstance.from_config(str(tmp_path))
    else:
        context = local_instance(Settings(data_dir=tmp_path))
    with context as opened:
        for part in "aab":
            assert dg.materialize([table, precious], partition_key=part, instance=opened).success
        for passed in (True, False):
            reported = dg.AssetCheckEvaluation(
                asset_key=table.key, check_name="fine", passed=passed, metadata={}
            )
            opened.report_runless_asset_event(reported)
        yield opened


def events(instance: dg.DagsterInstance, key: str | None = None) -> int:
    """Rows of the event log, of one asset or of all."""
    column = SqlEventLogStorageTable.c
    chosen = db.true() if key is None else column.asset_key == dg.AssetKey(key).to_string()
    return count(instance, SqlEventLogStorageTable, chosen)


def count(instance: dg.DagsterInstance, rows: db.Table, chosen: db.ColumnElement[bool]) -> int:
    """Rows of a table of the event log."""
    storage = instance.event_log_storage
    assert isinstance(storage, SqlEventLogStorage)
    with storage.index_connection() as connection:
        return int(
            connection.execute(db.select(db.func.count()).select_from(rows).where(chosen)).scalar_one()
        )


def standing(instance: dg.DagsterInstance) -> list[object]:
    """What Dagster knows of the assets: partitions, newest events, newest result of the check."""
    found: list[object] = []
    for key in (table.key, precious.key):
        found.append(instance.get_materialized_partitions(key))
        found.append(instance.get_latest_materialization_event(key))
        records = instance.event_log_storage.get_latest_storage_id_by_partition(
            key, dg.DagsterEventType.ASSET_MATERIALIZATION
        )
        found.append(records)
    check = dg.AssetCheckKey(table.key, "fine")
    record = instance.event_log_storage.get_latest_asset_check_execution_by_key([check])[check]
    return [*found, record.status, record.id]


def asked_for(instance: dg.DagsterInstance) -> int:
    """How many partitions declarative automation would materialize."""
    return dg.evaluate_automation_conditions(DEFINITIONS, instance).total_requested


def test_what_is_too_old_goes_and_what_stands_stays(history: dg.DagsterInstance) -> None:
    before, asked, rows = standing(history), asked_for(history), events(history)
    newest = history.fetch_materializations(table.key, limit=1).records[0].storage_id
    assert prune(history, RETENTION, datetime.now(UTC)) == {"runs": 0, "events": 0, "check_results": 0}
    told = prune(history, RETENTION, LATER, dry=True)
    assert (events(history), len(history.get_runs())) == (rows, 3)

    assert prune(history, RETENTION, LATER) == told
    assert told["runs"] == 3
    assert told["check_results"] == 4  # of five: three by runs, two reported
    assert told["events"] == rows - events(history)
    assert standing(history) == before
    assert asked_for(history) == asked
    assert history.get_runs() == []
    assert events(history, "table") == events(history, "precious") == 2
    assert events(history) <= 5  # those, and the one with the highest number
    assert sum(prune(history, RETENTION, LATER).values()) == 0

    # Numbers are never given again: a sensor that has seen the highest sees what comes now.
    dg.materialize([table], partition_key="b", instance=history)
    assert history.fetch_materializations(table.key, limit=1).records[0].storage_id > newest + 3


def test_the_event_with_the_highest_number_stays_whatever_it_is(history: dg.DagsterInstance) -> None:
    dg.materialize([table], partition_key="b", instance=history)  # last it tells that the run has ended
    storage = history.event_log_storage
    assert isinstance(storage, SqlEventLogStorage)
    highest = db.select(db.func.max(SqlEventLogStorageTable.c.id))
    with storage.index_connection() as connection:
        before = connection.execute(highest).scalar_one()
    prune(history, RETENTION, LATER)
    with storage.index_connection() as connection:
        assert connection.execute(highest).scalar_one() == before
    if storage.is_run_sharded:  # what no run made has a database of its own there, whose numbers nobody reads
        with storage.run_connection("") as connection:
            assert connection.execute(highest).scalar() is None


def test_what_is_killed_is_ended_by_the_next_and_other_ages_and_living_runs_are_minded(
    history: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = history.create_run_for_job(DEFINITIONS.resolve_implicit_global_asset_job_def())
    history.report_run_canceling(run)
    before, rows = standing(history), events(history, "precious")
    logged = len(history.all_logs(run.run_id))

    def killed(_run_id: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(history.run_storage, "delete_run", killed)
        with pytest.raises(KeyboardInterrupt):
            prune(history, RETENTION, LATER)
    assert standing(history) == before

    precious_for_a_year = Retention(90, {"precious": 365})
    assert prune(history, precious_for_a_year, LATER)["runs"] == 3
    assert standing(history) == before
    assert events(history, "precious") == rows
    assert events(history, "table") == 3  # with the plan of the run that lives
    assert [kept.run_id for kept in history.get_runs()] == [run.run_id]
    assert len(history.all_logs(run.run_id)) == logged > 0


def test_logs_of_runs_go_with_them(tmp_path: Path) -> None:
    with local_instance(Settings(data_dir=tmp_path)) as opened:
        run = dg.materialize([table], partition_key="a", instance=opened).run_id
        young = dg.materialize([table], partition_key="b", instance=opened).run_id
        assert [*(tmp_path / "dagster").rglob(f"*{run}*")]
        opened.run_storage.delete_run(young)  # stands for a run that is young: it is not asked about
        prune(opened, RETENTION, LATER)
    assert [*(tmp_path / "dagster").rglob(f"*{run}*")] == []
    assert [*(tmp_path / "dagster").rglob(f"*{young}*")] != []


def test_half_written_files_go_after_a_day(tmp_path: Path) -> None:
    place = tmp_path / "t" / "k.parquet"
    whole, new, old = place, unfinished(place), unfinished(place)
    whole.parent.mkdir()
    for file in (whole, new, old):
        file.touch()
    for file in (whole, old):
        os.utime(file, (0, 0))
    assert prune_half_written(tmp_path, datetime.now(UTC)) == 1
    assert sorted(tmp_path.rglob("k*")) == [whole, new]


def test_nothing_of_the_drop_box_goes_whatever_it_is_called(tmp_path: Path) -> None:
    box = tmp_path / "objects" / "drop_box" / "farm"
    dropped = [box / "STATIO~1.csv", box / "a~b~0123456789abcdef", box / "~lock.csv#", box / "a.csv~"]
    left = unfinished(tmp_path / "objects" / "payloads" / "a")
    named = tmp_path / "warehouse" / "uploads" / "STATIO~1.csv@1.parquet"
    for file in (*dropped, left, named):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        os.utime(file, (0, 0))
    settings = Settings(data_dir=tmp_path)
    with local_instance(Settings(data_dir=tmp_path)) as opened:
        assert prune_all(settings, opened, datetime.now(UTC))["half_written_files"] == 1
    assert all(file.exists() for file in (*dropped, named))
    assert not left.exists()


def test_the_command_and_the_nightly_job_prune(tmp_path: Path) -> None:
    from weather_platform.definitions import build

    settings = Settings(data_dir=tmp_path, retention_days=1)
    with local_instance(Settings(data_dir=tmp_path)) as opened:
        dg.materialize([table], partition_key="a", instance=opened)
        nightly = build(settings).resolve_job_def("prune").execute_in_process(instance=opened)
        assert nightly.output_for_node("prune_history")["runs"] == 0
    result = CliRunner().invoke(cli, ["prune", "--dry-run"], obj=settings)
    assert (result.exit_code, result.output) == (
        0,
        "Would delete 0 runs, 0 events, 0 check results, 0 half written files.\n",
    )


def test_ages_by_asset_are_read_from_text() -> None:
    ages = Retention(90, days_by_asset("payloads=365, payloads/nws=30,features=7"))
    now = datetime(2026, 11, 1, tzinfo=UTC)
    days = {
        key: (now - ages.before_of(key, now)).days
        for key in ("payloads/nws", "payloads/x", "payload", "payloads_x")
    }
    assert days == {"payloads/nws": 30, "payloads/x": 365, "payload": 90, "payloads_x": 90}
    assert Retention(90, days_by_asset(f"payloads={MOST_DAYS}")).before_of("payloads", now).year == 1926
    for wrong in (
        "payloads",
        "payloads=0",
        "=3",
        "payloads=soon",
        "payloads=1000000",
        "payloads=" + "9" * 5000,
    ):
        with pytest.raises(ValueError, match="is not ASSET=DAYS"):
            days_by_asset(wrong)


@pytest.mark.parametrize("damaged", ["dagster", "dagster/history/runs.db"])
def test_a_history_that_cannot_be_opened_is_told_in_a_line(damaged: str, tmp_path: Path) -> None:
    (tmp_path / damaged).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / damaged).write_text("neither folder nor database")
    result = CliRunner().invoke(cli, ["prune"], obj=Settings(data_dir=tmp_path))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: a store cannot be used: ")
