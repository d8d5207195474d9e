"""A thousand small files, and Dagster with all its processes killed twice while it reads them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest

from weather_platform.core.contracts.truth import UPLOADED_OBSERVATION
from weather_platform.defs.uploads import KEY
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.dagster_home import dagster_home, instance
from weather_platform.infra.platform import Platform
from weather_platform_tests.defs.dropped import MAPPING

FILES = 1000
PATIENCE_SECONDS = 1200


@contextmanager
def dagster_dev(settings: Settings, log: Path) -> Iterator[None]:
    """Dagster as `weather-platform ui` starts it; killed at the end with every process that it started."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    # Ends by itself where this process is killed.
    command = [sys.executable, "-m", "weather_platform.cli.until_stdin_closes"]
    command += ["dagster", "dev", "-m", "weather_platform.definitions", "-p", port]
    environment = os.environ | {
        "DAGSTER_HOME": str(dagster_home(settings.data_dir)),
        "WEATHER_DATA_DIR": str(settings.data_dir),
        "WEATHER_UPLOAD_RUN_SILENCE": "PT2M",
        "OMP_NUM_THREADS": "1",
    }
    with log.open("a") as output:
        server = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until, "nothing happens any more"
        time.sleep(0.2)


def fill(folder: Path, first: int, end: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mapping.yaml").write_text(MAPPING)
    for i in range(first, end):
        (folder / f"station {i}.csv").write_text(f"time,place,temp\n2026-08-01 00:00,p{i},{i % 30}\n")


@pytest.mark.soak
def test_every_file_is_loaded_once_though_dagster_is_killed_twice(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    box = settings.data_dir / "objects" / "drop_box"
    log = tmp_path / "dagster.log"
    with instance(settings) as opened:

        def materialized() -> int:
            return len(opened.get_materialized_partitions(KEY))

        def reading() -> bool:
            started = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])
            return bool(opened.get_runs_count(started))

        fill(box, 0, FILES // 2)
        with dagster_dev(settings, log):
            wait_until(reading)
        killed_at = [materialized()]
        with dagster_dev(settings, log):
            wait_until(lambda: materialized() > killed_at[0])
            fill(box, FILES // 2, FILES)
        killed_at.append(materialized())
        assert killed_at[1] < FILES
        with dagster_dev(settings, log):
            wait_until(lambda: materialized() == FILES)
            ended = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
            wait_until(
                lambda: opened.get_runs_count(dg.RunsFilter(statuses=ended)) == opened.get_runs_count()
            )
    ledger = Platform(settings).uploads.ledger()
    assert len(ledger.uploads) == FILES == len(ledger.newest)
    rows = Platform(settings).warehouse.read("uploads", UPLOADED_OBSERVATION)
    assert sorted(rows["location_id"]) == sorted(f"p{i}" for i in range(FILES))
    assert set(rows["upload"]) == set(ledger.uploads)
