"""`weather-platform ui`: the Dagster UI and daemon on loopback, with the sandbox behind it where the profile is the sandbox's."""

import os
import subprocess
import sys
from contextlib import ExitStack

import click

from weather_platform.infra.dagster_home import dagster_home
from weather_platform.infra.settings import Settings


@click.command()
@click.option(
    "--port", default=3000, show_default=True, type=click.IntRange(1, 65535), help="Port of the UI."
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; loopback unless you mean otherwise.",
)
def ui(port: int, host: str) -> None:
    """Open the Dagster UI on http://127.0.0.1:3000: materialize, backfill, watch. Stop with Ctrl-C."""
    settings = Settings()
    data_dir = settings.data_dir.resolve()
    environment = os.environ | {
        "DAGSTER_HOME": str(dagster_home(data_dir)),
        "WEATHER_DATA_DIR": str(data_dir),
    }
    with ExitStack() as stack:
        if settings.simulated and settings.sandbox_url is None:
            from weather_platform.core.places_file import BUILT_IN
            from weather_platform.sandbox.launch import start

            environment["WEATHER_SANDBOX_URL"] = stack.enter_context(
                start(settings.locations_file or BUILT_IN)
            ).url
        command = [
            sys.executable,
            "-m",
            "dagster",
            "dev",
            "-m",
            "weather_platform.definitions",
            "-h",
            host,
            "-p",
            str(port),
        ]
        server = subprocess.Popen(command, env=environment)  # noqa: S603 - our own interpreter, no shell
        try:
            sys.exit(server.wait())
        except KeyboardInterrupt:
            server.wait()
