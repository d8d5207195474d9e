"""`weather-platform ui`: the Dagster UI and daemon on loopback, with the sandbox behind them where it is
needed.

Belongs here: starting those processes and ending them, whatever ends us. Does not: what they show (defs).
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import click

from weather_platform.cli.errors import CommandError
from weather_platform.cli.wrong_names import refuse_wrong_names
from weather_platform.infra.configuration.settings import Settings, read_settings
from weather_platform.infra.homes.home import home_of
from weather_platform.infra.instance.dagster_home import EVENT_BATCH, dagster_home

_STOPPED_WITHIN_SECONDS = 30.0
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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
    settings = read_settings()
    refuse_taken_port(host, port)
    refuse_wrong_names(settings)
    for number in _ENDING:
        # Set even where it was ignored, as in a shell's background jobs: children inherit what is ignored.
        signal.signal(number, signal.default_int_handler)
    with suppress(KeyboardInterrupt), ExitStack() as stack:
        environment = _environment(settings, stack)
        click.echo(
            f"Dagster UI on {url_of(host, port)} in a few seconds, data in {home_of(settings).where}"
            f"{' (simulated weather)' if settings.simulated else ''}; Ctrl-C stops it."
        )
        server = stack.enter_context(_dagster(host, port, environment))
        raise CommandError(f"Dagster ended by itself, exit code {server.wait()}; its own messages are above")


def url_of(host: str, port: int) -> str:
    """Where the UI is; an address of IPv6 stands in brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def refuse_taken_port(host: str, port: int) -> None:
    """Raises CommandError where the port cannot be listened to: Dagster would start everything else first."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family):
            pass
    except OSError as error:
        where = url_of(host, port).removeprefix("http://")
        raise CommandError(
            f"cannot listen on {where}: {error.strerror}; choose another --port or --host"
        ) from error


def _environment(settings: Settings, stack: ExitStack) -> dict[str, str]:
    """What Dagster's processes must know. Starts a sandbox on the stack where one is needed."""
    data_dir = settings.data_dir.resolve()
    environment = (
        dict([EVENT_BATCH])
        | os.environ
        | {
            "DAGSTER_HOME": str(dagster_home(data_dir, settings.log_format == "json")),
            "WEATHER_DATA_DIR": str(data_dir),
        }
    )
    if settings.simulated and settings.sandbox_url is None:
        from weather_platform.core.panel.places_file import BUILT_IN
        from weather_platform.sandbox.launch import start

        sandbox = stack.enter_context(start(settings.locations_file or BUILT_IN))
        environment["WEATHER_SANDBOX_URL"] = sandbox.url
    return environment


def dev_command(host: str, port: int) -> list[str]:
    """`dagster dev` on our definitions, ended when its standard input closes."""
    # Its successor, `dg dev`, is of a package of its own that wants a project laid out its way.
    hushed = ["-W", "ignore:Function `dev_command` is superseded"]
    dev = ["dagster", "dev", "-m", "weather_platform.definitions", "-h", host, "-p", str(port)]
    # Its warnings are about betas of Dagster that we pin, once for every asset; and the daemon has a line for
    # each look of a sensor that finds nothing.
    quiet = ["--code-server-log-level", "error", "--log-level", "warning"]
    if not sys.stdout.isatty():
        quiet += ["--log-format", "json"]  # its other formats are coloured wherever they go
    return [sys.executable, *hushed, "-m", "weather_platform.cli.until_stdin_closes", *dev, *quiet]


@contextmanager
def _dagster(host: str, port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`dagster dev` and all it starts, in a process group of its own that is gone when the context ends."""
    server = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
        dev_command(host, port),
        env=environment,
        stdin=subprocess.PIPE,
        start_new_session=True,  # a terminal's Ctrl-C reaches us alone, and we end the others in order
    )
    try:
        yield server
    finally:
        try:
            server.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                server.wait(_STOPPED_WITHIN_SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
