"""`weather-platform replay`: stored replies through today's parser, beside the rows that are stored.

Belongs here: the command. Does not: parsing (core.parsing.parse), comparing (core.tables.row_diff), what is
shown of it (see replay_found), or storing (the job `parse`, so that Dagster knows of it).
"""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from weather_platform.cli.errors import CommandError
from weather_platform.cli.options import PROVIDER_NAMES
from weather_platform.cli.replay_found import Found, show
from weather_platform.cli.terminal import console as console_of
from weather_platform.cli.terminal import tracked
from weather_platform.core.partitions import CYCLE
from weather_platform.infra.configuration.settings import Settings, read_settings

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.core.tables.row_diff import RowDiff
    from weather_platform.infra.platform import Platform

_DAY = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"])
_CYCLES_AT_ONCE = 40


@click.command(
    short_help="Stored replies through today's parser, beside the stored rows.",
    epilog=f"PROVIDER is one of {', '.join(PROVIDER_NAMES)}.",
)
@click.argument("provider", type=click.Choice(PROVIDER_NAMES), metavar="PROVIDER")
@click.option("--from", "first", type=_DAY, help="First cycle, UTC. [default: the first with a reply]")
@click.option("--to", "last", type=_DAY, help="End, exclusive, UTC. [default: the last with a reply]")
@click.option("--diff", is_flag=True, help="Show rows added, removed and changed, by column, with examples.")
@click.option("--write", is_flag=True, help="Store what was parsed, as a run of Dagster's `parse` job.")
@click.option("--json", "as_json", is_flag=True, help="The counts as JSON on standard output.")
@click.pass_obj
def replay(
    settings: Settings | None,
    *,
    provider: str,
    first: datetime | None,
    last: datetime | None,
    diff: bool,
    write: bool,
    as_json: bool,
) -> None:
    """Parse the kept replies of PROVIDER again, asking nobody, and compare with what is stored.

    After a change of a parser: `weather-platform replay open_meteo --diff` shows what it changes, and
    `weather-platform replay open_meteo --write` stores it; backfilling `forecasts/open_meteo` in the
    UI does the same. Without --write nothing is stored.
    """
    if first and last and first >= last:
        raise click.UsageError(f"--from {first:%Y-%m-%dT%H:%M} is not before --to {last:%Y-%m-%dT%H:%M}")
    settings = settings or read_settings()
    keys = _cycles(settings, provider, first, last)
    if write:
        _must_be_partitions(settings, keys)
    console = console_of(stderr=as_json)
    found = _compare(settings, provider, keys)
    summary = {
        "provider": provider,
        "cycles": len(keys),
        "first": keys[0],
        "last": keys[-1],
        **found.counts(),
    }
    if as_json:
        click.echo(json.dumps(summary))
    else:
        show(summary, found, console, diff)
    if write:
        _store(settings, provider, keys)
        console.print(f"Stored {len(keys)} cycles of forecasts/{provider}; backfill what follows from it.")


def _cycles(settings: Settings, provider: str, first: datetime | None, last: datetime | None) -> list[str]:
    """Keys of the cycles between the limits that have replies. Raises CommandError where there are none."""
    from weather_platform.infra.platform import Platform

    platform = Platform(settings)
    kept = platform.payloads.cycles(provider)
    low = CYCLE.key(first.replace(tzinfo=UTC)) if first else ""
    high = CYCLE.key(last.replace(tzinfo=UTC) - timedelta(microseconds=1)) if last else "9999"
    keys = [key for key in kept if low <= key <= high]
    if not keys:
        where = platform.home.places["Payloads"]
        raise CommandError(
            f"no reply of {provider} is kept {'there' if kept else f'in {where}'}; "
            f"{f'there are cycles from {kept[0]} to {kept[-1]}' if kept else 'fetch or import some first'}"
        )
    return keys


def _must_be_partitions(settings: Settings, keys: list[str]) -> None:
    """Told before the comparison, which may take minutes."""
    if keys[0] < f"{settings.first_day:{CYCLE.key_format}}":
        raise CommandError(
            f"{keys[0]} is before WEATHER_FIRST_DAY ({settings.first_day}); set that to the first day to be "
            "stored, or give --from"
        )


def _compare(settings: Settings, provider: str, keys: list[str]) -> Found:
    from weather_platform.infra.platform import Platform

    platform, found = Platform(settings), Found()
    batches = [keys[i : i + _CYCLES_AT_ONCE] for i in range(0, len(keys), _CYCLES_AT_ONCE)]
    for batch in tracked(batches, f"replay {provider}"):
        diff, set_aside = _batch(platform, provider, batch)
        found.add(diff, set_aside)
    return found


def _batch(platform: "Platform", provider: str, keys: list[str]) -> "tuple[RowDiff, int]":
    from weather_platform.core.contracts.forecast import FORECAST
    from weather_platform.core.fetching.payloads import Damaged
    from weather_platform.core.parsing.parse import parse_payloads
    from weather_platform.core.providers.registry import PROVIDERS
    from weather_platform.core.tables.row_diff import row_diff

    starts = [CYCLE.start(key) for key in keys]
    damaged: list[Damaged] = []
    parsed = parse_payloads(PROVIDERS[provider], platform.payloads.read(provider, starts, damaged))
    for one in damaged:
        click.echo(f"set aside: {one.reason}", err=True)
    stored: pd.DataFrame = platform.warehouse.read(f"forecasts/{provider}", FORECAST, keys)
    stored = stored[stored["reconstructed_from"].isna()]
    return row_diff(stored, parsed.rows, FORECAST), len(parsed.quarantine) + len(damaged)


def _store(settings: Settings, provider: str, keys: list[str]) -> None:
    """As the UI's backfill does it: the assets' own job, so that history, checks and quarantine follow."""
    from dagster import AssetKey

    from weather_platform.cli.flow import execute
    from weather_platform.cli.steps import Step, parts
    from weather_platform.definitions import build
    from weather_platform.infra.instance.dagster_home import instance

    assets = [AssetKey(["forecasts", provider])]
    step = Step("parse", CYCLE, CYCLE.start(keys[0]), CYCLE.end(keys[-1]), assets=assets)
    definitions = build(settings)
    with instance(settings) as opened:
        for part in parts(step, settings):
            execute(definitions, opened, part)
