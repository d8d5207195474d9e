"""Whose history a command writes into, and prunes."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.run_coordinator import QueuedRunCoordinator
from pydantic import SecretStr

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.configuration.wrong_settings import SettingsError
from weather_platform.infra.instance.dagster_home import dagster_home, instance


@dg.op
def nothing() -> None: ...


@dg.job
def work() -> None:
    nothing()


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(folder))
    return folder


def test_on_a_laptop_nothing_goes_into_the_home_of_another_project(theirs: Path, tmp_path: Path) -> None:
    with instance(Settings(data_dir=tmp_path / "data")) as opened:
        assert work.execute_in_process(instance=opened).success
        assert opened.get_runs_count() == 1
    assert [path.name for path in theirs.iterdir()] == ["dagster.yaml"]


def test_a_deployment_with_postgres_has_the_home_that_it_names(theirs: Path, tmp_path: Path) -> None:
    deployed = Settings(data_dir=tmp_path / "data", postgres_url=SecretStr("postgresql://u:p@127.0.0.1:9/d"))
    with instance(deployed, keep_printed=False) as opened:
        assert work.execute_in_process(instance=opened).success
        assert opened.root_directory == str(theirs)
    assert not (tmp_path / "data").exists()


def test_runs_start_side_by_side_also_in_a_folder_of_an_earlier_release(tmp_path: Path) -> None:
    """One after the other, a backfill's runs of a second or two would wait for each other's imports."""
    config = dagster_home(tmp_path / "data") / "dagster.yaml"
    config.write_text(config.read_text().partition("run_coordinator:")[0])
    with instance(Settings(data_dir=tmp_path / "data")) as opened:
        assert isinstance(opened.run_coordinator, QueuedRunCoordinator)
        assert opened.run_coordinator.dequeue_use_threads
        assert _limits(opened) == [{"key": "dagster/backfill", "limit": 3}]


def test_a_configuration_that_is_right_is_not_written_again_and_a_new_one_appears_whole(
    tmp_path: Path,
) -> None:
    """Found by reading: each command emptied the file and wrote it, and a run that just started read nothing,
    which is Dagster's defaults: another store of events, and telemetry.
    """
    config = dagster_home(tmp_path / "data") / "dagster.yaml"
    before = config.stat()
    assert dagster_home(tmp_path / "data") == config.parent
    assert (config.stat().st_ino, config.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    with config.open() as reading:
        dagster_home(tmp_path / "data", json_logs=True)
        assert "json_logs" not in reading.read() and "telemetry" in config.read_text()
    assert "JsonHandler" in config.read_text()
    assert [path.name for path in config.parent.iterdir()] == ["dagster.yaml"]


def test_what_somebody_wrote_into_the_configuration_stays(tmp_path: Path) -> None:
    config = dagster_home(tmp_path / "data") / "dagster.yaml"
    config.write_text(config.read_text().replace("limit: 3", "limit: 1"))
    with instance(Settings(data_dir=tmp_path / "data")) as opened:
        assert _limits(opened) == [{"key": "dagster/backfill", "limit": 1}]


@pytest.mark.parametrize("name", ["Client #3", "a: b", "Mein Büro", "50 %", "'"])
def test_the_history_of_runs_is_in_the_data_folder_whatever_that_is_called(name: str, tmp_path: Path) -> None:
    """Found by trying: of `Client #3` it was in a folder `Client` beside it, and `a: b` was no YAML."""
    with instance(Settings(data_dir=tmp_path / name), keep_printed=False) as opened:
        assert work.execute_in_process(instance=opened).success
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_folder_that_sqlite_cannot_be_told_is_refused(tmp_path: Path) -> None:
    """Found by trying: databases were made beside the folder, and the first training failed."""
    with pytest.raises(SettingsError, match=r"WEATHER_DATA_DIR: .*a\?b/dagster has a \? in it"):
        dagster_home(tmp_path / "a?b")
    assert not list(tmp_path.iterdir())


def _limits(opened: dg.DagsterInstance) -> list[object]:
    queue = opened.get_concurrency_config().run_queue_config
    assert queue is not None
    return list(queue.tag_concurrency_limits)
