"""Jobs by stage, for backfills and the command line, and the schedules that keep the platform current.

Belongs here: what runs together and when. Does not: any asset.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import dagster as dg

from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.providers.registry import PREVIOUS_RUNS
from weather_platform.defs import (
    archives,
    features,
    feed_health,
    forecast_errors,
    locations,
    observations,
    payloads,
    predictions,
    reconstructed,
)
from weather_platform.defs.late import days_due
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.roles import INGEST, ROLE_TAG, SERVE, TRAIN, TRUTH

_PAYLOADS = dg.AssetSelection.key_prefixes("payloads")
_FORECASTS = dg.AssetSelection.key_prefixes("forecasts") | dg.AssetSelection.assets(feed_health.KEY)
_TRUTH = dg.AssetSelection.key_prefixes("history") | dg.AssetSelection.assets(
    observations.KEY, forecast_errors.KEY, forecast_errors.AGREEMENT_KEY, forecast_errors.SUMS_KEY
)
_MODELS = dg.AssetSelection.key_prefixes("model")
_CHAMPIONS = dg.AssetSelection.assets("champions")
_VERIFICATION = dg.AssetSelection.assets("verification", "calibration", "drift", "report")


def build(settings: Settings) -> dg.Definitions:
    """Jobs `read_locations`, `fetch`, `reconstruct`, `parse`, `truth`, `build_features`, `train`, `predict`,
    `verify`, `cycle`, `answer`, `day`; the schedules. No job has the name of an asset: Dagster refuses to
    load that.

    A job's role says whose account its runs act under. `cycle` has none: it is `fetch` and `answer`, which
    have different ones, in one run, for where there are no accounts.
    """
    side_by_side = dg.multiprocess_executor  # one provider's waits are no other's
    ahead = dg.AssetSelection.assets(features.KEY, predictions.KEY)
    # An account that trains may write no table; who answers may, and reads models.
    models = _MODELS if settings.separate_roles else _MODELS | _CHAMPIONS
    jobs = [
        _job("read_locations", dg.AssetSelection.assets(locations.KEY), "Reads the list of places anew."),
        _job("fetch", _PAYLOADS, "Asks every provider and keeps its replies.", INGEST, side_by_side),
        *_reconstruct(settings),
        _job("parse", _FORECASTS, "Makes rows of kept replies; asks nobody."),
        _job("truth", _TRUTH, "Reads what was measured, and holds forecasts against it."),
        _job("build_features", dg.AssetSelection.assets(features.KEY), "Makes what models are fed."),
        _job("train", models, "Trains every model; a version serves if it beats the champion.", TRAIN),
        _job("predict", dg.AssetSelection.assets(predictions.KEY), "Predicts with the champions."),
        _job("verify", _VERIFICATION, "Scores predictions and feeds, and writes the report."),
        _job(
            "cycle",
            _PAYLOADS | _FORECASTS | ahead,
            "One six-hourly cycle from end to end: asks every provider, parses the replies, predicts.",
            executor=side_by_side,
        ),
        _job(
            "answer",
            _FORECASTS | ahead | _CHAMPIONS,
            "The second half of a cycle: parses the replies that are kept, and predicts from them.",
            SERVE,
        ),
        _job(
            "day",
            _TRUTH | _VERIFICATION,
            "One day of valid times: its truth, errors, and scores of its forecasts; then the report.",
            TRUTH,
        ),
    ]
    return dg.Definitions(
        jobs=jobs,
        schedules=[*_cycle_schedules(settings), _day_schedule(settings), _week_schedule()],
        sensors=[_bring_up_to_date(settings)],
    )


def _reconstruct(settings: Settings) -> "list[dg.UnresolvedAssetJobDefinition]":
    """The job `reconstruct`, where a provider in use keeps its previous runs."""
    kept = [reconstructed.key(one) for one in payloads.in_use(settings) if one.name in PREVIOUS_RUNS]
    selection = dg.AssetSelection.assets(*kept)
    said = "Asks providers that keep them for what they forecast of days past."
    return [_job("reconstruct", selection, said, INGEST)] if kept else []


def _job(
    name: str,
    selection: dg.AssetSelection,
    description: str,
    role: str | None = None,
    executor: dg.ExecutorDefinition | None = None,
) -> "dg.UnresolvedAssetJobDefinition":
    return dg.define_asset_job(
        name,
        selection,
        description=description,
        tags={ROLE_TAG: role} if role else None,
        executor_def=executor,
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
    follow. Apart, the answer comes half an hour later, when fetching has ended (it is cut off by then).
    """
    first = settings.first_day
    if settings.separate_roles:
        return [
            _cycle_schedule("fetch_cycle", "fetch", "15 */6 * * *", first, "Asks every provider."),
            _cycle_schedule(
                "answer_cycle", "answer", "45 */6 * * *", first, "Predicts from what providers answered."
            ),
        ]
    what = "Asks every provider at the start of a cycle, and predicts from what they answer."
    return [_cycle_schedule("every_cycle", "cycle", "15 */6 * * *", first, what)]


def _cycle_schedule(name: str, job: str, cron: str, first: date, description: str) -> dg.ScheduleDefinition:
    def request(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if context.scheduled_execution_time.date() < first:
            return dg.SkipReason(f"cycles begin on {first} (WEATHER_FIRST_DAY)")
        key = CYCLE.key(context.scheduled_execution_time)
        return dg.RunRequest(run_key=key, partition_key=key)

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
