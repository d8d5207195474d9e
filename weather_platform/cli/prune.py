"""`weather-platform prune`: forget what of the history of runs is too old, now rather than tonight.

Belongs here: the command. Does not: what may go (infra.instance.pruning).
"""

import json
from datetime import UTC, datetime

import click

from weather_platform.cli.errors import CommandError, store_faults
from weather_platform.cli.new_folder import note_new_folder
from weather_platform.cli.terminal import working
from weather_platform.infra.configuration.settings import Settings, read_settings


@click.command(short_help="Forget runs, logs and superseded events that are too old.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--json", "as_json", is_flag=True, help="The counts as JSON.")
@click.pass_context
def prune(ctx: click.Context, dry_run: bool, as_json: bool) -> None:
    """Delete runs that ended more than WEATHER_RETENTION_DAYS ago (90), with their logs, and events that
    newer ones have replaced, by WEATHER_RETENTION_BY_ASSET where that names an asset.

    Tables, replies and models stay, and whatever says what is materialized. The schedule `every_night` does
    the same; nothing has to be stopped for it.
    """
    settings = ctx.obj or read_settings()
    note_new_folder(settings)
    with working("Looking through the history of runs…"):
        gone = _gone(settings, dry_run)
    if as_json:
        click.echo(json.dumps(gone))
        return
    counted = ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in gone.items())
    click.echo(f"{'Would delete' if dry_run else 'Deleted'} {counted}.")


def _gone(settings: Settings, dry_run: bool) -> dict[str, int]:
    from weather_platform.infra.homes.upkeep import prune_all
    from weather_platform.infra.instance.dagster_home import instance
    from weather_platform.infra.instance.pruning import UnprunableError

    try:
        with store_faults(), instance(settings) as opened:
            return prune_all(settings, opened, datetime.now(UTC), dry=dry_run)
    except UnprunableError as error:
        raise CommandError(str(error)) from error
