"""`weather-platform evaluate`: bring your own archive of forecasts and observations."""

import json
import math
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape

from weather_platform.cli.errors import CommandError
from weather_platform.cli.outputs import must_have_folder
from weather_platform.cli.ranking import EXPLANATION, number, plain_table, ranking
from weather_platform.cli.terminal import console as console_of
from weather_platform.cli.terminal import print_whole
from weather_platform.cli.visible import echo

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.core.evaluate.score import Evaluated

# As people write it, and as "test_from" of the JSON has it.
_TIMES = [
    f"%Y-%m-%d{rest}"
    for rest in ("", *(f"{t}%H:%M{s}{z}" for t in "T " for s in ("", ":%S") for z in ("", "Z")))
]
_LONGEST_DELAY_HOURS = 10 * 366 * 24
_RAIN = {"brier": "Brier", "brier_skill": "Brier\nskill", "reliability_slope": "relia-\nbility"}


def _not_nan(_context: click.Context, _option: click.Parameter, hours: float | None) -> float | None:
    """Click takes `nan` for a number in any range."""
    if hours is not None and math.isnan(hours):
        raise click.BadParameter("nan is no number of hours")
    return hours


@click.command(short_help="Score every source, baseline and our forecast on your own archive.")
@click.argument(
    "archive", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="ARCHIVE.parquet"
)
@click.option(
    "--variable", "variables", multiple=True, help="Only this variable; may be repeated. [default: all]"
)
@click.option(
    "--test-from",
    type=click.DateTime(_TIMES),
    metavar="TIME",
    help="First valid time held out, UTC. [default: the last third]",
)
@click.option(
    "--truth-delay",
    type=click.FloatRange(min=0, max=_LONGEST_DELAY_HOURS),
    callback=_not_nan,
    metavar="HOURS",
    help="How long after its valid time an observation is known. [default: 2, or 30 for daily values]",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Our quantiles q0…q19 at 0.025, 0.075 … 0.975, as Parquet.",
)
@click.option("--json", "as_json", is_flag=True, help="Scores as JSON on standard output.")
def evaluate(
    *,
    archive: Path,
    variables: tuple[str, ...],
    test_from: datetime | None,
    truth_delay: float | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Walk ARCHIVE in rolling origin and score climatology, persistence, each source, the equal-weight and
    bias-corrected blends, EMOS and ours on the later part.

    Its columns: location_id, lat, lon, elevation_m, init_time, valid_time, lead_hours, source,
    member (-1 = deterministic), variable, unit, forecast, observation. A held-out row uses only observations
    of valid times up to init_time less the truth delay. A single value's CRPS is its absolute error. A source
    of several members stands twice: as their mean, and as "name, members", the distribution they make.
    Climatology is the mean of the truth known of the last 60 days at the same hour, one of 10 days before
    weighing half; persistence is the newest of it.
    Distributions are scored by quantiles at 0.05, 0.1 … 0.95; intervals of 80 and 90 % are between those of
    0.1 and 0.9, 0.05 and 0.95; q0…q19 of --out lie between and around these, by a normal's scale, so that
    their own CRPS is some tenths of a per cent less. Their times are UTC; with location_id and variable these
    are the key to the archive's observations.
    Precipitation is also judged by whether there is any (0.1 mm or more): Brier score, its skill over the
    share of wet cases before the held-out part, and reliability, the slope of what happened on what was said.
    With several variables the top level of the JSON is the first one's (the first named, else a temperature
    where there is one), `variables` has all, and `not_scored` says why others have no scores; a direction, or
    what has no observation held out, keeps nothing else from being scored.

    Times: timestamps, ISO 8601 text (UTC where it has no zone), or seconds or milliseconds since 1970. A
    variable's name and unit tell its nature: rain, speeds, shares and chances have bounds, all else has none.
    A source that is called like a method stands as "climatology (source)"; one whose values seem to be the
    truth itself is told of, and is neither scored nor heard by any method.
    """
    import pandas as pd

    from weather_platform.core.evaluate.archive import ArchiveError, checked

    _must_be_writable(out, archive)
    try:
        read = _without_index(pd.read_parquet(archive))
    except (OSError, ValueError) as error:
        raise CommandError(
            f"{archive}: not a Parquet file that can be read: {str(error).rstrip('.')}. Of a CSV make one: "
            "`import pandas; pandas.read_csv('a.csv').to_parquet('a.parquet')`"
        ) from error
    try:
        frame = checked(read)
        done, failed = _walked(frame, variables, test_from, truth_delay)
        if out is not None:
            made = pd.concat([one.predictions for one in done.values()], ignore_index=True)
            _with_own_places(made, frame, read).to_parquet(out, index=False)
    except (ArchiveError, OSError) as error:
        raise CommandError(f"{archive}: {error}") from error
    for reason in failed.values():
        echo(f"not scored: {reason} (name the others with --variable to leave it out)", err=True)
    scores = {name: one.scores for name, one in done.items()}
    if as_json:
        click.echo(json.dumps(next(iter(scores.values())) | {"variables": scores, "not_scored": failed}))
        return
    console = console_of()
    for name, found in scores.items():
        _print(name, found, console)
    console.print(EXPLANATION, style="dim", highlight=False)


def _walked(
    frame: "pd.DataFrame", variables: tuple[str, ...], test_from: datetime | None, truth_delay: float | None
) -> "tuple[dict[str, Evaluated], dict[str, str]]":
    """As evaluate_all, showing on a terminal how far it is: a large archive takes minutes."""
    import pandas as pd
    from rich.progress import Progress

    from weather_platform.core.evaluate.kinds import chosen
    from weather_platform.core.evaluate.score import evaluate_all

    cut = None if test_from is None else pd.Timestamp(test_from, tz="UTC")
    console = console_of(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bars:
        names = bars.track(chosen(frame, variables), description="Evaluating")
        return evaluate_all(
            frame,
            names,
            cut,
            truth_delay,
            tracked=lambda name: lambda folds: bars.track(folds, description=escape(name)),
        )


def _without_index(read: "pd.DataFrame") -> "pd.DataFrame":
    """Pandas makes an index again of columns that were one, which the archive has all the same."""
    return read.reset_index([name for name in read.index.names if name is not None])


def _with_own_places(made: "pd.DataFrame", checked: "pd.DataFrame", read: "pd.DataFrame") -> "pd.DataFrame":
    """Places as the archive has them, so that a number joins to numbers."""
    own = dict(zip(checked["location_id"], read["location_id"], strict=True))
    return made.assign(location_id=made["location_id"].map(own))


def _must_be_writable(out: Path | None, archive: Path) -> None:
    """Told before the walk, which may take many minutes."""
    if out is None:
        return
    must_have_folder(out)
    if out.exists() and out.samefile(archive):
        raise CommandError(f"{out}: is the archive itself; name another file")


def _print(variable: str, scores: dict[str, Any], console: Console) -> None:
    from weather_platform.core.evaluate.ranking import ranked

    for note in scores["notes"]:
        echo(note, err=True)
    for refusal in scores["truth_refused"]:
        echo(f"not scored, and no input of any method: {refusal['source']} at {refusal['reason']}", err=True)
    rows, unit = ranked(scores), f" ({scores['unit']})" if scores["unit"] else ""
    title = f"{variable}{unit}, {scores['n']:,} rows valid from {scores['test_from']}"
    print_whole(console, ranking(title, rows))
    if "brier" in rows:
        table = plain_table(f"{variable}: 0.1 mm or more", list(_RAIN.values()))
        for row in rows.to_dict("records"):
            table.add_row(escape(row["method"]), *(number(row[column]) for column in _RAIN))
        print_whole(console, table)
