"""`weather-platform leaderboard`: what every source is worth, and whether ours is worth more."""

from typing import TYPE_CHECKING

import click
from rich import box
from rich.console import Console
from rich.table import Table

from weather_platform.cli.errors import CommandError
from weather_platform.cli.terminal import console as console_of
from weather_platform.infra.platform import Platform
from weather_platform.infra.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

_DIGITS = 3
# Two lines each, so that ten columns and the longest feed's name fit into 80.
_HEADINGS = ("CRPS", "MAE", "bias", "in\n80 %", "in\n90 %", "rows", "ours\nCRPS", "ours\nMAE", "gain\n%")
_EXPLANATION = (
    "Best CRPS first; less is better. A feed gives a single value, whose CRPS is its absolute error: compare "
    "MAE too. `ours` CRPS and MAE are ours on the very rows that the method has, `gain` is how much lower our"
    " CRPS is; * marks a difference beyond chance (95 % block bootstrap over days). Rows that no feed reached"
    " stand apart, last."
)
_SHOWN = {
    "ideal": "ideal (reference)",
    "ours_without_feeds": "ours, no feed present",
}


@click.command()
@click.option("--by-lead", is_flag=True, help="One table per lead bucket as well.")
@click.option("--json", "as_json", is_flag=True, help="Every row as JSON on standard output.")
@click.pass_context
def leaderboard(ctx: click.Context, by_lead: bool, as_json: bool) -> None:
    """Rank every feed, baseline and our forecast by CRPS, from the verification table.

    A single value's CRPS is its absolute error. `ours` is our CRPS and MAE on the very rows that the method
    has, and `gain` is how much lower our CRPS is; * marks a difference beyond chance (95 % block bootstrap
    over days). `ideal` knows what only a simulator can, and is a reference, not a rival.
    """
    print_leaderboard(ctx.obj or Settings(), console_of(), as_json, by_lead)


def print_leaderboard(settings: Settings, console: Console, as_json: bool, by_lead: bool = False) -> None:
    """Print the leaderboard of everything scored so far. Raises CommandError where nothing was."""
    from weather_platform.core.contracts.learned import SCORE
    from weather_platform.core.verification.leaderboard import ALL_LEADS
    from weather_platform.core.verification.leaderboard import leaderboard as ranked

    scores = Platform(settings).warehouse.read("verification", SCORE)
    if scores.empty:
        raise CommandError(f"nothing was verified yet in {settings.home}: run `weather-platform run` first")
    table = ranked(scores)
    if as_json:
        click.echo(table.to_json(orient="records", double_precision=5))
        return
    for (variable, bucket), rows in table.groupby(["variable", "lead_bucket"], sort=False):
        if by_lead or bucket == ALL_LEADS:
            title = f"{variable}, leads {bucket}, {_span(scores)}{' (simulated)' * settings.simulated}"
            console.print(_ranking(title, rows))
    console.print(_EXPLANATION, style="dim", highlight=False)


def _span(scores: "pd.DataFrame") -> str:
    return f"{scores['day'].min():%Y-%m-%d} to {scores['day'].max():%Y-%m-%d}"


def _ranking(title: str, rows: "pd.DataFrame") -> Table:
    """One table of methods, best first."""
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=0,
    )
    table.add_column("method", overflow="fold")
    for heading in _HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    apart = rows["method"] == "ours_without_feeds"
    for row in [*rows[~apart].to_dict("records"), *rows[apart].to_dict("records")]:
        ours = row["method"] in ("ours", "ours_without_feeds")
        beyond_chance = not ours and (row["high"] < 0 or row["low"] > 0)
        table.add_row(
            _SHOWN.get(row["method"], row["method"]),
            *(_number(row[name]) for name in ("crps", "mae", "bias")),
            *(_percent(row[name]) for name in ("coverage_80", "coverage_90")),
            f"{row['n']:,}",
            *(_number(row[name]) for name in ("ours_crps", "ours_mae")),
            "" if ours else _percent(row["ours_gain"]) + "*" * beyond_chance,
            style={"ours": "bold", "ideal": "dim"}.get(row["method"]),
        )
    table.caption = " "
    return table


def _number(value: float) -> str:
    return "" if value != value else f"{value:.{_DIGITS}f}"  # noqa: PLR0124 - NaN is the only value unlike itself


def _percent(value: float) -> str:
    return "" if value != value else f"{100 * value:.1f}"  # noqa: PLR0124
