"""Runs whose worker ended without a word, or lost the store that they are written in, and what they keep from
others.

Belongs here: which run ended by no fault of its own, noting that, and freeing the slots of pools that runs
hold although they are over. Does not: making such a run again (worker).

A lock is free for a moment also where Postgres ended a living worker's session, in a restart most often. So a
run is lost whose lock is free at two looks, so far apart that a living worker would have it again.

Where there is a daemon, it frees slots. Without one, what a killed worker held in a pool of one would be held
for ever, and each later run would wait for it until its own job's time is over.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._core.storage.tags import RUN_KEY_TAG, SCHEDULE_NAME_TAG, SENSOR_NAME_TAG
from dagster._utils.error import SerializableErrorInfo

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.run_lock import BACK_WITHIN_SECONDS, run_lock

LOST_TAG = "weather_platform/worker_lost"
# Between the launch of a job and its first word.
_SLOW_START = timedelta(minutes=15)
_UNDER_WAY = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
_UNFINISHED = [status for status in dg.DagsterRunStatus if status not in FINISHED_STATUSES]
_ENDED = {"OperationalError", "InterfaceError", "InternalError"}

Pause = Callable[[float], object]


def schedule_lock(name: str, key: str) -> str:
    """The lock under which a schedule's request with that run key is run."""
    return f"{name}/{key}"


def sensor_lock(name: str) -> str:
    """The lock under which a sensor looks and its requests are run."""
    return f"{name}/at work"


@contextmanager
def taken(
    settings: Settings,
    instance: dg.DagsterInstance,
    lock: str,
    *,
    wait: bool = False,
    pause: Pause = time.sleep,
) -> Iterator[bool]:
    """True while this process alone holds a lock of runs, and every run that was made under it before has
    ended or is noted as lost. Where another worker holds it: False at once, or with `wait`, True once it has
    let go; and False never for no more than that somebody looks whether one does.
    """
    with ExitStack() as held:
        while True:
            with nullcontext() if wait else _looking(settings):
                mine = held.enter_context(run_lock(settings, lock, wait=wait))
            if not mine or not any(_lock_of(record.dagster_run) == lock for record in _unfinished(instance)):
                break
            held.close()  # whose worker lives takes it again
            clear(settings, instance, datetime.now(UTC), pause)
        yield mine


def clear(settings: Settings, instance: dg.DagsterInstance, now: datetime, pause: Pause = time.sleep) -> None:
    """Note every run whose worker is gone, and free what runs hold that are over."""
    suspects = []
    for record in _unfinished(instance):
        run = record.dagster_run
        if _lock_of(run) is not None:
            suspects += [run] if _is_free(settings, run) else []
        elif run.status in _UNDER_WAY:
            began = record.start_time or record.create_timestamp.timestamp()
            if _is_past_its_job(instance, now - datetime.fromtimestamp(began, now.tzinfo)):
                _report_lost(instance, run)
    if suspects and settings.postgres_url is not None:  # a file's lock ends with its holder alone
        pause(BACK_WITHIN_SECONDS)
    for run in suspects:
        if _is_free(settings, run):
            _report_lost(instance, run)
    _free_slots(instance)


def note_if_storage_was_away(instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> None:
    """Note a run as lost that failed for no more than that nothing could be written of it: Dagster then fails
    the step at hand, whatever that was doing, or the run, and writes so where the store is back by then.
    """
    steps = [event.step_failure_data.error for event in result.get_step_failure_events()]
    runs = [event.job_failure_data.error for event in result.filter_events(lambda one: one.is_job_failure)]
    if any(_is_of_storage(error) for error in [*steps, *runs]):
        instance.add_run_tags(result.run_id, {LOST_TAG: result.run_id})


def _is_of_storage(error: SerializableErrorInfo | None) -> bool:
    """Whether an error, or one that led to it, is of a Postgres that is away: Dagster's own where there is no
    connection, SQLAlchemy's where one ends or takes nothing. Others are of what was written.
    """
    while error is not None:
        ended = error.cls_name in _ENDED and "(psycopg2." in error.message
        if ended or error.cls_name == "DagsterPostgresException":
            return True
        error = error.cause
    return False


def _report_lost(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Note that a run has no worker, unless it ended since it was looked up."""
    known = instance.get_run_by_id(run.run_id)
    if known is not None and not known.is_finished:
        instance.add_run_tags(run.run_id, {LOST_TAG: run.run_id})
        instance.report_run_failed(known, "Its worker ended without a word: killed, or out of memory.")


def is_lost(run: dg.DagsterRun) -> bool:
    """Whether that was noted, and of this very run: what the UI makes again has all tags of the first."""
    return run.tags.get(LOST_TAG) == run.run_id


def _was_launched(run: dg.DagsterRun) -> bool:
    """Whether the webserver or a daemon launched it, so that no worker of ours holds a lock for it, whatever
    its tags: the UI makes a run again with those of the first.
    """
    return run.remote_job_origin is not None


def _lock_of(run: dg.DagsterRun) -> str | None:
    """The lock that the run's worker holds; None for a run that no worker of ours made: one that was
    launched, and what a person ran by hand, which has no such tags.
    """
    if _was_launched(run):
        return None
    if (sensor := run.tags.get(SENSOR_NAME_TAG)) is not None:
        return sensor_lock(sensor)
    schedule, key = run.tags.get(SCHEDULE_NAME_TAG), run.tags.get(RUN_KEY_TAG)
    return None if schedule is None or key is None else schedule_lock(schedule, key)


def _is_free(settings: Settings, run: dg.DagsterRun) -> bool:
    """Whether nobody holds the lock of a run that has one."""
    with _looking(settings), run_lock(settings, str(_lock_of(run))) as nobody_else_has_it:
        return nobody_else_has_it


def _unfinished(instance: dg.DagsterInstance) -> Sequence[dg.RunRecord]:
    return instance.get_run_records(dg.RunsFilter(statuses=_UNFINISHED))


def _is_past_its_job(instance: dg.DagsterInstance, age: timedelta) -> bool:
    """Whether a run is older than its Cloud Run job may get. Other launchers end no run for its age."""
    # As dagster.yaml says: the launcher itself would open clients of Google's, with credentials.
    launcher = instance.get_ref().run_launcher_data if instance.is_persistent else None
    seconds: float | None = launcher.config_dict.get("run_timeout") if launcher else None
    return seconds is not None and age > timedelta(seconds=seconds) + _SLOW_START


def _free_slots(instance: dg.DagsterInstance) -> None:
    storage = instance.event_log_storage
    if not storage.supports_global_concurrency_limits:
        return
    pools = [storage.get_concurrency_info(key) for key in storage.get_concurrency_keys()]
    holders = {slot.run_id for pool in pools for slot in pool.claimed_slots}
    waiting = {step.run_id for pool in pools for step in pool.pending_steps}
    for run_id in holders | waiting:
        run = instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            storage.free_concurrency_slots_for_run(run_id)


def _looking(settings: Settings) -> AbstractContextManager[bool]:
    """One at a time tries locks: else a worker would leave its run to somebody who only looks."""
    return run_lock(settings, "locks of runs", wait=True)
