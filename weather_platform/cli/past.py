"""A past on the first day: the main job over the days up to today, from archives.

Belongs here: whose archives can be asked, and what a user is told of them. Does not: the steps (flow), or
asking (defs.reconstructed, defs.history).
"""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg
from rich.console import Console

from weather_platform.cli.alone import alone
from weather_platform.cli.errors import CommandError
from weather_platform.cli.flow import run_flow
from weather_platform.cli.steps import Period, Step
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.truth import RECONCILED
from weather_platform.core.providers.registry import PREVIOUS_RUNS
from weather_platform.defs.common import without_markdown
from weather_platform.defs.payloads import in_use
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform


def run_live(settings: Settings, period: Period, console: Console) -> tuple[Settings, timedelta]:
    """The settings that have the period, and the time that it took. Nothing is predicted of the future: the
    schedules do that. Raises CommandError for providers without a past, and for steps that failed.
    """
    kept = with_previous_runs(settings)
    first = period.start.date()
    if settings.first_day > first:
        settings = settings.model_copy(update={"first_day": first})
    platform = Platform(settings)
    made = {"reconstruct": (f"reconstructed/{kept[0]}", FORECAST), "truth": ("observations", RECONCILED)}

    def answered(step: Step, result: dg.ExecuteInProcessResult) -> None:
        table, contract = made.get(step.job, (None, None)) if step.end == period.end else (None, None)
        if table and contract and platform.warehouse.read(table, contract, columns=[contract.key[0]]).empty:
            raise CommandError(f"{table} has no row:\n" + "\n".join(_missing(result)))

    with alone(settings):
        console.print(
            f"[bold]A past from archives[/], {first} to today, of {', '.join(kept)}: forecasts at leads of "
            "whole days, and a reanalysis as truth where WEATHER_ARCHIVES names nothing else. The newest "
            "days have no truth yet."
        )
        return settings, run_flow(settings, period, console, past=True, after=answered)


def _missing(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    """What was asked for and not answered, as the assets' checks say it."""
    for found in result.get_asset_check_evaluations():
        if not found.passed and "reasons" in found.metadata:
            reasons = without_markdown(str(found.metadata["reasons"].value))
            yield f"{found.asset_key.to_user_string()}: {reasons}"


def with_previous_runs(settings: Settings) -> tuple[str, ...]:
    """Names of the providers in use that keep their previous runs. Raises CommandError where none does."""
    kept = tuple(provider.name for provider in in_use(settings) if provider.name in PREVIOUS_RUNS)
    if not kept:
        raise CommandError(
            f"past cycles cannot be fetched any more, and of what providers keep of their previous runs only "
            f"{', '.join(PREVIOUS_RUNS)} can be asked: name it in WEATHER_PROVIDERS, or start "
            "`weather-platform ui`, whose schedules ask for what is new"
        )
    return kept
