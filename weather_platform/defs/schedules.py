"""The schedules that keep the platform current, and what makes again what follows from what was made.

Belongs here: when. Does not: what runs together (see jobs), or any asset.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time

import dagster as dg

from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.defs import archives, payloads
from weather_platform.defs.answered_early import answered_early
from weather_platform.defs.late import days_due
from weather_platform.infra.configuration.settings import Settings


def build(settings: Settings) -> dg.Definitions:
    """Schedules by cycle, day and week, and the sensor `bring_up_to_date`."""
    return dg.Definitions(
        schedules=[*_cycle_schedules(settings), _day_schedule(settings), _week_schedule()],
        sensors=[_bring_up_to_date(settings)],
    )


def _bring_up_to_date(settings: Settings) -> dg.SensorDefinition:
    """What acts on the conditions of assets (defs.follow). Its runs are of many stages and so of no role:
    where each stage has an account of its own, it is off, and schedules do the work.
    """
    on, off = dg.DefaultSensorStatus.RUNNING, dg.DefaultSensorStatus.STOPPED
    return dg.AutomationConditionSensorDefinition(
        "bring_up_to_date",
        target=dg.AssetSelection.all(),
        default_status=off if settings.separate_roles else on,
        # Each look goes through the state of every partition, a second of a core and more after a backfill.
        minimum_interval_seconds=120,
        description="Makes again what follows from partitions of the last month that were made.",
    )


def _cycle_schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """A quarter past each cycle's start: providers are asked as soon as the cycle exists, and predictions
    follow. Apart, the answer comes half an hour later, when fetching has ended (it is cut off by then), and
    what came too late for an answer of the day before is answered again.
    """
    first = settings.first_day
    if settings.separate_roles:

        def late(context: dg.ScheduleEvaluationContext) -> list[str]:
            start, cycle = datetime.combine(first, time(), UTC), CYCLE.floor(context.scheduled_execution_time)
            return answered_early(context.instance, payloads.in_use(settings), start, cycle)

        what = "Predicts from what providers answered."
        return [
            _cycle_schedule("fetch_cycle", "fetch", "15 */6 * * *", first, "Asks every provider."),
            _cycle_schedule("answer_cycle", "answer", "45 */6 * * *", first, what, further=late),
        ]
    what = "Asks every provider at the start of a cycle, and predicts from what they answer."
    return [_cycle_schedule("every_cycle", "cycle", "15 */6 * * *", first, what)]


def _cycle_schedule(
    name: str,
    job: str,
    cron: str,
    first: date,
    description: str,
    *,
    further: Callable[[dg.ScheduleEvaluationContext], list[str]] = lambda _context: [],
) -> dg.ScheduleDefinition:
    """Of the cycle at hand, then of `further` ones."""

    def request(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        if context.scheduled_execution_time.date() < first:
            yield dg.SkipReason(f"cycles begin on {first} (WEATHER_FIRST_DAY)")
            return
        now = CYCLE.key(context.scheduled_execution_time)
        yield dg.RunRequest(run_key=now, partition_key=now)
        for key in further(context):
            yield dg.RunRequest(run_key=f"{key} on {now}", partition_key=key)

    return dg.ScheduleDefinition(
        name=name,
        job_name=job,
        description=description,
        cron_schedule=cron,
        execution_timezone="UTC",
        execution_fn=request,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def _day_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """Each morning: yesterday, of which users may have uploaded what they measured, and every day that an
    archive has settled since it was made, or failed to answer for. The same run takes in a day's truth, sums
    its errors and scores the forecasts of it, however late the truth is.

    Which days those are follows from what was made, so a tick that did not happen is made good by the next.
    """
    first = datetime.combine(settings.first_day, time(), UTC)

    def request(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        now: datetime = context.scheduled_execution_time
        asked, yesterday = DAY.key(now), DAY.floor(now) - DAY.length
        days = set(days_due(context.instance, archives.settled(settings), first, now))
        days |= {DAY.key(yesterday)} if yesterday >= first else set()
        for day in sorted(days):
            yield dg.RunRequest(run_key=f"{day} on {asked}", partition_key=day)

    return dg.ScheduleDefinition(
        name="every_day",
        job_name="day",
        description="Takes in truth that has come, sums its errors, and scores the forecasts of its days.",
        cron_schedule="30 7 * * *",
        execution_timezone="UTC",
        execution_fn=request,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def _week_schedule() -> dg.ScheduleDefinition:
    """Monday mornings, when Sunday has been scored: models learn from another week. One that is not better
    than all it is compared with changes nothing.
    """

    def request(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(run_key=DAY.key(context.scheduled_execution_time))

    return dg.ScheduleDefinition(
        name="every_week",
        job_name="train",
        description="Trains a model per variable on what is known by now.",
        cron_schedule="30 8 * * 1",
        execution_timezone="UTC",
        execution_fn=request,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
