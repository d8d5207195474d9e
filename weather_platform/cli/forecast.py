"""`weather-platform forecast`: what the weather will be, as it was predicted last.

Belongs here: which cycle and places, and the tables. Does not: what stands in a cell (core.report.outlook).
"""

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from rich.markup import escape

from weather_platform.cli.errors import CommandError
from weather_platform.cli.forecast_tables import hours_table, made_by, places_table
from weather_platform.cli.outputs import WRITTEN_AS, must_be_of_rows, must_have_folder, write_rows
from weather_platform.cli.terminal import console as console_of
from weather_platform.cli.terminal import print_whole, working
from weather_platform.cli.unsound import unsound_now
from weather_platform.core.partitions import CYCLE
from weather_platform.core.quantities.shown import SYSTEMS, System
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.infra.configuration.settings import read_settings
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

_MOST_NAMED = 12
_EXPLANATION = (
    "Four times in five the truth lies in the range of 80 %. Precipitation is of the three hours that end at "
    "the time."
)


def _zone(_context: click.Context, _option: click.Parameter, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise click.BadParameter(f"{name!r} is no time zone; write one like Europe/Zurich") from error


@click.command(short_help="What the weather will be at your places, with ranges.")
@click.argument("places", nargs=-1, metavar="[PLACE]...")
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

    It is what the asset `predictions` holds; nothing is asked and nothing predicted. A variable without a
    model yet is the bias-corrected blend's, and hours that no feed reaches are the past's alone.
    """
    _check_outputs(out, picture, places)
    platform = Platform(ctx.obj or read_settings())
    with working("Looking for the newest forecast…"):
        rows, names = _read(platform, cycle)
    wanted = [name for name in variables or platform.settings.targets if name in set(rows["variable"])]
    if missing := set(variables) - set(wanted):
        raise CommandError(f"{', '.join(sorted(missing))}: not forecast in this cycle; see WEATHER_TARGETS")
    chosen = [_place(text, names) for text in places]
    rows = rows[rows["variable"].isin(wanted) & rows["location_id"].isin(chosen or list(names))]
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
        print_whole(console, hours_table(of_place, wanted, zone, units))
    if not chosen:
        console.print(f"The day ahead, {_when(rows)}{simulated}", style="bold", highlight=False)
        print_whole(console, places_table(rows, wanted, names, units))
    console.print(f"{made_by(rows, wanted)} {_EXPLANATION}", style="dim", highlight=False)
    if unsound := unsound_now(platform):
        console.print(unsound, style="yellow", highlight=False)


def _check_outputs(out: str | None, picture: Path | None, places: tuple[str, ...]) -> None:
    if out:
        must_be_of_rows(out, "--out")
    if picture:
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


def _read(platform: Platform, cycle: str | None) -> "tuple[pd.DataFrame, dict[str, str]]":
    """A cycle's predictions, and what people call its places, by id. Raises CommandError without any."""
    from weather_platform.core.contracts.learned import PREDICTION
    from weather_platform.core.contracts.truth import LOCATIONS
    from weather_platform.core.report.outlook import called
    from weather_platform.infra.watch.newest import newest_prediction

    newest = newest_prediction(platform).at
    if newest is None:
        raise CommandError(
            f"nothing was predicted yet in {platform.home.where}: run `weather-platform run` first"
        )
    key = cycle or CYCLE.key(newest)
    known = key in platform.warehouse.keys("predictions")
    rows = platform.warehouse.read("predictions", PREDICTION, [key] if known else [])
    if rows.empty:
        raise CommandError(f"{key}: nothing was predicted then; the newest is {CYCLE.key(newest)}")
    return rows, called(platform.warehouse.read("locations", LOCATIONS), set(rows["location_id"]))


def _place(text: str, names: dict[str, str]) -> str:
    """The id of what is called so. Raises CommandError with those that are near."""
    if text in names:
        return text
    wanted = text.casefold()
    ids = {spelling.casefold(): one for one, name in names.items() for spelling in (name, one)}
    so_called = [one for one, name in names.items() if wanted in (name.casefold(), one.casefold())]
    if len(so_called) > 1:
        raise CommandError(
            f"{text}: {len(so_called)} places are called so; give the id of one: {', '.join(so_called)}"
        )
    if so_called:
        return so_called[0]
    near = dict.fromkeys(ids[one] for one in get_close_matches(wanted, ids))
    known = [*names][:_MOST_NAMED] + ["…"] * (len(names) > _MOST_NAMED)
    remedy = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
    raise CommandError(f"{text}: no place is called so in this cycle; {remedy}")


def _when(rows: "pd.DataFrame") -> str:
    return f"as known {rows['known_at'].max():%Y-%m-%d %H:%M} UTC"
