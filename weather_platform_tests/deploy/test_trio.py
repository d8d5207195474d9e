"""Webserver, daemon and code server as compose starts them, on a real Postgres: a run goes through the
queue, a schedule fires from the daemon, a killed run is noticed.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import pytest
import yaml
from dagster_graphql import DagsterGraphQLClient

from weather_platform.infra.configuration.settings import Settings
from weather_platform_tests.deploy.homes import DEPLOY, home
from weather_platform_tests.postgres_fixtures import free_port

_WITHIN_SECONDS = 180.0


class Trio:
    """A running trio. `instance` is what its parts share."""

    def __init__(self, instance: dg.DagsterInstance, port: int) -> None:
        self.instance = instance
        self.client = DagsterGraphQLClient("127.0.0.1", port_number=port)
        self.url = f"http://127.0.0.1:{port}/graphql"

    def start_schedule(self, name: str) -> None:
        """Switch a schedule on, as the UI does."""
        query = """mutation ($selector: ScheduleSelector!) {
            startSchedule(scheduleSelector: $selector) { __typename } }"""
        selector = {
            "repositoryLocationName": "weather_platform",
            "repositoryName": "__repository__",
            "scheduleName": name,
        }
        reply = httpx.post(self.url, json={"query": query, "variables": {"selector": selector}}, timeout=60)
        assert reply.json()["data"]["startSchedule"]["__typename"] == "ScheduleStateResult", reply.text

    def run(self, run_id: str) -> dg.DagsterRun:
        """A run that exists."""
        found = self.instance.get_run_by_id(run_id)
        assert found is not None
        return found


@pytest.fixture
def trio(fresh: Settings, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trio]:
    """compose.yaml's three commands, loopback in place of its network, and monitoring that looks often."""
    loaded = yaml.safe_load((DEPLOY / "compose" / "dagster.yaml").read_text())
    monitoring = loaded["run_monitoring"] | {"poll_interval_seconds": 5, "start_timeout_seconds": 60}
    environment = {
        "DAGSTER_HOME": str(home(tmp_path / "home", "compose", run_monitoring=monitoring)),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "WEATHER_POSTGRES_URL": database,
        "WEATHER_DATA_DIR": str(fresh.data_dir),
        "WEATHER_LOCATIONS_FILE": str(fresh.locations_file),
        "WEATHER_SANDBOX_URL": str(fresh.sandbox_url),
        "WEATHER_PROVIDERS": ",".join(fresh.providers),
        "WEATHER_HORIZON_HOURS": str(fresh.horizon_hours),
    }
    monkeypatch.setenv("WEATHER_POSTGRES_URL", database)
    code, web = free_port(), free_port()
    there = rf"host: 127.0.0.1\n\1port: {code}"
    workspace = re.sub("host: code\n(.*)port: 4000", there, _compose("workspace.yaml"))
    (tmp_path / "workspace.yaml").write_text(workspace)
    services = yaml.safe_load(_compose("compose.yaml"))["services"]
    swaps = {"4000": str(code), "3000": str(web), "0.0.0.0": "127.0.0.1"}  # noqa: S104
    swaps["/etc/weather/workspace.yaml"] = str(tmp_path / "workspace.yaml")
    with ExitStack() as stack:
        for service in ("code", "web", "daemon"):
            command = [swaps.get(word, word) for word in services[service]["command"]]
            stack.enter_context(_running(command, environment, tmp_path / f"{service}.log"))
            if service == "code":
                _wait(partial(_says, tmp_path / "code.log", "Started Dagster code server"), tmp_path)
        instance = stack.enter_context(dg.DagsterInstance.from_config(environment["DAGSTER_HOME"]))
        _wait(lambda: _answers(web), tmp_path)
        yield Trio(instance, web)


@pytest.mark.soak
def test_a_run_is_queued_launched_and_recorded_and_a_killed_one_is_noticed(
    trio: Trio, tmp_path: Path
) -> None:
    run_id = trio.client.submit_job_execution("read_locations")
    _wait(lambda: trio.run(run_id).is_finished, tmp_path)
    assert trio.run(run_id).is_success
    queued = trio.instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.PIPELINE_ENQUEUED)
    assert len(queued.records) == 1
    assert trio.instance.get_latest_materialization_event(dg.AssetKey("locations")) is not None

    killed = trio.client.submit_job_execution("read_locations")
    _wait(lambda: _worker(trio, killed) is not None, tmp_path)
    worker = _worker(trio, killed)
    assert worker is not None
    assert not trio.run(killed).is_finished, "the run ended before it could be killed"
    os.kill(worker, signal.SIGKILL)
    _wait(lambda: trio.run(killed).status == dg.DagsterRunStatus.FAILURE, tmp_path)
    # Crashes are retried: the daemon makes the run again, and that one succeeds.
    _wait(lambda: any(run.is_success for run in _retries(trio, killed)), tmp_path)


@pytest.mark.soak
def test_every_daemon_that_the_instance_needs_is_alive_and_has_what_the_ui_switched_on(
    trio: Trio, tmp_path: Path
) -> None:
    trio.start_schedule("every_day")
    _wait(lambda: all(one.healthy for one in trio.instance.get_daemon_statuses().values()), tmp_path)
    assert {"SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR", "MONITORING"} <= set(
        trio.instance.get_daemon_statuses()
    )
    assert "every_day" in {state.name for state in trio.instance.all_instigator_state() if state.is_running}


def _retries(trio: Trio, parent: str) -> list[dg.DagsterRun]:
    return list(trio.instance.get_runs(dg.RunsFilter(tags={"dagster/parent_run_id": parent})))


def _worker(trio: Trio, run_id: str) -> int | None:
    """The process that executes a run, by its own word."""
    events = trio.instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT).records
    said = " ".join(event.event_log_entry.message for event in events)
    found = re.search(r"Started process for run \(pid: (\d+)\)", said)
    return int(found[1]) if found else None


def _compose(name: str) -> str:
    return (DEPLOY / "compose" / name).read_text()


def _says(log: Path, text: str) -> bool:
    return text in log.read_text()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/server_info", timeout=5).is_success
    except httpx.HTTPError:
        return False


def _wait(until: Any, folder: Path) -> None:
    deadline = time.monotonic() + _WITHIN_SECONDS
    while not until():
        logs = {path.name: path.read_text()[-1500:] for path in folder.glob("*.log")}
        assert time.monotonic() < deadline, f"still not after {_WITHIN_SECONDS} s: {logs}"
        time.sleep(0.1)


@contextmanager
def _running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    """In a process group of its own, which is gone when the context ends."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            command, env=os.environ | environment, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
