"""`weather-platform evaluate`: bring your own archive of forecasts and observations."""

import json
import math
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from weather_platform.cli.errors import CommandError
from weather_platform.cli.visible import echo

_COLUMNS = {"crps": "crps", "mae": "mae", "bias": "bias", "coverage_80": "in 80 %", "coverage_90": "in 90 %"}
_RAIN = {"brier": "brier", "brier_skill": "brier skill", "reliability_slope": "reliability"}


@click.command(short_help="Score every source, baseline and our forecast on your own archive.")
@click.argument(
    "archive", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="ARCHIVE.parquet"
)
@click.option(
    "--variable", "variables", multiple=True, help="Only this variable; may be repeated. [default: all]"
)
@click.option(
    "--test-from", type=click.DateTime(), help="First valid time held out, UTC. [default: the last third]"
)
@click.option(
    "--truth-delay",
    type=click.FloatRange(min=0),
    metavar="HOURS",
    help="How long after its valid time an observation is known. [default: 2, or 30 for daily values]",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Our quantiles q0…q19 at 0.025, 0.075 … 0.975, as Parquet."
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
    of valid times up to init_time less the truth delay. A single value's CRPS is its absolute error.
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
    from weather_platform.core.evaluate.kinds import chosen
    from weather_platform.core.evaluate.score import evaluate_all

    try:
        read = pd.read_parquet(archive)
    except (OSError, ValueError) as error:
        raise CommandError(f"{archive}: not a Parquet file that can be read: {error}") from error
    try:
        frame = checked(read)
        cut = None if test_from is None else pd.Timestamp(test_from, tz="UTC")
        done, failed = evaluate_all(frame, chosen(frame, variables), cut, truth_delay)
        if out is not None:
            pd.concat([one.predictions for one in done.values()], ignore_index=True).to_parquet(
                out, index=False
            )
    except (ArchiveError, OSError) as error:
        raise CommandError(f"{archive}: {error}") from error
    for reason in failed.values():
        echo(f"not scored: {reason} (name the others with --variable to leave it out)", err=True)
    scores = {name: one.scores for name, one in done.items()}
    if as_json:
        click.echo(json.dumps(next(iter(scores.values())) | {"variables": scores, "not_scored": failed}))
        return
    for name, found in scores.items():
        _print(name, found)


def _print(variable: str, scores: dict[str, Any]) -> None:
    echo(f"{variable}: {scores['n']:,} rows valid from {scores['test_from']}")
    for note in scores["notes"]:
        echo(note, err=True)
    for refusal in scores["truth_refused"]:
        echo(f"not scored, and no input of any method: {refusal['source']} at {refusal['reason']}", err=True)
    lines = sorted(scores["methods"].items(), key=lambda item: _rank(item[1]["crps"]))
    columns = _COLUMNS | (_RAIN if "brier" in lines[0][1] else {})
    click.echo(f"{'method':32}{'n':>12}" + "".join(f"{title:>12}" for title in columns.values()))
    for name, line in lines:
        values = "".join(f"{'' if line[key] is None else f'{line[key]:.3f}':>12}" for key in columns)
        echo(f"{name:32}{line['n']:12,}{values}")


def _rank(crps: float | None) -> float:
    """The best stands first, also without any error, and last what has no score."""
    return math.inf if crps is None else crps
