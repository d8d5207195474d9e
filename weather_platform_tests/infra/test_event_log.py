"""Dagster's events in our storage: kept, seen by others at once, and bounded in open files."""

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster import DagsterEvent, DagsterEventType, EventLogEntry
from dagster._check import ParameterCheckError
from dagster._core.events import StepMaterializationData

from weather_platform.infra import event_log
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.event_log import PooledSqliteEventLogStorage
from weather_platform.infra.instance.dagster_home import dagster_home, instance

DAYS = dg.StaticPartitionsDefinition(["a", "b", "c"])


@dg.asset(partitions_def=DAYS)
def table(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"key": context.partition_key})


def test_the_instance_uses_it_and_another_process_sees_the_events(tmp_path: Path) -> None:
    with instance(Settings(data_dir=tmp_path)) as opened:
        assert isinstance(opened.event_log_storage, PooledSqliteEventLogStorage)
        assert dg.materialize([table], partition_key="b", instance=opened).success
        code = (
            "import dagster as dg; i = dg.DagsterInstance.get(); "
            "print(sorted(i.get_materialized_partitions(dg.AssetKey('table'))))"
        )
        seen = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", code],
            env={"DAGSTER_HOME": str(dagster_home(tmp_path)), "PYTHONPATH": str(Path.cwd())},
            capture_output=True,
            text=True,
            check=True,
        )
    assert seen.stdout.strip() == "['b']"


@dg.asset(partitions_def=DAYS, backfill_policy=dg.BackfillPolicy.single_run())
def whole(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"rows": len(context.partition_keys)})


RANGE = {"dagster/asset_partition_range_start": "a", "dagster/asset_partition_range_end": "c"}


@pytest.mark.parametrize("size", ["0", "2", "250"])
def test_a_range_leaves_the_same_events_however_many_are_stored_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: str
) -> None:
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", size)
    with instance(Settings(data_dir=tmp_path)) as opened:
        result = dg.materialize([whole], instance=opened, tags=RANGE)
        for kind in (DagsterEventType.ASSET_MATERIALIZATION_PLANNED, DagsterEventType.ASSET_MATERIALIZATION):
            logged = opened.all_logs(result.run_id, of_type=kind)
            assert sorted(str(entry.get_dagster_event().partition) for entry in logged) == ["a", "b", "c"]
        assert opened.get_materialized_partitions(whole.key) == {"a", "b", "c"}
        assert opened.get_latest_materialization_event(whole.key) == max(
            logged, key=lambda entry: entry.timestamp
        )


def test_events_come_in_batches_unless_the_environment_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    store = PooledSqliteEventLogStorage.store_event_batch

    def counted(self: PooledSqliteEventLogStorage, events: Sequence[EventLogEntry]) -> None:
        sizes.append(len(events))
        store(self, events)

    monkeypatch.setattr(PooledSqliteEventLogStorage, "store_event_batch", counted)
    for given, most in (("0", 0), (None, 3)):
        monkeypatch.delenv("DAGSTER_EVENT_BATCH_SIZE", raising=False)
        if given is not None:
            monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", given)
        with instance(Settings(data_dir=tmp_path)) as opened:
            dg.materialize([whole], instance=opened, tags=RANGE)
        assert max(sizes, default=0) == most


def test_a_batch_that_fails_leaves_nothing_and_what_follows_is_stored(tmp_path: Path) -> None:
    with instance(Settings(data_dir=tmp_path)) as opened:
        good = _materialization(opened, "a", run_id="of a batch")
        with pytest.raises(ParameterCheckError):
            opened.event_log_storage.store_event_batch([good, "no event"])  # type: ignore[list-item]
        assert opened.all_logs("of a batch") == []
        assert opened.get_materialized_partitions(table.key) == set()
        opened.event_log_storage.store_event(good)
        assert opened.get_materialized_partitions(table.key) == {"a"}


def test_batches_of_several_threads_are_all_stored(tmp_path: Path) -> None:
    with instance(Settings(data_dir=tmp_path)) as opened:
        batches = [[_materialization(opened, key, run_id=f"{n}") for key in "abc"] for n in range(8)]
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(opened.event_log_storage.store_event_batch, batches))
        assert [len(opened.all_logs(str(n))) for n in range(8)] == [3] * 8
        assert len(opened.fetch_materializations(table.key, limit=100).records) == 24


def _materialization(opened: dg.DagsterInstance, partition: str, run_id: str) -> EventLogEntry:
    """An event as a run reports it, of a run that nobody started."""
    event = DagsterEvent(
        event_type_value=DagsterEventType.ASSET_MATERIALIZATION.value,
        job_name="job",
        event_specific_data=StepMaterializationData(
            dg.AssetMaterialization(table.key, partition=partition), asset_lineage=[]
        ),
    )
    return EventLogEntry(
        error_info=None, level=10, user_message="", run_id=run_id, timestamp=time.time(), dagster_event=event
    )


def test_events_outlive_the_instance(tmp_path: Path) -> None:
    with instance(Settings(data_dir=tmp_path)) as opened:
        dg.materialize([table], partition_key="a", instance=opened)
    with instance(Settings(data_dir=tmp_path)) as opened:
        assert opened.get_materialized_partitions(dg.AssetKey("table")) == {"a"}


def test_a_database_is_opened_once_and_knows_its_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_files, made = [], event_log.create_engine

    def counted(url: str, **options: Any) -> Any:
        opened_files.append(url)
        return made(url, **options)

    monkeypatch.setattr(event_log, "create_engine", counted)
    with instance(Settings(data_dir=tmp_path)) as opened:
        storage = opened.event_log_storage
        assert isinstance(storage, PooledSqliteEventLogStorage)
        for _ in range(2):  # as it is, and as it is remembered
            assert storage.has_table("asset_keys")
            assert not storage.has_table("of_another_release")
        run = dg.materialize([table], partition_key="a", instance=opened).run_id
        assert len(opened.all_logs(run)) > 5
        assert opened.get_latest_materialization_code_versions([table.key])
    assert len(opened_files) == len(set(opened_files)) == 2  # the index and the run


def test_more_runs_than_open_databases_are_all_readable_from_threads(tmp_path: Path) -> None:
    with instance(Settings(data_dir=tmp_path)) as opened:
        runs = [dg.materialize([table], partition_key="c", instance=opened).run_id for _ in range(10)]
        with ThreadPoolExecutor(4) as threads:
            counts = list(threads.map(lambda run: len(opened.all_logs(run)), runs * 2))
        assert min(counts) > 0
        assert len(set(counts)) == 1


def test_an_own_configuration_is_kept(tmp_path: Path) -> None:
    home = tmp_path / "dagster"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    with instance(Settings(data_dir=tmp_path)) as opened:
        assert not isinstance(opened.event_log_storage, PooledSqliteEventLogStorage)
