"""From a tick over HTTP to a finished run in Postgres, in worker processes that are also killed; jobs are
really run.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from weather_platform.core.partitions import CYCLE
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.run_lock import run_lock
from weather_platform.service.lost import LOST_TAG, clear
from weather_platform.service.worker import MAX_WORKERS_LOST, Outcome, UnknownTickError, Worker
from weather_platform_tests.deploy.dockerfile import set_in
from weather_platform_tests.deploy.homes import home, local_logs
from weather_platform_tests.platform_fixtures import run_job
from weather_platform_tests.postgres_fixtures import query
from weather_platform_tests.service.conftest import Caller, served
from weather_platform_tests.service.google import google

AT = datetime(2026, 9, 3, 18, 15, tzinfo=UTC)


@pytest.fixture
def deployed(fresh: Settings, database: str, tmp_path: Path) -> tuple[dict[str, str], Settings]:
    """Environment and settings of a worker: sandbox, Postgres, the scale-to-zero dagster.yaml. Places are
    read.
    """
    logs = local_logs(tmp_path / "logs")
    environment = {
        "DAGSTER_HOME": str(home(tmp_path / "home", "dagster/scale_to_zero", compute_logs=logs)),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "WEATHER_POSTGRES_URL": database,
        "WEATHER_SEPARATE_ROLES": "true",
        "WEATHER_DATA_DIR": str(fresh.data_dir),
        "WEATHER_LOCATIONS_FILE": str(fresh.locations_file),
        "WEATHER_SANDBOX_URL": str(fresh.sandbox_url),
        "WEATHER_PROVIDERS": ",".join(fresh.providers),
        "WEATHER_HORIZON_HOURS": str(fresh.horizon_hours),
    }
    run_job(fresh, "read_locations")
    settings = Settings(**(dict(fresh) | {"postgres_url": database, "separate_roles": True}))
    return environment, settings


@pytest.fixture
def instance(
    deployed: tuple[dict[str, str], Settings], monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    """The instance that the worker's DAGSTER_HOME describes."""
    monkeypatch.setenv("WEATHER_POSTGRES_URL", deployed[0]["WEATHER_POSTGRES_URL"])
    with dg.DagsterInstance.from_config(deployed[0]["DAGSTER_HOME"]) as opened:
        yield opened


def test_a_tick_over_http_ends_as_a_finished_run_in_postgres_and_its_replay_does_nothing(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    environment, settings = deployed
    at = datetime.now(UTC).replace(second=0, microsecond=0)
    with (
        google(tmp_path, environment) as known,
        served(known, environment["WEATHER_POSTGRES_URL"]) as url,
    ):
        caller = Caller(url, known)
        assert caller.tick("fetch_cycle", at.isoformat()).json()["status"] == "started"
        assert known.finished() == [0], known.output(1)
    # A replay that the ledger lets through, as after its rows were lost, finds all done.
    assert list(Worker(settings, build(settings), instance).tick("fetch_cycle", at)) == [
        (CYCLE.key(at), Outcome.DONE_BEFORE)
    ]
    (run,) = instance.get_runs()
    assert (run.status, run.job_name) == (dg.DagsterRunStatus.SUCCESS, "fetch")
    assert run.tags["dagster/schedule_name"] == "fetch_cycle"
    assert run.tags["dagster/partition"] == CYCLE.key(at)
    assert instance.get_materialized_partitions(dg.AssetKey(["payloads", "met_norway"])) == {CYCLE.key(at)}


def test_a_killed_worker_is_noted_and_its_run_made_again(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    environment, settings = deployed
    command = ["weather-platform", "tick", "fetch_cycle", "--at", AT.isoformat()]
    with subprocess.Popen(command, env=os.environ | environment, stderr=subprocess.DEVNULL) as worker:  # noqa: S603
        deadline = time.monotonic() + 300
        while not instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])):
            assert worker.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
        worker.send_signal(signal.SIGKILL)
    done = list(Worker(settings, build(settings), instance).tick("fetch_cycle", AT))
    assert done == [(CYCLE.key(AT), Outcome.DONE)]
    newest, lost = instance.get_runs()
    assert (lost.status, lost.tags[LOST_TAG]) == (dg.DagsterRunStatus.FAILURE, "true")
    assert newest.status == dg.DagsterRunStatus.SUCCESS
    assert newest.tags["dagster/parent_run_id"] == lost.run_id


def test_while_one_worker_runs_a_tick_another_leaves_it_alone(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    _, settings = deployed
    key = CYCLE.key(AT)
    with run_lock(settings, f"fetch_cycle/{key}") as held:
        assert held
        assert list(Worker(settings, _definitions(), instance).tick("fetch_cycle", AT)) == [
            (key, Outcome.UNDER_WAY)
        ]
    assert not instance.get_runs()


def test_a_run_that_failed_by_its_own_fault_stays_failed_until_asked_for_again(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    _, settings = deployed
    switch = tmp_path / "repaired"

    def outcomes(again: bool = False) -> list[Outcome]:
        done = Worker(settings, _definitions(switch), instance, again).tick("fetch_cycle", AT)
        return [outcome for _, outcome in done]

    assert outcomes() == [Outcome.FAILED]
    assert outcomes() == [Outcome.FAILED_BEFORE]
    switch.touch()
    assert outcomes() == [Outcome.FAILED_BEFORE]
    assert outcomes(again=True) == [Outcome.DONE]
    assert outcomes() == [Outcome.DONE_BEFORE]
    assert len(instance.get_runs()) == 2


def test_a_run_that_kills_its_workers_is_given_up(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    _, settings = deployed
    definitions = _definitions()
    job = definitions.resolve_job_def("fetch")
    tags = {"dagster/schedule_name": "fetch_cycle", "dagster/run_key": CYCLE.key(AT)}
    for _ in range(MAX_WORKERS_LOST):
        instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED)
    done = list(Worker(settings, definitions, instance).tick("fetch_cycle", AT))
    assert done == [(CYCLE.key(AT), Outcome.GIVEN_UP)]
    assert {run.status for run in instance.get_runs()} == {dg.DagsterRunStatus.FAILURE}


def test_what_dead_workers_of_other_ticks_hold_is_freed_and_what_living_ones_hold_is_not(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    """Without a daemon nobody else would, and each later run of the pool would wait for it for ever."""
    _, settings = deployed
    definitions = _definitions()
    job = definitions.resolve_job_def("fetch")

    def run(pool: str, **tags: str) -> str:
        tags = {f"dagster/{name}": value for name, value in tags.items()}
        made = instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED).run_id
        instance.event_log_storage.initialize_concurrency_limit_to_default(pool)
        assert instance.event_log_storage.claim_concurrency_slot(pool, made, "payload").is_claimed
        return made

    dead = run("of_dead", schedule_name="fetch_cycle", run_key="2026-09-01T00Z")
    alive = run("of_living", schedule_name="fetch_cycle", run_key="2026-09-01T06Z")
    by_hand = run("of_a_person")
    over = run("of_over")
    finished = instance.get_run_by_id(over)
    assert finished is not None
    instance.report_run_canceled(finished)
    with run_lock(settings, "fetch_cycle/2026-09-01T06Z"):
        done = list(Worker(settings, definitions, instance).tick("fetch_cycle", AT))
        assert done == [(CYCLE.key(AT), Outcome.DONE)]
        assert _holders(instance) == {alive, by_hand}
        clear(settings, instance, datetime.now(UTC) + timedelta(hours=2, minutes=20))
        assert _holders(instance) == {alive}, "a job ends after two hours, and with it what a person ran"
    lost = instance.get_runs(dg.RunsFilter(tags={LOST_TAG: "true"}))
    assert {one.run_id for one in lost} == {dead, by_hand}
    assert {one.status for one in lost} == {dg.DagsterRunStatus.FAILURE}


def test_times_of_runs_are_utc_whatever_the_zone_of_the_server(
    deployed: tuple[dict[str, str], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found under another TZ: a run by hand was taken for lost, or for new, by as much as the zone is off."""
    url = deployed[0]["WEATHER_POSTGRES_URL"]
    query(url, f"ALTER DATABASE {url.rpartition('/')[2]} SET timezone TO 'Asia/Kathmandu'")
    monkeypatch.setenv("WEATHER_POSTGRES_URL", url)
    monkeypatch.setenv("PGTZ", set_in("worker")["PGTZ"])
    with dg.DagsterInstance.from_config(deployed[0]["DAGSTER_HOME"]) as opened:
        made = opened.create_run_for_job(_definitions().resolve_job_def("fetch")).run_id
        (record,) = opened.get_run_records(dg.RunsFilter(run_ids=[made]))
    assert abs(datetime.now(UTC) - record.create_timestamp) < timedelta(minutes=5)


def test_a_worker_leaves_its_run_to_nobody_who_only_looks_whether_it_lives(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    _, settings = deployed
    worker = Worker(settings, _definitions(), instance)
    with ThreadPoolExecutor(1) as pool:
        with run_lock(settings, "locks of runs"), run_lock(settings, f"fetch_cycle/{CYCLE.key(AT)}"):
            tick = pool.submit(lambda: list(worker.tick("fetch_cycle", AT)))
            while not query(str(settings.postgres_url.get_secret_value()), _WAITING):  # type: ignore[union-attr]
                assert not tick.done()
        assert tick.result(300) == [(CYCLE.key(AT), Outcome.DONE)]


def test_a_sensors_tick_adds_partitions_runs_them_and_keeps_its_cursor(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    _, settings = deployed
    done = [list(Worker(settings, _definitions(), instance).tick("files", AT)) for _ in range(2)]
    assert done == [[("a", Outcome.DONE), ("b", Outcome.DONE)], []]
    assert set(instance.get_dynamic_partitions("files")) == {"a", "b"}
    assert instance.get_materialized_partitions(dg.AssetKey("file")) == {"a", "b"}
    assert instance.get_latest_materialization_event(dg.AssetKey("seen")) is not None


def test_of_many_workers_of_a_sensor_one_looks_and_one_waits_to_look_again(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    _, settings = deployed

    def tick() -> list[tuple[str, Outcome]]:
        return list(Worker(settings, _definitions(), instance).tick("files", AT))

    with ThreadPoolExecutor(2) as pool:
        with run_lock(settings, "files/at work"):
            waits = pool.submit(tick)
            while not query(str(settings.postgres_url.get_secret_value()), _WAITING):  # type: ignore[union-attr]
                assert not waits.done()
            assert tick() == [("look", Outcome.UNDER_WAY)]
            assert not instance.get_runs()
        assert waits.result(300) == [("a", Outcome.DONE), ("b", Outcome.DONE)]


def test_what_a_killed_worker_of_a_sensor_left_is_noted_and_asked_for_again(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    definitions = _definitions()
    instance.add_dynamic_partitions("files", ["a", "b"])
    tags = {"dagster/sensor_name": "files", "dagster/run_key": "a", "dagster/partition": "a"}
    job = definitions.resolve_job_def("read_file")
    left = instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED)
    done = list(Worker(deployed[1], definitions, instance).tick("files", AT))
    assert done == [("a", Outcome.DONE), ("b", Outcome.DONE)]
    found = instance.get_run_by_id(left.run_id)
    assert found is not None and found.status == dg.DagsterRunStatus.FAILURE


def _holders(instance: dg.DagsterInstance) -> set[str]:
    storage = instance.event_log_storage
    pools = map(storage.get_concurrency_info, storage.get_concurrency_keys())
    return {slot.run_id for pool in pools for slot in pool.claimed_slots}


_WAITING = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def test_an_unknown_tick_is_named_with_those_that_are_known(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    with pytest.raises(UnknownTickError, match="'hourly'; there are fetch_cycle, files"):
        list(Worker(deployed[1], _definitions(), instance).tick("hourly", AT))


def _definitions(switch: Path | None = None) -> dg.Definitions:
    """A schedule whose asset works once `switch` exists (or where there is none), and a sensor with a
    cursor.
    """
    partitions = dg.DynamicPartitionsDefinition(name="files")

    @dg.asset
    def payload() -> None:
        if switch is not None and not switch.exists():
            raise ValueError("not repaired")

    @dg.asset(partitions_def=partitions)
    def file() -> None: ...

    def on_cycle(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(run_key=CYCLE.key(context.scheduled_execution_time))

    @dg.sensor(name="files", job_name="read_file")
    def files(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        new = [name for name in ("a", "b") if name > (context.cursor or "")]
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=name, partition_key=name) for name in new],
            dynamic_partitions_requests=[partitions.build_add_request(new)] if new else [],
            asset_events=[dg.AssetMaterialization("seen")] if new else [],
            cursor="b",
        )

    return dg.Definitions(
        assets=[payload, file],
        jobs=[
            dg.define_asset_job("fetch", dg.AssetSelection.assets(payload)),
            dg.define_asset_job("read_file", dg.AssetSelection.assets(file)),
        ],
        schedules=[
            dg.ScheduleDefinition(
                name="fetch_cycle", job_name="fetch", cron_schedule="15 */6 * * *", execution_fn=on_cycle
            )
        ],
        sensors=[files],
    )
