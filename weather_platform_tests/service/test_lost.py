"""Workers that are gone are noticed, and what they held is free: runs, locks, slots of pools."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from weather_platform.core.partitions import CYCLE
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.run_lock import BACK_WITHIN_SECONDS, run_lock
from weather_platform.service.lost import LOST_TAG, clear, is_lost
from weather_platform.service.requested_runs import MAX_WORKERS_LOST, Outcome
from weather_platform.service.worker import Worker
from weather_platform_tests.deploy.dockerfile import set_in
from weather_platform_tests.postgres_fixtures import query, until
from weather_platform_tests.service.scheduled import AT, WAITING, launched_from_ui, no_pause, ticking


def test_a_run_that_kills_its_workers_is_given_up(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    _, settings = deployed
    definitions = ticking()
    job = definitions.resolve_job_def("fetch")
    tags = {"dagster/schedule_name": "fetch_cycle", "dagster/run_key": CYCLE.key(AT)}
    for _ in range(MAX_WORKERS_LOST):
        instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED)
    done = list(Worker(settings, definitions, instance, pause=no_pause).tick("fetch_cycle", AT))
    assert done == [(CYCLE.key(AT), Outcome.GIVEN_UP)]
    assert {run.status for run in instance.get_runs()} == {dg.DagsterRunStatus.FAILURE}


def test_what_dead_workers_of_other_ticks_hold_is_freed_and_what_living_ones_hold_is_not(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    """Without a daemon nobody else would, and each later run of the pool would wait for it for ever."""
    _, settings = deployed
    definitions = ticking()
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
        done = list(Worker(settings, definitions, instance, pause=no_pause).tick("fetch_cycle", AT))
        assert done == [(CYCLE.key(AT), Outcome.DONE)]
        assert _holders(instance) == {alive, by_hand}
        queued = instance.create_run_for_job(
            job, status=dg.DagsterRunStatus.QUEUED, remote_job_origin=launched_from_ui("fetch")
        )
        clear(settings, instance, datetime.now(UTC) + timedelta(hours=2, minutes=10), no_pause)
        assert _holders(instance) == {alive, by_hand}
        clear(settings, instance, datetime.now(UTC) + timedelta(hours=2, minutes=20), no_pause)
        assert _holders(instance) == {alive}, "a job ends after two hours, and with it what a person ran"
        assert _status(instance, queued) == dg.DagsterRunStatus.QUEUED, "no job is started for it yet"
    lost = [one for one in instance.get_runs() if is_lost(one)]
    assert {one.run_id for one in lost} == {dead, by_hand}
    assert {one.status for one in lost} == {dg.DagsterRunStatus.FAILURE}


def test_what_is_over_or_forgotten_neither_holds_a_pool_nor_stands_in_its_queue(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    """Dagster gives a slot that becomes free to the first in the queue, whether or not that still runs."""
    job, pools = ticking().resolve_job_def("fetch"), instance.event_log_storage
    pools.initialize_concurrency_limit_to_default("pool")
    forgotten, over, next_one = (instance.create_run_for_job(job) for _ in range(3))
    assert pools.claim_concurrency_slot("pool", forgotten.run_id, "payload").is_claimed
    assert not pools.claim_concurrency_slot("pool", over.run_id, "payload").is_claimed
    instance.run_storage.delete_run(forgotten.run_id)  # as pruning does
    instance.report_run_canceled(over)
    clear(deployed[1], instance, datetime.now(UTC))
    assert pools.claim_concurrency_slot("pool", next_one.run_id, "payload").is_claimed


def test_a_run_is_not_lost_whose_worker_has_its_lock_again_at_the_second_look(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    """Found by reading: Postgres lets go of all locks in a restart, and the next tick failed living runs."""
    _, settings = deployed
    tags = {"dagster/schedule_name": "fetch_cycle", "dagster/run_key": "2026-09-01T06Z"}
    job = ticking().resolve_job_def("fetch")
    run = instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED)
    with ExitStack() as living:

        def back(seconds: float) -> None:
            assert seconds == BACK_WITHIN_SECONDS
            assert living.enter_context(run_lock(settings, "fetch_cycle/2026-09-01T06Z"))

        clear(settings, instance, datetime.now(UTC), back)
        assert _status(instance, run) == dg.DagsterRunStatus.STARTED
    clear(settings, instance, datetime.now(UTC), no_pause)
    assert _status(instance, run) == dg.DagsterRunStatus.FAILURE


def test_a_run_that_waited_for_hours_before_it_began_is_as_old_as_its_job(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    run = instance.create_run_for_job(
        ticking().resolve_job_def("fetch"),
        status=dg.DagsterRunStatus.STARTED,
        remote_job_origin=launched_from_ui("fetch"),
    )
    began = "start_time = extract(epoch FROM now()), create_timestamp = now() - interval '1 day'"
    query(deployed[0]["WEATHER_POSTGRES_URL"], f"UPDATE runs SET {began}")  # noqa: S608 - no input
    clear(deployed[1], instance, datetime.now(UTC), no_pause)
    assert _status(instance, run) == dg.DagsterRunStatus.STARTED


def test_a_run_that_ends_between_the_looks_ended_as_it_did(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    job = ticking().resolve_job_def("read_file")
    run = instance.create_run_for_job(job, tags={"dagster/sensor_name": "files"})
    clear(deployed[1], instance, datetime.now(UTC), lambda _: instance.report_run_canceled(run))
    assert _status(instance, run) == dg.DagsterRunStatus.CANCELED


def test_a_files_lock_that_is_free_at_one_look_is_enough(tmp_path: Path) -> None:
    def pause(_seconds: float) -> None:
        pytest.fail("it ends with its holder alone, so that there is nothing to wait for")

    job = ticking().resolve_job_def("read_file")
    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(job, tags={"dagster/sensor_name": "files"})
        clear(Settings(data_dir=tmp_path), instance, datetime.now(UTC), pause)
        assert _status(instance, run) == dg.DagsterRunStatus.FAILURE


def test_who_waits_for_a_sensors_worker_gives_it_back_a_lock_that_postgres_let_go(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    _, settings = deployed
    tags = {"dagster/sensor_name": "files"}
    job = ticking().resolve_job_def("read_file")
    run = instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED)
    paused: list[float] = []

    def hold() -> None:
        assert living.enter_context(run_lock(settings, "files/at work"))

    def back(seconds: float) -> None:
        hold()
        paused.append(seconds)

    def waits_anew() -> bool:
        return bool(paused and query(deployed[0]["WEATHER_POSTGRES_URL"], WAITING))

    worker = Worker(settings, ticking(), instance, pause=back)
    with ThreadPoolExecutor(1) as pool, ExitStack() as living:
        hold()
        tick = pool.submit(lambda: list(worker.tick("files", AT)))
        until(lambda: query(deployed[0]["WEATHER_POSTGRES_URL"], WAITING) or tick.done())
        living.close()
        until(lambda: waits_anew() or tick.done())
        assert _status(instance, run) == dg.DagsterRunStatus.STARTED
        instance.report_run_canceled(run)
        living.close()
        assert tick.result(300) == [("a", Outcome.DONE), ("b", Outcome.DONE)]
    assert len(paused) == 1


@pytest.mark.parametrize("again", [False, True])
def test_a_run_that_a_person_makes_again_in_the_ui_is_neither_lost_nor_made_twice(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance, again: bool
) -> None:
    """Found by reading: Dagster's re-execution has the tags of the first run, and holds no lock of ours."""
    definitions, key = ticking(), CYCLE.key(AT)
    by_schedule = {"dagster/schedule_name": "fetch_cycle", "dagster/run_key": key}
    by_sensor = {"dagster/sensor_name": "files", "dagster/run_key": "a", "dagster/partition": "a"}
    instance.add_dynamic_partitions("files", ["a", "b"])
    left = [
        instance.create_run_for_job(
            definitions.resolve_job_def(job),
            tags=tags | {LOST_TAG: "of-the-first-run"},
            status=dg.DagsterRunStatus.STARTED,
            remote_job_origin=launched_from_ui(job),
        ).run_id
        for job, tags in (("fetch", by_schedule), ("read_file", by_sensor))
    ]
    worker = Worker(deployed[1], definitions, instance, again)
    assert list(worker.tick("fetch_cycle", AT)) == [(key, Outcome.UNDER_WAY)]
    assert list(worker.tick("files", AT)) == [("a", Outcome.UNDER_WAY), ("b", Outcome.DONE)]
    for run_id in left:
        found = instance.get_run_by_id(run_id)
        assert found is not None and found.status == dg.DagsterRunStatus.STARTED
        instance.report_run_failed(found)
    assert list(Worker(deployed[1], definitions, instance).tick("fetch_cycle", AT)) == [
        (key, Outcome.FAILED_BEFORE)
    ]


def test_times_of_runs_are_utc_whatever_the_zone_of_the_server(
    deployed: tuple[dict[str, str], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found under another TZ: a run by hand was taken for lost, or for new, by as much as the zone is off."""
    url = deployed[0]["WEATHER_POSTGRES_URL"]
    query(url, f"ALTER DATABASE {url.rpartition('/')[2]} SET timezone TO 'Asia/Kathmandu'")
    monkeypatch.setenv("WEATHER_POSTGRES_URL", url)
    monkeypatch.setenv("PGTZ", set_in("worker")["PGTZ"])
    with dg.DagsterInstance.from_config(deployed[0]["DAGSTER_HOME"]) as opened:
        made = opened.create_run_for_job(ticking().resolve_job_def("fetch")).run_id
        (record,) = opened.get_run_records(dg.RunsFilter(run_ids=[made]))
    assert abs(datetime.now(UTC) - record.create_timestamp) < timedelta(minutes=5)


def test_a_worker_leaves_its_run_to_nobody_who_only_looks_whether_it_lives(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    _, settings = deployed
    worker = Worker(settings, ticking(), instance)
    with ThreadPoolExecutor(1) as pool:
        with run_lock(settings, "locks of runs"), run_lock(settings, f"fetch_cycle/{CYCLE.key(AT)}"):
            tick = pool.submit(lambda: list(worker.tick("fetch_cycle", AT)))
            while not query(str(settings.postgres_url.get_secret_value()), WAITING):
                assert not tick.done()
        assert tick.result(300) == [(CYCLE.key(AT), Outcome.DONE)]


def test_of_those_who_look_whether_a_worker_lives_one_looks_at_a_time(
    deployed: tuple[dict[str, str], Settings], instance: dg.DagsterInstance
) -> None:
    run = instance.create_run_for_job(
        ticking().resolve_job_def("read_file"), tags={"dagster/sensor_name": "files"}
    )
    with ThreadPoolExecutor(1) as pool:
        with run_lock(deployed[1], "locks of runs"):
            looks = pool.submit(clear, deployed[1], instance, datetime.now(UTC), no_pause)
            until(lambda: query(deployed[0]["WEATHER_POSTGRES_URL"], WAITING) or looks.done())
            assert not looks.done()
        looks.result(300)
    assert _status(instance, run) == dg.DagsterRunStatus.FAILURE


def _status(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def _holders(instance: dg.DagsterInstance) -> set[str]:
    storage = instance.event_log_storage
    pools = map(storage.get_concurrency_info, storage.get_concurrency_keys())
    return {slot.run_id for pool in pools for slot in pool.claimed_slots}
