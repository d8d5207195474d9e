"""Upkeep: each night, what of the history of runs is too old goes.

Belongs here: when. Does not: what may go (infra.instance.pruning), or how old is too old (settings).
"""

from datetime import UTC, datetime

import dagster as dg

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.infra.roles import ROLE_TAG, TRUTH


def build(settings: Settings) -> dg.Definitions:
    """The job `prune` and the schedule `every_night`."""
    del settings
    job = _job()
    schedule = dg.ScheduleDefinition(
        name="every_night",
        job=job,
        description="Deletes what of the history of runs is older than WEATHER_RETENTION_DAYS.",
        cron_schedule="50 3 * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    return dg.Definitions(jobs=[job], schedules=[schedule])


def _job() -> dg.JobDefinition:
    @dg.op(out=dg.Out(dict[str, int]))
    def prune_history(
        context: dg.OpExecutionContext, platform: dg.ResourceParam[Platform]
    ) -> dg.Output[dict[str, int]]:
        from weather_platform.infra.homes.upkeep import prune_all

        gone = prune_all(platform.settings, context.instance, datetime.now(UTC))
        return dg.Output(gone, metadata=dict(gone))

    @dg.job(
        name="prune",
        description="Deletes runs, logs and superseded events that are too old. Tables and replies stay.",
        tags={ROLE_TAG: TRUTH},
        executor_def=dg.in_process_executor,
    )
    def prune() -> None:
        prune_history()

    return prune
