"""`weather-platform forecast`: what the weather will be, as it was predicted last.

Belongs here: the options, and what they ask for. Does not: rows (see forecast_rows), tables (see
forecast_tables and forecast_days), or what stands in a cell (core.report).
"""

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from rich.markup import escape

from weather_platform.cli.errors import CommandError
from weather_platform.cli.forecast_days import days_table, first_days_table
from weather_platform.cli.forecast_rows import place_called, read_forecast, targets_of
from weather_platform.cli.forecast_tables import hours_table, made_by, places_table
from weather_platform.cli.outputs import WRITTEN_AS, must_be_of_rows, must_have_folder, write_rows
from weather_platform.cli.terminal import console as console_of
from weather_platform.cli.terminal import print_whole, working
from weather_platform.cli.unsound import unsound_now
from weather_platform.core.quantities.shown import SYSTEMS, System
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.infra.configuration.settings import read_settings
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

_RANGE = "Four times in five the truth lies in the range of 80 %. "
_EXPLANATION = _RANGE + "Precipitation is of the three hours that end at the time."
_OF_DAYS = _RANGE + (
    "A day is from midnight to midnight by the sun at the place, told by the eight values three hours apart; "
    "days that are not forecast in whole are left out."
)


def _zone(_context: click.Context, _option: click.Parameter, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise click.BadParameter(f"{name!r} is no time zone; write one like Europe/Zurich") from error


@click.command(short_help="What the weather will be at your places, with ranges.")
@click.argument("places", nargs=-1, metavar="[PLACE]...")
@click.option(
    "--days",
    is_flag=True,
    help="Whole days instead of hours: the lowest and highest value or the sum, with ranges.",
)
@click.option("--variable", "variables", multiple=True, type=click.Choice(list(KNOWN)), help="Only these.")
@click.option("--cycle", help="What was said in that cycle, as 2026-08-01T06Z. [default: the newest]")
@click.option(
    "--timezone", "zone", default="UTC", callback=_zone, metavar="NAME", help="Of the times. [default: UTC]"
)
@click.option(
    "--units",
    type=click.Choice(SYSTEMS),
    default="si",
    show_default=True,
    help="Of the tables: metric has wind in km/h, us has °F, mph and inches.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="All quantiles of all rows as JSON, in °C, m/s, mm and UTC."
)
@click.option("--out", help=f"The same rows instead of tables, - for CSV on standard output, or {WRITTEN_AS}")
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    help="One PLACE drawn instead of tables: a .png file.",
)
@click.pass_context
def forecast(
    ctx: click.Context,
    *,
    places: tuple[str, ...],
    days: bool,
    variables: tuple[str, ...],
    cycle: str | None,
    zone: ZoneInfo,
    units: System,
    as_json: bool,
    out: str | None,
    picture: Path | None,
) -> None:
    """Print the newest forecast of each PLACE, by its id or name, hour by hour. Without any, the day ahead
    of all places, a line each.

    It is what the asset `predictions` holds, or `daily_predictions` of days; nothing is asked and nothing
    predicted. A variable without a model yet is the bias-corrected blend's, and hours that no feed reaches
    are the past's alone. Days are the place's own, whatever the time zone.
    """
    _check_outputs(out, picture, places, days=days)
    platform = Platform(ctx.obj or read_settings())
    with working("Looking for the newest forecast…"):
        rows, names = read_forecast(platform, cycle, days=days)
    there = targets_of(rows, days=days)
    wanted = [name for name in variables or platform.settings.targets if name in there]
    if missing := set(variables) - set(wanted):
        raise CommandError(f"{', '.join(sorted(missing))}: not forecast in this cycle; see WEATHER_TARGETS")
    chosen = [place_called(text, names) for text in places]
    of_wanted = rows["variable"].isin([name for target in wanted for name in there[target]])
    rows = rows[of_wanted & rows["location_id"].isin(chosen or list(names))]
    if as_json or out:
        named = rows.assign(place=rows["location_id"].map(names))
        if out:
            write_rows(named, out)
        else:
            click.echo(named.to_json(orient="records", double_precision=5, date_format="iso", date_unit="s"))
        return
    console, simulated = console_of(), " (simulated)" * platform.settings.simulated
    if picture:
        title = f"{names[chosen[0]]}, {_when(rows)}{simulated}"
        _draw(picture, rows, wanted, title, zone=zone, units=units)
        return
    for place in chosen:
        of_place = rows[rows["location_id"] == place]
        console.print(escape(f"{names[place]}, {_when(of_place)}{simulated}"), style="bold", highlight=False)
        print_whole(
            console,
            days_table(of_place, wanted, units) if days else hours_table(of_place, wanted, zone, units),
        )
    if not chosen:
        what, table = ("first whole day", first_days_table) if days else ("day ahead", places_table)
        console.print(f"The {what}, {_when(rows)}{simulated}", style="bold", highlight=False)
        print_whole(console, table(rows, wanted, names, units))
    made = made_by(rows, {name: there[name] for name in wanted})
    console.print(f"{made} {_OF_DAYS if days else _EXPLANATION}", style="dim", highlight=False)
    if unsound := unsound_now(platform):
        console.print(unsound, style="yellow", highlight=False)


def _check_outputs(out: str | None, picture: Path | None, places: tuple[str, ...], *, days: bool) -> None:
    if out:
        must_be_of_rows(out, "--out")
    if picture:
        if days:
            raise click.UsageError("--picture is of hours: leave out --days, or name --out")
        if len(places) != 1 or picture.suffix != ".png":
            raise click.UsageError(f"--picture {picture}: it is of one PLACE, and its name must end in .png")
        must_have_folder(picture)


def _draw(
    picture: Path, rows: "pd.DataFrame", variables: list[str], title: str, *, zone: ZoneInfo, units: System
) -> None:
    from weather_platform.core.report.meteogram import meteogram

    try:
        picture.write_bytes(meteogram(rows, variables, title, zone, units))
    except OSError as error:
        raise CommandError(f"{picture}: cannot be written: {error}") from error


def _when(rows: "pd.DataFrame") -> str:
    return f"as known {rows['known_at'].max():%Y-%m-%d %H:%M} UTC"
