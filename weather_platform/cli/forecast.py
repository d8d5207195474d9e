"""`weather-platform forecast`: what the weather will be, as it was predicted last.

Belongs here: which cycle and places, and the tables. Does not: what stands in a cell (core.report.outlook).
"""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from rich.markup import escape

from weather_platform.cli.errors import CommandError
from weather_platform.cli.outputs import WRITTEN_AS, must_be_of_rows, write_rows
from weather_platform.cli.ranking import plain_table
from weather_platform.cli.terminal import console as console_of
from weather_platform.cli.terminal import print_whole, working
from weather_platform.cli.unsound import unsound_now
from weather_platform.core.partitions import CYCLE
from weather_platform.core.quantities.shown import SYSTEMS, System, shown
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.quantities.variables import ACCUMULATED
from weather_platform.infra.configuration.settings import read_settings
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

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
) -> None:
    """Print the newest forecast of each PLACE, by its id or name, hour by hour. Without any, the day ahead
    of all places, a line each.

    It is what the asset `predictions` holds; nothing is asked and nothing predicted. A variable without a
    model yet is the bias-corrected blend's, and hours that no feed reaches are the past's alone.
    """
    if out:
        must_be_of_rows(out, "--out")
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
    for place in chosen:
        of_place = rows[rows["location_id"] == place]
        console.print(escape(f"{names[place]}, {_when(of_place)}{simulated}"), style="bold", highlight=False)
        print_whole(console, _hours(of_place, wanted, zone, units))
    if not chosen:
        console.print(f"The day ahead, {_when(rows)}{simulated}", style="bold", highlight=False)
        print_whole(console, _places(rows, wanted, names, units))
    console.print(f"{_made_by(rows, wanted)} {_EXPLANATION}", style="dim", highlight=False)
    if unsound := unsound_now(platform):
        console.print(unsound, style="yellow", highlight=False)


def _read(platform: Platform, cycle: str | None) -> "tuple[pd.DataFrame, dict[str, str]]":
    """A cycle's predictions, and what people call its places, by id. Raises CommandError without any."""
    from weather_platform.core.contracts.learned import PREDICTION
    from weather_platform.core.contracts.truth import LOCATIONS
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
    panel = platform.warehouse.read("locations", LOCATIONS)
    called = panel["name"].fillna(panel["location_id"])
    names = dict(zip(panel["location_id"], called, strict=True))
    return rows, {name: names.get(name, name) for name in sorted(rows["location_id"].unique())}


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


def _hours(rows: "pd.DataFrame", variables: Sequence[str], zone: ZoneInfo, units: System) -> "Table":
    import pandas as pd

    from weather_platform.core.report.outlook import by_hour

    cells = by_hour(rows, variables, units)
    headings = [_heading(units, *column) for column in cells.columns.to_list()]
    table = plain_table("", headings, first=f"time\n{zone.key}")
    times = pd.DatetimeIndex(cells.index).tz_convert(zone)
    for time, line in zip(times, cells.itertuples(index=False), strict=True):
        table.add_row(f"{time:%a %d %H:%M}", *line)
    return table


def _places(rows: "pd.DataFrame", variables: Sequence[str], names: dict[str, str], units: System) -> "Table":
    from weather_platform.core.report.outlook import day_ahead

    cells = day_ahead(rows, variables, units)
    headings = [
        _heading(units, name, "chance" if name in ACCUMULATED else "median") for name in cells.columns
    ]
    table = plain_table("", headings, first="place")
    for place, line in zip(cells.index, cells.itertuples(index=False), strict=True):
        table.add_row(escape(names[place]), *line)
    return table


def _heading(units: System, variable: str, what: str) -> str:
    if not variable:
        return ""
    name, _ = KNOWN[variable].label.rsplit(", ", 1)
    unit = shown(variable, units).unit
    lines = {"median": f"{name}\n{unit}", "chance": "chance\n≥ 0.1 mm"}
    return lines.get(what, f"{what}\n{unit}")


def _when(rows: "pd.DataFrame") -> str:
    return f"as known {rows['known_at'].max():%Y-%m-%d %H:%M} UTC"


def _made_by(rows: "pd.DataFrame", variables: Sequence[str]) -> str:
    """Which model each variable is of."""
    from weather_platform.core.model.predictions import FALLBACK

    told = rows[~rows["degraded"]].groupby("variable", observed=True)["model_version"].unique()
    by: dict[str, list[str]] = {}
    for name in variables:
        models = ["the blend" if one == FALLBACK else f"model {one}" for one in told.get(name, [])]
        by.setdefault(" and ".join(sorted(models)) or "the past alone", []).append(name)
    return "; ".join(f"{', '.join(names)} by {made}" for made, names in by.items()) + "."
