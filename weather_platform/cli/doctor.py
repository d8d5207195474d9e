"""`weather-platform doctor`: the state of a deployment on one page, with a remedy for whatever is not well.

Belongs here: the page. Does not: looking (infra.watch.vitals) or judging (core.health).
"""

import json
import platform as machine
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby

import click
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from weather_platform.cli.errors import CommandError
from weather_platform.cli.new_folder import note_new_folder
from weather_platform.cli.panel import panel_places
from weather_platform.cli.terminal import console as console_of
from weather_platform.cli.terminal import working
from weather_platform.cli.wrong_names import refuse_wrong_names
from weather_platform.core.health.finding import Finding, Level
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.infra.configuration.settings import Settings, read_settings
from weather_platform.infra.platform import Platform

_VERSIONS = (
    "weather-platform",
    "dagster",
    "duckdb",
    "ibis-framework",
    "mlflow",
    "pandas",
    "pyarrow",
    "scikit-learn",
)
_LOOKS = {
    Level.OK: ("ok", "green"),
    Level.WARNING: ("warning", "yellow"),
    Level.ERROR: ("error", "bold red"),
}


@click.command(short_help="The state of this deployment, with a remedy for whatever is not well.")
@click.option("--json", "as_json", is_flag=True, help="Settings, versions and findings as JSON.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Look at settings, stores, disk, scheduler, freshness of every feed, whether it is believed and since
    when not, freshness of predictions, quota and models.

    Secrets are shown as stars. Ends with exit code 1 where anything is an error, so that a monitor may call
    it. Asks no provider. In the sandbox, freshness is counted from the newest simulated cycle.
    """
    settings = ctx.obj or read_settings()
    with working("Looking at everything…"):
        refuse_wrong_names(settings)
        note_new_folder(settings)
        findings = [*_places(settings), *_unused(settings), *_looked_at(settings)]
    if as_json:
        click.echo(json.dumps(_as_data(settings, findings), indent=2))
    else:
        _print(settings, findings, console_of())
    if any(finding.level is Level.ERROR for finding in findings):
        ctx.exit(1)


def _places(settings: Settings) -> list[Finding]:
    """Whether the panel can be read: no cycle can begin without it."""
    try:
        panel_places(settings)
    except CommandError as error:
        remedy = "mend the file that WEATHER_LOCATIONS_FILE or WEATHER_LATTICE_FILE names, or the setting"
        return [Finding("settings", "places", Level.ERROR, error.message, remedy)]
    return []


def _looked_at(settings: Settings) -> Sequence[Finding]:
    from weather_platform.defs.payloads import in_use
    from weather_platform.infra.watch.vitals import look

    return look(Platform(settings), in_use(settings), datetime.now(UTC)).findings


def _unused(settings: Settings) -> list[Finding]:
    """Providers that would be asked if their key were set, or outside the sandbox."""
    from weather_platform.defs.payloads import unused

    reasons = {name: unused(provider, settings) for name, provider in PROVIDERS.items()}
    found = [
        Finding("settings", name, Level.OK, f"not in use: {reason}")
        for name, reason in reasons.items()
        if reason
    ]
    if not settings.simulated and "set WEATHER_CONTACT" in settings.contact:
        what = "nobody is named as contact, which MET Norway and NWS require"
        found.append(
            Finding("settings", "contact", Level.WARNING, what, "set WEATHER_CONTACT to your address")
        )
    return found


def _as_data(settings: Settings, findings: list[Finding]) -> dict[str, object]:
    return {
        "settings": settings.model_dump(mode="json"),
        "versions": {"python": machine.python_version(), **{name: version(name) for name in _VERSIONS}},
        "findings": [
            {
                "area": finding.area,
                "subject": finding.subject,
                "level": finding.level.name.lower(),
                "what": finding.what,
                "remedy": finding.remedy,
            }
            for finding in findings
        ],
    }


def _print(settings: Settings, findings: list[Finding], console: Console) -> None:
    """Settings that differ from the defaults, versions, and findings, the worst first."""
    changed = settings.model_dump(mode="json", exclude_defaults=True)
    console.print("[bold]Settings[/bold]" + " (the others are as by default)" * bool(changed))
    for name, value in {"profile": settings.profile, **changed}.items():
        console.print(f"  WEATHER_{name.upper()} = {value}", highlight=False, markup=False)
    versions = ", ".join(f"{name} {version(name)}" for name in _VERSIONS)
    console.print(f"[bold]Versions[/bold] python {machine.python_version()}, {versions}", highlight=False)
    console.print("[bold]Findings[/bold]")
    worst_first = sorted(findings, key=lambda one: (-one.level, one.area))
    for (level, remedy), group in groupby(worst_first, key=lambda one: (one.level, one.remedy)):
        word, style = _LOOKS[level]
        for one in group:
            line = escape(f"{one.area:<12}{one.subject:<27} {one.what}")
            console.print(f"  [{style}]{word:<8}[/{style}]{line}", highlight=False, soft_wrap=True)
        if remedy:
            console.print(Padding(f"→ {remedy}", (0, 0, 1, 10)), highlight=False, markup=False)
    bad = sum(one.level > Level.OK for one in findings)
    text = f"{bad} of {len(findings)} need attention; docs/runbook has a page for each area."
    console.print(text if bad else "All is well.", highlight=False)
