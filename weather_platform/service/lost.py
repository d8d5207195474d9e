"""Runs whose worker ended without a word, and what they keep from others.

Belongs here: which unfinished run has no worker, noting that, and freeing the slots of pools that runs hold
although they are over. Does not: making such a run again (worker).

Where there is a daemon, it frees slots. Without one, what a killed worker held in a pool of one would be held
for ever, and each later run would wait for it until its own job's time is over.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta

import dagster as dg
from dagster._core.storage.tags import RUN_KEY_TAG, SCHEDULE_NAME_TAG, SENSOR_NAME_TAG

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.run_lock import run_lock

LOST_TAG = "weather_platform/worker_lost"
# Between the launch of a job and its first word.
_SLOW_START = timedelta(minutes=15)
_UNDER_WAY = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


def schedule_lock(name: str, key: str) -> str:
    """The lock under which a schedule's request with that run key is run."""
    return f"{name}/{key}"


def sensor_lock(name: str) -> str:
    """The lock under which a sensor looks and its requests are run."""
    return f"{name}/at work"


@contextmanager
def taken(settings: Settings, lock: str) -> Iterator[bool]:
    """True while this process alone holds a run's lock; False at once where another worker does, and never
    for no more than that somebody looks whether one does.
    """
    with ExitStack() as kept:
        with _looking(settings):
            held = kept.enter_context(run_lock(settings, lock))
        yield held


def clear(settings: Settings, instance: dg.DagsterInstance, now: datetime) -> None:
    """Note every run whose worker is gone, and free what runs hold that are over."""
    for record in instance.get_run_records(dg.RunsFilter(statuses=_UNDER_WAY)):
        run = record.dagster_run
        if (lock := _lock_of(run)) is None:
            began = record.start_time or record.create_timestamp.timestamp()
            if _is_past_its_job(instance, now - datetime.fromtimestamp(began, now.tzinfo)):
                report_lost(instance, [run])
            continue
        with _looking(settings), run_lock(settings, lock) as nobody_else_has_it:
            if nobody_else_has_it:
                report_lost(instance, [run])
    _free_slots(instance)


def report_lost(instance: dg.DagsterInstance, runs: Iterable[dg.DagsterRun]) -> None:
    """Note that these runs have no worker, but for those that ended since they were looked up."""
    for run in runs:
        known = instance.get_run_by_id(run.run_id)
        if known is None or known.is_finished:
            continue
        instance.add_run_tags(run.run_id, {LOST_TAG: run.run_id})
        instance.report_run_failed(known, "Its worker ended without a word: killed, or out of memory.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def is_lost(run: dg.DagsterRun) -> bool:
    """Whether that was noted, and of this very run: what the UI makes again has all tags of the first."""
    return run.tags.get(LOST_TAG) == run.run_id


def was_launched(run: dg.DagsterRun) -> bool:
    """Whether the webserver or a daemon launched it, so that no worker of ours holds a lock for it, whatever
    its tags: the UI makes a run again with those of the first.
    """
    return run.remote_job_origin is not None


def _lock_of(run: dg.DagsterRun) -> str | None:
    """The lock that the run's worker holds; None for a run that no worker of ours made: one that was
    launched, and what a person ran by hand, which has no such tags.
    """
    if was_launched(run):
        return None
    if (sensor := run.tags.get(SENSOR_NAME_TAG)) is not None:
        return sensor_lock(sensor)
    schedule, key = run.tags.get(SCHEDULE_NAME_TAG), run.tags.get(RUN_KEY_TAG)
    return None if schedule is None or key is None else schedule_lock(schedule, key)


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
