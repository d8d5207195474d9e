"""What a tick's job does: ask the schedule or sensor of that name what to run, and run it here, on record.

Belongs here: that whatever is asked for is run to its end, whoever asks how often, and whatever was killed
on the way. Does not: what runs (defs), who may ask (app), what becomes of a request (requested_runs), or what
was killed and is asked for no more (lost).

Workers hold locks that end with them (infra.instance.run_lock), and by them what unfinished runs were left
behind is known and noted before anything is asked for (lost). A request without a run key is the sensor's own
to decide, as with Dagster's daemon.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg
from dagster._core.storage.tags import RUN_KEY_TAG, SCHEDULE_NAME_TAG, SENSOR_NAME_TAG

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.run_lock import run_lock
from weather_platform.service import lost
from weather_platform.service.requested_runs import Outcome, RequestedRuns

log = logging.getLogger(__name__)

MAX_LOOKS = 100
# Of one request in a tick. An upload is given up earlier (defs.drop_box); else a run would fail at each look.
MAX_FAILED = 10


class UnknownTickError(Exception):
    """No schedule or sensor that a tick can set off has that name under these settings."""


@dataclass(frozen=True)
class Worker:
    """Runs what schedules and sensors of these definitions ask for. `again` also runs what ended before."""

    settings: Settings
    definitions: dg.Definitions
    instance: dg.DagsterInstance
    again: bool = False
    pause: lost.Pause = time.sleep

    def tick(self, name: str, at: datetime) -> Iterator[tuple[str, Outcome]]:
        """Run what `name` asks for at that time; yields each request's run key, or partitions, and its
        outcome.

        Raises UnknownTickError.
        """
        repository = self.definitions.get_repository_def()
        lost.clear(self.settings, self.instance, datetime.now(UTC), self.pause)
        if repository.has_schedule_def(name):
            yield from self._schedule(repository, name, at)
        elif name in (sensors := _sensors(repository)):
            yield from self._sensor(repository, name)
        else:
            schedules = [found.name for found in repository.schedule_defs]
            if repository.has_sensor_def(name):
                raise UnknownTickError(
                    f"{name} is looked at by Dagster's daemon alone (weather-platform ui); without one, the "
                    f"schedules make what is new: {', '.join(sorted(schedules))}"
                )
            raise UnknownTickError(
                f"no schedule or sensor is named {name!r}; there are {', '.join(sorted(schedules + sensors))}"
            )

    def _schedule(
        self, repository: dg.RepositoryDefinition, name: str, at: datetime
    ) -> Iterator[tuple[str, Outcome]]:
        schedule = repository.get_schedule_def(name)
        with dg.build_schedule_context(
            self.instance,
            scheduled_execution_time=at,
            repository_def=repository,
            resources=self.definitions.resources,
        ) as context:
            found = schedule.evaluate_tick(context)
        log.info("%s: %s", name, found.skip_message or f"{len(found.run_requests or ())} runs")
        for request in found.run_requests or ():
            key = request.run_key or at.isoformat()
            job = repository.get_job(request.job_name or schedule.job_name)
            with self._taken(lost.schedule_lock(name, key)) as held:
                wanted = {SCHEDULE_NAME_TAG: name, RUN_KEY_TAG: key}
                outcome = self._runs.settle(job, request, wanted) if held else Outcome.UNDER_WAY
            yield key, outcome

    def _sensor(self, repository: dg.RepositoryDefinition, name: str) -> Iterator[tuple[str, Outcome]]:
        """Look until nothing is asked for and the cursor has been all round, since one look may go through a
        part alone. One worker looks, one waits to look after it, and all others leave: whatever called them
        was there before the one that waits has begun to look.
        """
        with ExitStack() as at_work, ExitStack() as waiting:
            if not waiting.enter_context(run_lock(self.settings, f"{name}/waiting")):
                yield "look", Outcome.UNDER_WAY
                return
            at_work.enter_context(self._taken(lost.sensor_lock(name), wait=True))
            waiting.close()
            self._begin(name)
            been, failed = set(), Counter[str]()
            for _ in range(MAX_LOOKS):
                been.add(self._cursor(name))
                outcomes = list(self._look(repository, name))
                yield from outcomes
                failed.update(key for key, outcome in outcomes if outcome is Outcome.FAILED)
                if max(failed.values(), default=0) >= MAX_FAILED:
                    break
                ran = {Outcome.DONE, Outcome.FAILED} & {outcome for _, outcome in outcomes}
                if not ran and self._cursor(name) in been:
                    return
            log.warning("%s still asks for runs; the next tick goes on", name)

    def _begin(self, name: str) -> None:
        """Tell the service, if there is one, that what comes from now on needs another worker."""
        if self.settings.postgres_url is not None:
            from weather_platform.service.ledger import Ledger

            Ledger(self.settings.postgres_url).begun(name)

    def _look(self, repository: dg.RepositoryDefinition, name: str) -> Iterator[tuple[str, Outcome]]:
        """Partitions are added before their runs; the cursor moves after the last run, so that the
        successor of a killed worker is asked for the same ones.
        """
        sensor = repository.get_sensor_def(name)
        cursor = self._cursor(name)
        with dg.build_sensor_context(
            self.instance,
            cursor=cursor,
            repository_def=repository,
            sensor_name=name,
            resources=self.definitions.resources,  # of a repository Dagster takes no plain objects
            instance_ref=self.instance.get_ref(),  # Dagster looks up dynamic partitions only where it has one
        ) as context:
            found = sensor.evaluate_tick(context)
        for added in found.dynamic_partitions_requests or ():
            if isinstance(added, dg.AddDynamicPartitionsRequest):
                self.instance.add_dynamic_partitions(added.partitions_def_name, list(added.partition_keys))
        log.info("%s: %s", name, found.skip_message or f"{len(found.run_requests or ())} runs")
        for event in found.asset_events:
            self.instance.report_runless_asset_event(event)
        for request in found.run_requests or ():
            wanted = {SENSOR_NAME_TAG: name} | ({RUN_KEY_TAG: request.run_key} if request.run_key else {})
            job = repository.get_job(request.job_name or str(sensor.job_name))
            settle = self._runs.settle if request.run_key else self._runs.execute
            yield request.run_key or _partitions(request), settle(job, request, wanted)
        if found.cursor:
            self.instance.run_storage.set_cursor_values({_place(name): found.cursor})

    def _cursor(self, name: str) -> str:
        """Where a sensor's last look ended; empty where it has none."""
        return self.instance.run_storage.get_cursor_values({_place(name)}).get(_place(name), "")

    @property
    def _runs(self) -> RequestedRuns:
        return RequestedRuns(self.instance, self.again)

    def _taken(self, lock: str, *, wait: bool = False) -> AbstractContextManager[bool]:
        return lost.taken(self.settings, self.instance, lock, wait=wait, pause=self.pause)


def _place(name: str) -> str:
    """Where a sensor's cursor is kept."""
    return f"weather_platform/tick/{name}"


def _sensors(repository: dg.RepositoryDefinition) -> list[str]:
    """Names of the sensors that can be evaluated outside Dagster's daemon."""
    conditions = dg.AutomationConditionSensorDefinition
    return [found.name for found in repository.sensor_defs if not isinstance(found, conditions)]


def _partitions(request: dg.RunRequest) -> str:
    ends = [request.tags.get(f"dagster/asset_partition_range_{end}") for end in ("start", "end")]
    return request.partition_key or " to ".join(end for end in ends if end) or "run"
