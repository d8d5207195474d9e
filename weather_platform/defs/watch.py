"""The platform looks after itself: a sign of life, alerts for what has become bad, and for runs that failed.

Belongs here: when it looks, and what it remembers from look to look. Does not: what it looks at
(infra.watch.vitals), what is bad (core.health), or how people are told (infra.watch.channels).
"""

import json
from datetime import UTC, datetime, timedelta

import dagster as dg

from weather_platform.core.health.finding import Finding, Level, Look, News, news, open_levels
from weather_platform.core.providers.spec import Provider
from weather_platform.defs import forecasts
from weather_platform.defs.payloads import in_use
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.infra.watch.alerts import Alert
from weather_platform.infra.watch.outbox import tell, untold

FRESH = "fresh"
_MAX_REASON = 500
_RANGE = "dagster/asset_partition_range_start"


def build(settings: Settings) -> dg.Definitions:
    """The sensors `watch` and `failed_runs`, and a check `fresh` on every provider's forecasts."""
    providers = in_use(settings)
    return dg.Definitions(
        sensors=[_watch(providers, settings.watch_interval), _failed_runs()],
        asset_checks=[_fresh(one) for one in providers],
    )


def _watch(providers: list[Provider], every: timedelta) -> dg.SensorDefinition:
    @dg.sensor(
        name="watch",
        minimum_interval_seconds=int(every.total_seconds()),
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Every ten minutes: writes heartbeat.json, looks at all that `doctor` looks at (feeds, "
        "stores, quotas, models), and sends an alert for what has become bad or is well again.",
    )
    def watch(context: dg.SensorEvaluationContext, platform: dg.ResourceParam[Platform]) -> dg.SensorResult:
        from weather_platform.infra.watch.vitals import look

        now = datetime.now(UTC)
        before = json.loads(context.cursor or "{}")
        unsent = untold(platform.settings, context.instance)
        looked = look(platform, providers, now, alive=True, untold=unsent)
        changed = news(before, looked)
        for problem in tell(platform.settings, context.instance, _alerts(changed, now)):
            context.log.error(f"an alert was not sent, and will be tried again: {problem}")
        bad = [finding for finding in looked.findings if finding.level > Level.OK]
        return dg.SensorResult(
            skip_reason="; ".join(f"{one.key}: {one.what}" for one in bad)[:_MAX_REASON] or "all is well",
            cursor=json.dumps(open_levels(looked, before)),
            asset_events=_freshness_events(providers, looked),
        )

    return watch


def _alerts(changed: News, now: datetime) -> list[Alert]:
    raised = [
        Alert(one.area, one.level.name.lower(), f"{one.area} {one.subject}: {one.what}", one.remedy, now)
        for one in changed.raised
    ]
    over = [Alert(key.split("/")[0], "over", f"{key} is well again", "", now) for key in changed.over]
    return raised + over


def _failed_runs() -> dg.SensorDefinition:
    @dg.run_failure_sensor(
        name="failed_runs",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Sends an alert with the reason for every run of any job that failed.",
    )
    def failed_runs(context: dg.RunFailureSensorContext, platform: dg.ResourceParam[Platform]) -> None:
        run = context.dagster_run
        partition = run.tags.get("dagster/partition", run.tags.get(_RANGE, ""))
        title = f"run of {run.job_name} failed" + f" for {partition}" * bool(partition)
        reason = _reason(context.failure_event.message)
        alert = Alert("runs", "error", title, f"{reason}\nrun id {run.run_id}", datetime.now(UTC))
        for problem in tell(platform.settings, context.instance, [alert]):
            context.log.error(f"an alert was not sent, and `watch` will try again: {problem}")

    return failed_runs


def _reason(message: str | None) -> str:
    """The first line that says something; an alert goes out also where Dagster says nothing."""
    lines = (line.strip() for line in (message or "").splitlines())
    return next(filter(None, lines), "no reason was given; the run's log may have one")[:_MAX_REASON]


def _fresh(provider: Provider) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=forecasts.key(provider),
        name=FRESH,
        description=f"Every feed of {provider.title} has rows of the newest cycle that is due: data time, "
        "not time of a run.",
    )
    def fresh(platform: dg.ResourceParam[Platform]) -> dg.AssetCheckResult:
        from weather_platform.infra.watch.vitals import feeds

        found = feeds(platform, [provider], datetime.now(UTC))
        return dg.AssetCheckResult(
            passed=_passed(found),
            severity=dg.AssetCheckSeverity.WARN,
            metadata=_metadata(found),
            description=_said(found),
        )

    return fresh


def _freshness_events(providers: list[Provider], looked: Look) -> list[dg.AssetCheckEvaluation]:
    """The check's result as of this look, so that the UI is right without a run; none of what could not be
    looked at.
    """
    events = []
    for provider in providers:
        names = set(map(provider.feed, provider.models))
        found = [one for one in looked.findings if one.area == "freshness" and one.subject in names]
        if not found:
            continue
        events.append(
            dg.AssetCheckEvaluation(
                asset_key=forecasts.key(provider),
                check_name=FRESH,
                passed=_passed(found),
                severity=dg.AssetCheckSeverity.WARN,
                metadata=_metadata(found),
                description=_said(found),
            )
        )
    return events


def _passed(found: list[Finding]) -> bool:
    return not any(one.level for one in found)


def _said(found: list[Finding]) -> str:
    late = sum(one.level > Level.OK for one in found)
    return f"{late} of {len(found)} feeds are late"


def _metadata(found: list[Finding]) -> dict[str, str]:
    return {one.subject: one.what for one in found}
