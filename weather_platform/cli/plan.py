"""`weather-platform plan`: whether the panel and the schedule fit the providers' quotas, without asking them.

Belongs here: options and tables. Does not: the counting (core.panel.plan).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click
from rich import box
from rich.table import Table

from weather_platform.cli.errors import CommandError
from weather_platform.cli.options import PROVIDER_NAMES
from weather_platform.cli.panel import panel_places
from weather_platform.cli.terminal import console as console_of
from weather_platform.cli.terminal import print_whole
from weather_platform.core.panel.plan import Plan
from weather_platform.core.panel.plan import plan as plan_of
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Horizon
from weather_platform.core.providers.terms import Window
from weather_platform.infra.configuration.named_providers import named
from weather_platform.infra.configuration.settings import read_settings

# As they are headed: twelve columns fit into a terminal of 80.
_WINDOWS: dict[Window, str] = {"minute": "min", "hour": "hour", "day": "day", "month": "month"}
_LEFT: dict[str, Any] = {"title_justify": "left", "title_style": "bold"}


@click.command(short_help="Whether panel and schedule fit the providers' quotas; asks nobody.")
@click.option("--provider", "names", type=click.Choice(PROVIDER_NAMES), multiple=True, help="Only these.")
@click.option(
    "--cycles-per-day",
    type=click.IntRange(1, 24),
    default=4,
    show_default=True,
    help="How often providers are asked; the built-in schedule asks four times.",
)
@click.option(
    "--horizon", type=click.IntRange(6, 384), help="Hours ahead; WEATHER_HORIZON_HOURS where absent."
)
@click.option("--json", "as_json", is_flag=True, help="The plan as JSON on standard output.")
def plan(*, names: tuple[str, ...], cycles_per_day: int, horizon: int | None, as_json: bool) -> None:
    """Print calls, weights and shares of every quota window that the panel and the schedule need.

    The panel is that of WEATHER_LOCATIONS_FILE and WEATHER_LATTICE_FILE. Shares of the minute count a cycle
    as spread over its first hour; a month has 31 days. Ends with exit code 1 where a schedule cannot fit.
    """
    settings = read_settings()
    hours = horizon or settings.horizon_hours
    chosen = [PROVIDERS[name] for name in names] or named(settings)
    places = panel_places(settings)
    plans = [plan_of(one, places, Horizon(hours, one.models), cycles_per_day) for one in chosen]
    silent = {one.name: why for one in chosen if (why := settings.unusable(one))}
    if as_json:
        click.echo(json.dumps([_as_data(one, silent) for one in plans], indent=2))
    else:
        console = console_of()
        title = f"{len(places)} places, {hours} h ahead, {cycles_per_day} × a day"
        print_whole(console, _quota_table(plans, title))
        console.print(_terms_table(plans))
        for one in plans:  # below the table and whole: an address that is broken leads nowhere
            console.print(
                f" {one.provider.name:15} {one.provider.terms.url}", soft_wrap=True, highlight=False
            )
        for why in silent.values():
            console.print(f"Not asked as things are: {why}", style="yellow", soft_wrap=True, highlight=False)
    if refusals := [_refusal(one) for one in plans if not one.fits]:
        raise CommandError("\n".join(refusals))


def _as_data(one: Plan, silent: Mapping[str, str]) -> dict[str, Any]:
    """The plan for a machine; `silent`: why a provider is not asked, by name."""
    terms = asdict(one.provider.terms) | {"as_of": one.provider.terms.as_of.isoformat()}
    return {
        "provider": one.provider.name,
        "places": one.places,
        "calls_per_cycle": one.calls,
        "weight_per_cycle": one.weight,
        "shares": {share.window: share.share for share in one.shares},
        "binds": one.binds.window if one.binds else None,
        "fits": one.fits,
        "not_asked_because": silent.get(one.provider.name),
        "places_that_fit": one.places_that_fit,
        "rows_per_day": one.rows_per_day,
        "rows_per_call": one.rows_per_call,
        "terms": terms,
    }


def _quota_table(plans: list[Plan], title: str) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, show_edge=False, padding=0, **_LEFT)
    table.add_column("provider", no_wrap=True)
    for heading in (
        *("places", "calls\na\ncycle", "weight\na\ncycle", *_WINDOWS.values()),
        *("binds", "places\nthat\nfit", "rows\na\nday", "rows\na\ncall"),
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in plans:
        shares = {share.window: f"{share.share:.1%}" for share in one.shares}
        fit = "any" if one.places_that_fit is None else f"{one.places_that_fit:,}"
        table.add_row(
            one.provider.name,
            *(f"{one.places:,}", f"{one.calls:,}", f"{one.weight:,.1f}"),
            *(shares.get(window, "-") for window in _WINDOWS),
            *(
                _WINDOWS[one.binds.window] if one.binds else "-",
                fit,
                f"{one.rows_per_day:,}",
                f"{one.rows_per_call:,.0f}",
            ),
            style="" if one.fits else "bold red",
        )
    table.caption = " "
    return table


def _terms_table(plans: list[Plan]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=0, title="Terms as known to us; read them yourself", **_LEFT)
    for heading in ("provider", "licence", "commercial", "keeping", "as of"):
        table.add_column(heading, overflow="fold")
    for one in plans:
        terms = one.provider.terms
        commercial = "yes" if terms.commercial else "no (free tier)"
        table.add_row(one.provider.name, terms.licence, commercial, terms.storage, str(terms.as_of))
    return table


def _refusal(one: Plan) -> str:
    binds = one.binds
    assert binds is not None  # noqa: S101 - what has no limit fits
    return (
        f"{one.provider.title} does not fit: {binds.calls:,.0f} weighted calls a {binds.window}, of "
        f"{binds.allowed:,.0f} allowed; about {one.places_that_fit:,} places like these fit. Take fewer "
        "places or a shorter horizon, or leave the provider out (WEATHER_PROVIDERS)."
    )
