"""`weather-platform leaderboard`: what every source is worth, and whether ours is worth more."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from rich.console import Console

from weather_platform.cli.errors import CommandError
from weather_platform.cli.ranking import EXPLANATION, ranking
from weather_platform.cli.terminal import console as console_of
from weather_platform.cli.terminal import print_whole, working
from weather_platform.cli.unsound import unsound_now
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.infra.configuration.settings import Settings, read_settings
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import ibis
    import pandas as pd

_EXPLANATION = EXPLANATION + " Leads are scored on common days. Rows that no feed reached stand apart, last."
# What users call it, and what it is in the table.
_BY = {"lead": "lead_bucket", "region": "region", "season": "season", "place": "location_id"}


@click.command()
@click.option(
    "--by",
    multiple=True,
    type=click.Choice(list(_BY)),
    help="One table for each lead, region, season or place as well; may be given several times.",
)
@click.option("--variable", "variables", multiple=True, type=click.Choice(list(KNOWN)), help="Only these.")
@click.option("--days", is_flag=True, help="Of whole days: their lowest, highest, mean or summed values.")
@click.option("--json", "as_json", is_flag=True, help="Every row as JSON on standard output, by lead always.")
@click.pass_context
def leaderboard(
    ctx: click.Context, *, by: tuple[str, ...], variables: tuple[str, ...], days: bool, as_json: bool
) -> None:
    """Rank every feed, baseline and our forecast, from the verification table.

    Feeds cover different places and leads, so the rank is by CRPS beside ours on the very rows that the feed
    has. A single value's CRPS is its absolute error. `ours` is our CRPS and MAE on those rows, and `gain`
    is how much lower our CRPS is; * marks a difference beyond chance (block bootstrap over days, of six
    at least; at most 5 % of all stars are by chance).
    `ideal` knows what only a simulator can, and is a reference, not a rival. `climatology` is the mean of the
    truth known of the last 28 days at the same hour, `persistence` the newest of it.
    """
    print_leaderboard(
        ctx.obj or read_settings(), console_of(), as_json=as_json, by=by, variables=variables, days=days
    )


def print_leaderboard(
    settings: Settings,
    console: Console,
    *,
    as_json: bool = False,
    by: Sequence[str] = (),
    variables: Sequence[str] = (),
    days: bool = False,
) -> None:
    """Print the leaderboard of everything scored so far. Raises CommandError where nothing was, or nothing of
    a variable that is named.
    """
    from weather_platform.core.scoring.slices import lead_label

    platform = Platform(settings)
    with working("Ranking what was verified…"):
        scores = _scores(platform, variables, days=days)
        table = _ranked(scores, by, leads=as_json or "lead" in by)
    if as_json:
        click.echo(table.to_json(orient="records", double_precision=5, date_format="iso", date_unit="s"))
        return
    for cell, rows in table.groupby(["variable", *_cut(by), "lead_bucket"], sort=False):
        *where, bucket = map(str, cell)
        title = ", ".join([*where, lead_label(bucket), _span(rows)])
        print_whole(console, ranking(title + " (simulated)" * settings.simulated, rows))
    console.print(_EXPLANATION, style="dim", highlight=False)
    if unsound := unsound_now(platform):
        console.print(unsound, style="yellow", highlight=False)


def _scores(platform: Platform, variables: Sequence[str], *, days: bool) -> "ibis.Table":
    """The rows to rank: of `variables`, or of all that is forecast, and with `days` of their whole days."""
    from weather_platform.core.contracts.days import DAILY_SCORE
    from weather_platform.core.contracts.scores import SCORE

    table, contract = ("daily_verification", DAILY_SCORE) if days else ("verification", SCORE)
    scores = platform.warehouse.expression(table, contract)
    found = set(scores.select("variable").distinct().execute()["variable"])
    scored = [name for name in KNOWN if found & set(_called(name, days=days))]
    wanted = list(variables or platform.settings.targets)
    missing = [name for name in wanted if name not in scored]
    if scored and missing and (variables or missing == wanted):
        raise CommandError(
            f"nothing was scored of {', '.join(missing)}, only of {', '.join(scored)}: set WEATHER_TARGETS "
            "to all that you want, and what is forecast from then on will be"
        )
    if not scored:
        raise CommandError(
            f"nothing was verified yet in {platform.home.where}: run `weather-platform run` first"
        )
    return scores.filter(
        scores.variable.isin([name for target in wanted for name in _called(target, days=days)])
    )


def _called(target: str, *, days: bool) -> list[str]:
    """What a target is called in the table."""
    from weather_platform.core.days.statistics import dailies

    return [one.name for one in dailies([target])] if days else [target]


def _ranked(scores: "ibis.Table", by: Sequence[str], *, leads: bool) -> "pd.DataFrame":
    """By the alphabet in the table; here as in the report."""
    from weather_platform.core.days.statistics import DAILIES
    from weather_platform.core.verification.leaderboard import leaderboard as ranked

    order = [*KNOWN, *DAILIES]
    return ranked(scores, _cut(by), leads=leads).sort_values(
        "variable", key=lambda names: names.map(order.index), kind="stable"
    )


def _cut(by: Sequence[str]) -> list[str]:
    """Columns that part the tables; leads are parted always."""
    from weather_platform.core.verification.leaderboard import DIMENSIONS

    return [_BY[name] for name in by if _BY[name] in DIMENSIONS]


def _span(rows: "pd.DataFrame") -> str:
    """The days that a table's rows are of: a model's where there is one, and of a lead the common ones."""
    return f"{rows['first_day'].min():%Y-%m-%d} to {rows['last_day'].max():%Y-%m-%d}"
