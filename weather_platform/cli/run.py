"""`weather-platform run`: the main job from first fetch to leaderboard, on the sandbox or on recorded
material.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from weather_platform.cli.again import command
from weather_platform.cli.alone import alone
from weather_platform.cli.errors import CommandError
from weather_platform.cli.leaderboard import print_leaderboard
from weather_platform.cli.panel import panel_places
from weather_platform.cli.stopping import Stoppable
from weather_platform.cli.terminal import console as console_of
from weather_platform.cli.wrong_names import refuse_wrong_names
from weather_platform.infra.configuration.settings import Settings, read_settings
from weather_platform.infra.homes.home import home_of

if TYPE_CHECKING:
    from weather_platform.cli.steps import Period

_FEWEST_DAYS = 20


@click.command()
@click.option(
    "--days",
    default=45,
    show_default=True,
    type=click.IntRange(_FEWEST_DAYS, 366),
    help="Days of six-hourly cycles.",
)
@click.option(
    "--train-days",
    type=click.IntRange(10, 365),
    help="Days to learn from; the rest is predicted and scored. [default: 2/3]",
)
@click.option(
    "--past",
    is_flag=True,
    help="Take forecasts from what a provider keeps of its previous runs, and truth from a reanalysis; so it "
    "always is on the live profile, whose past cycles cannot be fetched any more.",
)
@click.option(
    "--recorded",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Run on recorded real material in this folder instead of the sandbox.",
)
@click.option(
    "--recipe",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="How the recorded folder is laid out; found by its layout where absent.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the leaderboard as JSON and nothing else on standard output.",
)
def run(
    *,
    days: int,
    train_days: int | None,
    past: bool,
    recorded: Path | None,
    recipe: Path | None,
    as_json: bool,
) -> None:
    """Fetch, parse, observe, learn, predict and verify, then print the leaderboard.

    Without options it lives through 45 simulated days of five providers at 20 places on a local sandbox: no
    network, no key, no account. On the live profile it makes a past on the first day: the DAYS up to
    today, from Open-Meteo's archives, which need no key either (`WEATHER_PROFILE=live weather-platform run
    --days 90`). With --recorded it imports replies and observations that were recorded in the real world
    and runs the same assets on them. Running it again fetches nothing and changes no table. Ctrl-C stops it,
    with exit code 130; run again, it goes on.
    """
    if past and recorded is not None:
        raise click.UsageError("--past and --recorded each say where the past comes from; give one of them")
    if recipe is not None and recorded is None:
        raise click.UsageError("--recipe says how the folder of --recorded is laid out; give that too")
    console = console_of(stderr=as_json)
    settings = read_settings()
    with Stoppable():
        if recorded is not None:
            from weather_platform.cli.recorded import run_recorded

            done, took = run_recorded(settings, recorded, recipe, console)
        elif settings.simulated:
            done, took = _run_sandbox(settings, _period(settings.first_day, days, train_days), past, console)
        else:
            from weather_platform.cli.past import run_live

            _check(settings)
            first = datetime.now(UTC).date() - timedelta(days=days)
            done, took = run_live(settings, _period(first, days, train_days), console)
    print_leaderboard(done, console, as_json=as_json)
    if not as_json:
        _print_paths(done, took, console)


def _period(first: date, days: int, train_days: int | None) -> "Period":
    from weather_platform.cli.steps import Period

    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    period = Period(start, start + timedelta(days=train_days or days * 2 // 3), start + timedelta(days=days))
    if period.train_until >= period.end:
        raise click.UsageError(f"--train-days {train_days} leaves nothing of {days} days to predict")
    return period


def _run_sandbox(
    settings: Settings, period: "Period", past: bool, console: Console
) -> tuple[Settings, timedelta]:
    from weather_platform.cli.flow import run_flow
    from weather_platform.core.panel.places_file import BUILT_IN
    from weather_platform.sandbox.launch import start

    _check(settings)
    _must_be_over(period)
    if past:
        from weather_platform.cli.past import with_previous_runs

        providers = with_previous_runs(settings)
        settings = settings.model_copy(update={"providers": providers, "archives": ("open_meteo_archive",)})
    with alone(settings), start(settings.locations_file or BUILT_IN) as sandbox:
        console.print(
            f"[bold]Simulated weather[/], {period.start:%Y-%m-%d} to {period.end:%Y-%m-%d}; nothing here is "
            "a real forecast."
        )
        settings = settings.model_copy(update={"sandbox_url": sandbox.url})
        return settings, run_flow(settings, period, console, past=past)


def _must_be_over(period: "Period") -> None:
    """Told before anything is fetched: cycles that are yet to come are no partitions. Raises CommandError."""
    if period.end > (now := datetime.now(UTC)):
        over = (now - period.start) // timedelta(days=1)
        fewer = f"give --days {over}, or " if over >= _FEWEST_DAYS else ""
        raise CommandError(
            f"the days from {period.start:%Y-%m-%d} on end with some that are yet to come: {fewer}set "
            "WEATHER_FIRST_DAY to an earlier day"
        )


def _check(settings: Settings) -> None:
    """Raises CommandError for files of places that cannot be read, and SettingsError for names that nobody
    knows, before anything is made.
    """
    refuse_wrong_names(settings)
    panel_places(settings)


def _print_paths(settings: Settings, took: timedelta, console: Console) -> None:
    console.print(f"\nDone in {took.total_seconds():.0f} s.")
    commands = {"By place": command("forecast", settings), "UI": command("ui", settings)}
    for what, where in (home_of(settings).places | commands).items():
        console.print(f"{what:8} {where}", soft_wrap=True)
