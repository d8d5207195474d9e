"""Dagster's events in our storage: kept, seen by others at once, and bounded in open files."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg

from weather_platform.infra.dagster_home import dagster_home, instance
from weather_platform.infra.event_log import PooledSqliteEventLogStorage

DAYS = dg.StaticPartitionsDefinition(["a", "b", "c"])


@dg.asset(partitions_def=DAYS)
def table(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"key": context.partition_key})


def test_the_instance_uses_it_and_another_process_sees_the_events(tmp_path: Path) -> None:
    with instance(tmp_path) as opened:
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


def test_events_outlive_the_instance(tmp_path: Path) -> None:
    with instance(tmp_path) as opened:
        dg.materialize([table], partition_key="a", instance=opened)
    with instance(tmp_path) as opened:
        assert opened.get_materialized_partitions(dg.AssetKey("table")) == {"a"}


def test_more_runs_than_open_databases_are_all_readable_from_threads(tmp_path: Path) -> None:
    with instance(tmp_path) as opened:
        runs = [dg.materialize([table], partition_key="c", instance=opened).run_id for _ in range(10)]
        with ThreadPoolExecutor(4) as threads:
            counts = list(threads.map(lambda run: len(opened.all_logs(run)), runs * 2))
        assert min(counts) > 0
        assert len(set(counts)) == 1


def test_an_own_configuration_is_kept(tmp_path: Path) -> None:
    home = tmp_path / "dagster"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    with instance(tmp_path) as opened:
        assert not isinstance(opened.event_log_storage, PooledSqliteEventLogStorage)
