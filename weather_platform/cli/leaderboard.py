"""`weather-platform leaderboard`: what every source is worth, and whether ours is worth more."""

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from weather_platform.cli.errors import CommandError
from weather_platform.infra.platform import Platform
from weather_platform.infra.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

_DIGITS = 3


@click.command()
@click.option("--by-lead", is_flag=True, help="One table per lead bucket as well.")
@click.option("--json", "as_json", is_flag=True, help="Every row as JSON on standard output.")
@click.pass_context
def leaderboard(ctx: click.Context, by_lead: bool, as_json: bool) -> None:
    """Rank every feed, baseline and our forecast by CRPS, from the verification table.

    A single value's CRPS is its absolute error. `ours` is our CRPS on the very rows that the method has, and `gain` is how much lower
    it is; * marks a difference beyond chance (95 % block bootstrap over days).
    """
    print_leaderboard(ctx.obj or Settings(), Console(), as_json, by_lead)


def print_leaderboard(settings: Settings, console: Console, as_json: bool, by_lead: bool = False) -> None:
    """Print the leaderboard of everything scored so far. Raises CommandError where nothing was."""
    from weather_platform.core.contracts.learned import SCORE
    from weather_platform.core.verification.leaderboard import ALL_LEADS
    from weather_platform.core.verification.leaderboard import leaderboard as ranked

    scores = Platform(settings).warehouse.read("verification", SCORE)
    if scores.empty:
        raise CommandError(
            f"nothing was verified yet under {settings.data_dir}: run `weather-platform run` first"
        )
    table = ranked(scores)
    if as_json:
        click.echo(table.to_json(orient="records", double_precision=5))
        return
    for (variable, bucket), rows in table.groupby(["variable", "lead_bucket"], sort=False):
        if by_lead or bucket == ALL_LEADS:
            console.print(_ranking(f"{variable}, leads {bucket}, {_span(scores)}", rows, settings.simulated))


def _span(scores: "pd.DataFrame") -> str:
    return f"{scores['day'].min():%Y-%m-%d} to {scores['day'].max():%Y-%m-%d}"


def _ranking(title: str, rows: "pd.DataFrame", simulated: bool) -> Table:
    """One table of methods, best first."""
    table = Table(
        title=title + (" (simulated)" if simulated else ""), title_justify="left", header_style="bold"
    )
    table.add_column("method", no_wrap=True)
    for name in ("CRPS", "MAE", "bias", "cover 80", "cover 90", "rows", "ours", "gain"):
        table.add_column(name, justify="right")
    for row in rows.itertuples():
        mark = "*" if row.high < 0 or row.low > 0 else ""
        cells = [
            _number(row.crps),
            _number(row.mae),
            _number(row.bias),
            _percent(row.coverage_80),
            _percent(row.coverage_90),
        ]
        table.add_row(
            row.method,
            *cells,
            f"{row.n:,}",
            _number(row.ours_crps),
            _percent(row.ours_gain) + mark,
            style="bold" if row.method == "ours" else None,
        )
    return table


def _number(value: float) -> str:
    return "" if value != value else f"{value:.{_DIGITS}f}"  # noqa: PLR0124 - NaN is the only value unlike itself


def _percent(value: float) -> str:
    return "" if value != value else f"{100 * value:.1f} %"  # noqa: PLR0124
