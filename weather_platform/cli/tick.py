"""`weather-platform tick`: what a schedule or sensor asks for, run here and now.

Belongs here: arguments, and how outcomes become an exit code. Does not: what is done (service.worker).
"""

from datetime import UTC, datetime

import click

from weather_platform.cli.errors import CommandError
from weather_platform.cli.new_folder import note_new_folder
from weather_platform.cli.options import UTC_TIME
from weather_platform.infra.configuration.settings import Settings, read_settings
from weather_platform.infra.json_logs import log_lines
from weather_platform.infra.postgres import PostgresError, wait_for


@click.command()
@click.argument("name")
@click.option("--at", type=UTC_TIME, help="The tick's time, 2026-09-03T18:15:00Z. [default: now]")
@click.option("--again", is_flag=True, help="Also run what finished or failed before.")
def tick(name: str, at: datetime | None, again: bool) -> None:
    """Run what the schedule or sensor NAME asks for, once, in this process.

    This is what a Cloud Run job does where nothing runs between ticks. Runs are recorded in the instance
    that DAGSTER_HOME configures (a folder below WEATHER_DATA_DIR where no WEATHER_POSTGRES_URL is set).
    Asking again for the same tick does nothing once its run has finished; a run whose worker was killed is
    noted as failed and made again, three times at most. Exit code 1 where a run failed, now or before:
    repair, then use --again.
    """
    settings = read_settings()
    log_lines(settings.log_format)
    from weather_platform.definitions import build
    from weather_platform.infra.instance.dagster_home import instance
    from weather_platform.service.worker import UnknownTickError, Worker

    note_new_folder(settings)
    _await_history(settings)
    bad = []
    with instance(settings) as opened:
        try:
            worker = Worker(settings, build(settings), opened, again)
            for key, outcome in worker.tick(name, at or datetime.now(UTC)):
                click.echo(f"{name} {key}: {outcome.value}")
                bad += [] if outcome.good else [key]
        except UnknownTickError as error:
            raise click.UsageError(str(error)) from error
    if bad:
        raise CommandError(f"{len(bad)} runs of {name} failed: {', '.join(bad[:10])}; their logs say why")


def _await_history(settings: Settings) -> None:
    """A job whose history went away under it is started once more at once, when that is not back yet."""
    if settings.postgres_url is None:
        return
    try:
        wait_for(settings.postgres_url)
    except PostgresError as error:
        raise CommandError(f"{error}; is WEATHER_POSTGRES_URL right, and its server up?") from error
