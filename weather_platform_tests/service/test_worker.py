"""From a tick over HTTP to a finished run in Postgres, in worker processes that are also killed; jobs are
really run.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from dagster_postgres import PostgresEventLogStorage
from dagster_postgres.utils import DagsterPostgresException

from weather_platform.core.partitions import CYCLE
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.run_lock import run_lock
from weather_platform.service.lost import is_lost
from weather_platform.service.requested_runs import Outcome
from weather_platform.service.worker import UnknownTickError, Worker
from weather_platform_tests.postgres_fixtures import query
from weather_platform_tests.service.conftest import Caller, served
from weather_platform_tests.service.google import google
from weather_platform_tests.service.scheduled import AT, WAITING, no_pause, ticking


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
    done = list(Worker(settings, build(settings), instance, pause=no_pause).tick("fetch_cycle", AT))
    assert done == [(CYCLE.key(AT), Outcome.DONE)]
    newest, lost = instance.get_runs()
    assert lost.status == dg.DagsterRunStatus.FAILURE and is_lost(lost)
    assert newest.status == dg.DagsterRunStatus.SUCCESS
    assert newest.tags["dagster/parent_run_id"] == lost.run_id


def test_while_one_worker_runs_a_tick_another_leaves_it_alone(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    _, settings = deployed
    key = CYCLE.key(AT)
    with run_lock(settings, f"fetch_cycle/{key}") as held:
        assert held
        done = list(Worker(settings, ticking(), instance).tick("fetch_cycle", AT))
        assert done == [(key, Outcome.UNDER_WAY)]
    assert Outcome.UNDER_WAY.good, "who leaves a run to another has nothing to be told of"
    assert not instance.get_runs()


def test_a_run_that_failed_by_its_own_fault_stays_failed_until_asked_for_again(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    _, settings = deployed
    switch = tmp_path / "repaired"

    def outcomes(again: bool = False) -> list[Outcome]:
        done = Worker(settings, ticking(switch), instance, again).tick("fetch_cycle", AT)
        return [outcome for _, outcome in done]

    assert outcomes() == [Outcome.FAILED]
    assert outcomes() == [Outcome.FAILED_BEFORE]
    assert outcomes(again=True) == [Outcome.FAILED]
    switch.touch()
    assert outcomes() == [Outcome.FAILED_BEFORE]
    assert outcomes(again=True) == [Outcome.DONE]
    assert outcomes() == [Outcome.DONE_BEFORE]
    third, second, first = instance.get_runs()
    assert third.tags["dagster/parent_run_id"] == second.run_id
    assert third.tags["dagster/root_run_id"] == first.run_id


def test_a_run_that_failed_since_postgres_was_away_is_made_again(
    deployed: tuple[dict[str, str], Settings],
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found by trying: with Postgres away for 45 s the run failed, as by its own fault, for good.

    What Dagster cannot write of a step fails the step, and where it cannot write that, the run.
    """
    _, settings = deployed
    written, of_steps = PostgresEventLogStorage.store_event, {"STEP_OUTPUT", "STEP_FAILURE"}
    for lost_writes, at in ((1, AT), (2, AT + CYCLE.length)):
        lost = iter(range(lost_writes))

        def store(
            storage: PostgresEventLogStorage, event: dg.EventLogEntry, lost: Iterator[int] = lost
        ) -> None:
            kind = event.dagster_event_type
            if kind is not None and kind.value in of_steps and next(lost, None) is not None:
                raise DagsterPostgresException("too many retries for DB connection")
            written(storage, event)

        monkeypatch.setattr(PostgresEventLogStorage, "store_event", store)
        done = [list(Worker(settings, ticking(), instance).tick("fetch_cycle", at)) for _ in range(2)]
        assert [outcome for ((_, outcome),) in done] == [Outcome.FAILED, Outcome.DONE]
        newest, failed, *_ = instance.get_runs()
        assert failed.status == dg.DagsterRunStatus.FAILURE
        assert newest.tags["dagster/parent_run_id"] == failed.run_id


def test_a_run_whose_asset_asked_a_postgres_that_was_away_is_made_again(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    faults = [DagsterPostgresException("too many retries for DB connection"), ValueError("of its own")]

    @dg.asset
    def another() -> None:
        if faults:
            raise faults.pop()

    @dg.asset
    def asking() -> None:
        if faults:
            raise faults.pop()

    job = dg.define_asset_job("ask", [another, asking])
    schedule = dg.ScheduleDefinition(
        job=job, cron_schedule="@daily", execution_fn=lambda _: dg.RunRequest("once")
    )
    definitions = dg.Definitions([another, asking], jobs=[job], schedules=[schedule])
    done = [list(Worker(deployed[1], definitions, instance).tick("ask_schedule", AT)) for _ in range(2)]
    assert done == [[("once", Outcome.FAILED)], [("once", Outcome.DONE)]]


# Once, in the middle of what is written of a step's output; sequences are of no transaction.
_ENDED = """
CREATE SEQUENCE ended;
CREATE FUNCTION ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF nextval('ended') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$;
CREATE TRIGGER ends BEFORE INSERT ON event_logs
FOR EACH ROW WHEN (NEW.dagster_event_type = 'STEP_OUTPUT') EXECUTE FUNCTION ends();
"""


def test_a_run_that_failed_since_postgres_ended_a_session_is_made_again(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    """Found by reading: Dagster tries again to connect alone, and a restart may come between."""
    _, settings = deployed
    query(deployed[0]["WEATHER_POSTGRES_URL"], _ENDED)
    done = [list(Worker(settings, ticking(), instance).tick("fetch_cycle", AT)) for _ in range(2)]
    assert [outcome for ((_, outcome),) in done] == [Outcome.FAILED, Outcome.DONE]


def test_a_sensors_tick_adds_partitions_runs_them_and_keeps_its_cursor(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    _, settings = deployed
    done = [list(Worker(settings, ticking(), instance).tick("files", AT)) for _ in range(2)]
    assert done == [[("a", Outcome.DONE), ("b", Outcome.DONE)], []]
    assert set(instance.get_dynamic_partitions("files")) == {"a", "b"}
    assert instance.get_materialized_partitions(dg.AssetKey("file")) == {"a", "b"}
    assert instance.get_latest_materialization_event(dg.AssetKey("seen")) is not None


def test_of_many_workers_of_a_sensor_one_looks_and_one_waits_to_look_again(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    _, settings = deployed

    def tick() -> list[tuple[str, Outcome]]:
        return list(Worker(settings, ticking(), instance).tick("files", AT))

    with ThreadPoolExecutor(2) as pool:
        with run_lock(settings, "files/at work"):
            waits = pool.submit(tick)
            while not query(str(settings.postgres_url.get_secret_value()), WAITING):
                assert not waits.done()
            assert tick() == [("look", Outcome.UNDER_WAY)]
            assert not instance.get_runs()
        assert waits.result(300) == [("a", Outcome.DONE), ("b", Outcome.DONE)]


def test_while_one_looks_the_next_may_wait_for_what_came_since(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    _, settings = deployed
    looking = Worker(settings, ticking(), instance).tick("files", AT)
    assert next(looking) == ("a", Outcome.DONE)
    with run_lock(settings, "files/at work") as nobody_looks:
        assert not nobody_looks
    with run_lock(settings, "files/waiting") as nobody_waits:
        assert nobody_waits
    assert list(looking) == [("b", Outcome.DONE)]


def test_what_a_killed_worker_of_a_sensor_left_is_noted_and_asked_for_again(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    definitions = ticking()
    instance.add_dynamic_partitions("files", ["a", "b"])
    tags = {"dagster/sensor_name": "files", "dagster/run_key": "a", "dagster/partition": "a"}
    job = definitions.resolve_job_def("read_file")
    left = instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED)
    done = list(Worker(deployed[1], definitions, instance, pause=no_pause).tick("files", AT))
    assert done == [("a", Outcome.DONE), ("b", Outcome.DONE)]
    found = instance.get_run_by_id(left.run_id)
    assert found is not None and found.status == dg.DagsterRunStatus.FAILURE


def test_an_unknown_tick_is_named_with_those_that_are_known(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    with pytest.raises(UnknownTickError, match="'hourly'; there are fetch_cycle, files"):
        list(Worker(deployed[1], ticking(), instance).tick("hourly", AT))
