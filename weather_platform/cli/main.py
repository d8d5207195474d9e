"""The `weather-platform` command: a table of commands, each imported when it is called.

Exit codes: 0 done, 1 the input or the data is at fault (one line says what and what to do), 2 the command
was called wrongly, 130 stopped by Ctrl-C.
"""

import importlib
import io
import signal
import sys
from collections.abc import Mapping
from typing import Any

import click
from click.exceptions import NoSuchCommand

from weather_platform.cli.errors import CommandError
from weather_platform.infra.configuration.wrong_settings import SettingsError


class LazyGroup(click.Group):
    """A group that knows its commands as `module:attribute`, so that `--help` does not import the
    scientific stack.
    """

    def __init__(self, name: str, help_text: str, commands: Mapping[str, str]) -> None:
        super().__init__(name, help=help_text)
        self._where = commands

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table."""
        del ctx
        return list(self._where)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself, imported now; None for a name that is not in the table."""
        del ctx
        if cmd_name not in self._where:
            return None
        module, attribute = self._where[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named. Raises NoSuchCommand with names that are near: click itself looks among
        commands that are imported.
        """
        try:
            return super().resolve_command(ctx, args)
        except NoSuchCommand as error:
            near = self.list_commands(ctx)
            raise NoSuchCommand(error.command_name, error.message, near, ctx) from error


class _Import(LazyGroup):
    """`import observations`, and a command for each provider: one command, told which."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The providers' names last."""
        from weather_platform.core.providers.registry import PROVIDERS

        return [*super().list_commands(ctx), *PROVIDERS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself, imported now. Raises NoSuchCommand naming all where there is none."""
        if cmd_name in self._where:
            return super().get_command(ctx, cmd_name)
        if cmd_name not in (names := self.list_commands(ctx)):
            message = f"{cmd_name!r} cannot be imported; choose from {', '.join(names)}."
            raise NoSuchCommand(cmd_name, message, names, ctx)
        from weather_platform.cli.import_payloads import import_of

        return import_of(cmd_name)


import_group = _Import(
    "import",
    "Take in what was kept elsewhere: `import PROVIDER FILES…` for raw replies, "
    "`import observations FILES…` for truth.",
    {
        "observations": "weather_platform.cli.import_observations:import_observations",
    },
)


class _Root(LazyGroup):
    """Whatever command it is that reads the settings, a wrong one is an error of a line and no traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises CommandError for wrong settings, Exit after Ctrl-C."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
            ctx.exit(128 + signal.SIGINT)  # as shells have it; click has 1, which says that input is at fault


cli = _Root(
    "weather-platform",
    "Keeps every weather forecast as it was issued, blends and calibrates them, and proves how good each "
    "one is.\n\n"
    "Settings come from the environment (WEATHER_PROFILE, WEATHER_DATA_DIR, ...); `settings` lists them.",
    {
        "run": "weather_platform.cli.run:run",
        "ui": "weather_platform.cli.ui:ui",
        "parse": "weather_platform.cli.parse:parse",
        "import": "weather_platform.cli.main:import_group",
        "replay": "weather_platform.cli.replay:replay",
        "plan": "weather_platform.cli.plan:plan",
        "cost": "weather_platform.cli.cost:cost",
        "lattice": "weather_platform.cli.lattice:lattice",
        "forecast": "weather_platform.cli.forecast:forecast",
        "leaderboard": "weather_platform.cli.leaderboard:leaderboard",
        "tables": "weather_platform.cli.tables:tables",
        "evaluate": "weather_platform.cli.evaluate:evaluate",
        "settings": "weather_platform.cli.settings:settings",
        "doctor": "weather_platform.cli.doctor:doctor",
        "rollback": "weather_platform.cli.rollback:rollback",
        "prune": "weather_platform.cli.prune:prune",
        "sandbox": "weather_platform.cli.sandbox:sandbox",
        "tick": "weather_platform.cli.tick:tick",
    },
)


def main() -> None:
    """Entry point."""
    # A script's background ignores Ctrl-C, and Dagster gives SIGTERM whatever SIGINT has: once a run was
    # over, nothing but SIGKILL would end us.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Not every terminal can write °, ≥ or a place's name (a locale of ISO 8859-1, say): it then shows their
    # codes, as it does on standard error.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # and not closed
            stream.reconfigure(errors="backslashreplace")
    cli(prog_name="weather-platform")
