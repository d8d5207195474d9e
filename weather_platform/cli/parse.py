"""`weather-platform parse`: any source's reader on files, rows out by the contract, and no stored table
touched.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weather_platform.cli.errors import CommandError
from weather_platform.cli.options import LATITUDE, LONGITUDE, SOURCE_NAMES, UTC_TIME, Param
from weather_platform.cli.outputs import STANDARD_OUTPUT, WRITTEN_AS, must_be_of_rows, write_rows
from weather_platform.cli.parse_archive import parse_archive, parse_files
from weather_platform.cli.parse_sources import read_sources
from weather_platform.cli.visible import echo

if TYPE_CHECKING:
    from weather_platform.core.parsing.parse import Parsed

_SHOWN = 10


@click.command(
    short_help="Read files of a source's replies and print rows by the contract.",
    epilog=f"SOURCE is one of {', '.join(SOURCE_NAMES)}.",
)
@click.argument("source", type=click.Choice(SOURCE_NAMES), metavar="SOURCE")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE...",
)
@click.option(
    "--fetched-at",
    type=UTC_TIME,
    help="When the replies were fetched (ISO 8601 with zone). [default: the stamp in the file name, "
    "as in 20260720T090040Z_pier.json, else the file's first valid time]",
)
@click.option(
    "--latitude", type=LATITUDE, help="Latitude that was asked for; the answered place is taken where absent."
)
@click.option("--longitude", type=LONGITUDE, help="Longitude that was asked for.")
@click.option(
    "--param",
    "params",
    type=Param(),
    multiple=True,
    metavar="KEY=VALUE",
    help="What else was asked: units=imperial.",
)
@click.option(
    "--out",
    default=STANDARD_OUTPUT,
    show_default=True,
    help=f"Rows: - for CSV on standard output, or {WRITTEN_AS}",
)
@click.option(
    "--quarantine", type=click.Path(path_type=Path), help="Rows set aside: a .parquet or .csv file."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print a summary as JSON; rows then go to --out FILE only."
)
def parse(
    *,
    source: str,
    files: tuple[Path, ...],
    fetched_at: datetime | None,
    latitude: float | None,
    longitude: float | None,
    params: tuple[tuple[str, str], ...],
    out: str,
    quarantine: Path | None,
    as_json: bool,
) -> None:
    """Run the parser of SOURCE, a provider, an archive or a file format, on FILES and print rows by the
    contract.

    Files may be compressed as .gz or .zst. Where neither an archive's file nor its name tells the station,
    give --param station=ID. Every row of such a file is counted: kept, set aside, or left out with the
    reason.

    Hours before the fetch are dropped. Rows with a value that is no number or out of its bounds are set
    aside with the reason; the others stay. A file that cannot be used at all (empty, HTML, an error object,
    cut short, another place) is named with the cause on standard error, and the exit code is 1; other
    files' rows are printed all the same.
    """
    from weather_platform.core.history.formats import FORMATS
    from weather_platform.core.history.registry import ARCHIVES
    from weather_platform.core.parsing.parse import assemble
    from weather_platform.core.providers.registry import PROVIDERS

    if (latitude is None) != (longitude is None):
        raise click.UsageError("--latitude and --longitude go together")
    must_be_of_rows(out, "--out")
    must_be_of_rows(str(quarantine or STANDARD_OUTPUT), "--quarantine")
    place = None if latitude is None or longitude is None else (latitude, longitude)
    counts: dict[str, Any] = {}
    if source in FORMATS:
        parsed, problems, counts = parse_files(FORMATS[source], files, dict(params))
    elif source in ARCHIVES:
        parsed, problems = parse_archive(ARCHIVES[source], files, fetched_at, dict(params))
    else:
        sources, problems = read_sources(PROVIDERS[source], files, fetched_at, place, dict(params))
        parsed = assemble(PROVIDERS[source], sources)
    problems += _whole_files(parsed)
    if len(parsed.rows) and (out != STANDARD_OUTPUT or not as_json):
        write_rows(parsed.rows, out)
    if quarantine is not None:
        write_rows(parsed.quarantine, str(quarantine))
    _report(parsed, problems, counts, as_json=as_json, shown=quarantine is None)
    if problems:
        there = f"{len(problems)} of {len(files)} files were not used; files_not_used says why"
        raise CommandError(there if as_json else "\n".join(problems))


def _whole_files(parsed: "Parsed") -> list[str]:
    whole = parsed.quarantine[parsed.quarantine["row"] == -1]
    return [f"{name}: {reason}" for name, reason in zip(whole["object"], whole["reason"], strict=True)]


def _report(
    parsed: "Parsed", problems: list[str], counts: dict[str, Any], *, as_json: bool, shown: bool
) -> None:
    aside = parsed.quarantine[parsed.quarantine["row"] >= 0]
    kind = "feed" if "feed" in parsed.rows else "source"
    summary: dict[str, Any] = {
        "rows": len(parsed.rows),
        "rows_set_aside": int(aside[["object", "row"]].drop_duplicates().shape[0]),
        **_others(parsed, counts),
        "files_not_used": problems,
        "feeds": parsed.rows.groupby(kind).size().to_dict(),
    }
    if as_json:
        click.echo(json.dumps(summary))
        return
    for line in aside.head(_SHOWN if shown else 0).itertuples():
        echo(
            f"set aside: {line.object} row {line.row}: {line.column} {line.reason}, found {line.value}",
            err=True,
        )
    others = [
        f"{what.replace('_', ' ')}: {count}" for what, count in _others(parsed, counts).items() if count
    ]
    click.echo(
        "; ".join([f"{summary['rows']} rows, {summary['rows_set_aside']} set aside", *others]), err=True
    )


def _others(parsed: "Parsed", counts: dict[str, Any]) -> dict[str, Any]:
    """What became of everything read that is neither a row nor set aside, and which rows are made of two."""
    return counts or {
        "rows_read": parsed.read,
        "past_rows_dropped": parsed.dropped_past,
        "rows_without_values": parsed.without_values,
        "rows_repeated": parsed.repeated,
        "rows_interpolated": parsed.interpolated,
        "rows_unpaired": parsed.unpaired,
    }
