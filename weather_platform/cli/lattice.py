"""`weather-platform lattice`: a global panel of places as a CSV.

Belongs here: options, and the land mask (an optional extra). Does not: where points lie (core.panel.lattice).
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from weather_platform.cli.errors import CommandError
from weather_platform.cli.options import PROVIDER_NAMES
from weather_platform.cli.outputs import must_have_folder

if TYPE_CHECKING:
    from weather_platform.core.panel.lattice import Mask


@click.command(short_help="Write a global, equal-area panel of places as a CSV.")
@click.option("--points", type=click.IntRange(1, 1_000_000), help="Points on the whole globe.")
@click.option(
    "--calls-per-day",
    type=click.IntRange(1),
    help="Instead of --points: the (weighted) calls a day that --provider allows you.",
)
@click.option(
    "--provider",
    type=click.Choice(PROVIDER_NAMES),
    default="open_meteo",
    show_default=True,
    help="Whose budget --calls-per-day is.",
)
@click.option("--land-only", is_flag=True, help="Leave out points at sea (needs the extra `land`).")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    required=True,
    help="The CSV to write.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON.")
def lattice(
    *,
    points: int | None,
    calls_per_day: int | None,
    provider: str,
    land_only: bool,
    out: Path,
    as_json: bool,
) -> None:
    """Write places that each stand for the same area of the globe, as a file for WEATHER_LATTICE_FILE.

    Either say how many points the globe gets, or how many calls a day a provider allows: the lattice is then
    as dense as four cycles a day afford beside your own sites (WEATHER_LOCATIONS_FILE). The same options
    always give the same file, and an id is the same place in all of them; write it once and keep it, since
    only places that are revisited can be verified.

    \b
    weather-platform lattice --points 500 --land-only --out lattice.csv
    weather-platform lattice --calls-per-day 10000 --provider open_meteo --out lattice.csv
    WEATHER_LOCATIONS_FILE=sites.csv WEATHER_LATTICE_FILE=lattice.csv weather-platform ui
    """
    from weather_platform.core.export import neutralised
    from weather_platform.core.panel.lattice import LatticeError, largest
    from weather_platform.core.panel.lattice import lattice as make

    if (points is None) == (calls_per_day is None):
        raise click.UsageError("give either --points or --calls-per-day")
    must_have_folder(out)
    keep = _land() if land_only else None
    try:
        if points is None:
            points = largest(_affordable(provider, calls_per_day or 0), keep)
        frame = make(points, keep)
        if frame.empty:
            raise LatticeError(f"none of a lattice's {points} points is on land; ask for more")
        neutralised(frame).to_csv(out, index=False)
    except LatticeError as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"{out}: cannot be written: {error}") from error
    if as_json:
        click.echo(json.dumps({"points": points, "places": len(frame), "file": str(out)}))
        return
    click.echo(
        f"{len(frame)} places of a lattice of {points} in {out}; set WEATHER_LATTICE_FILE to it", err=True
    )


def _affordable(provider: str, calls_per_day: int) -> int:
    """Lattice points that the budget allows beside the places of the user's own."""
    from weather_platform.core.panel.lattice import affordable
    from weather_platform.core.panel.places_file import PanelError, read_panel
    from weather_platform.core.providers.registry import PROVIDERS
    from weather_platform.core.providers.spec import Horizon
    from weather_platform.infra.configuration.settings import read_settings

    settings, known = read_settings(), PROVIDERS[provider]
    try:
        own = len(read_panel(settings.locations_file))
    except PanelError as error:
        raise CommandError(str(error)) from error
    return affordable(known, Horizon(settings.horizon_hours, known.models), calls_per_day) - own


def _land() -> "Mask":
    """Whether a point is on land, at a kilometre's resolution. The mask takes a gigabyte of memory."""
    try:
        from global_land_mask.globe import is_land
    except ImportError as error:
        raise CommandError("--land-only needs a land mask: pip install 'weather-platform[land]'") from error
    land: Mask = is_land
    return land
