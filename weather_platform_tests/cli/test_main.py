"""The command as a whole: help that is quick and exit codes that mean something."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Never

import pytest
from click.testing import CliRunner

from weather_platform.cli.main import cli

COMMANDS: tuple[list[str], ...] = (
    [],
    ["run"],
    ["ui"],
    ["parse"],
    ["import"],
    ["import", "open_meteo"],
    ["import", "observations"],
    ["forecast"],
    ["leaderboard"],
    ["sandbox"],
)
HEAVY = (
    "dagster",
    "pandas",
    "pyarrow",
    "duckdb",
    "ibis",
    "sklearn",
    "scipy",
    "mlflow",
    "matplotlib",
    "pandera",
)
HELP_OF_ALL = f"""
import sys
from click.testing import CliRunner
from weather_platform.cli.main import cli
for command in {list(COMMANDS)!r}:
    result = CliRunner().invoke(cli, [*command, "--help"])
    assert result.exit_code == 0, (command, result.output)
    assert result.output.startswith("Usage:"), command
print([name for name in {HEAVY!r} if name in sys.modules])
"""


def weather_platform(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Call the command in a process of its own, as a shell does."""
    code = "from weather_platform.cli.main import main; main()"
    return subprocess.run(  # noqa: S603 - our own interpreter, no shell
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def test_help_of_every_command_needs_nothing_heavy() -> None:
    command = [sys.executable, "-c", HELP_OF_ALL]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["--nonsense"],
        ["run", "--days", "3"],
        ["run", "--days", "20", "--train-days", "20"],
        ["run", "--recorded", "/nowhere/at/all"],
        ["run", "--recorded", ".", "--past"],
        ["run", "--recipe", __file__],
        ["ui", "--port", "0"],
        ["import"],
        ["import", "observations"],
    ],
)
def test_a_wrong_call_is_exit_code_2_with_usage(arguments: list[str], tmp_path: Path) -> None:
    done = weather_platform(*arguments, WEATHER_DATA_DIR=str(tmp_path))
    assert done.returncode == 2, done.stderr
    assert "Usage:" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_a_script_started_in_its_background_can_be_ended() -> None:
    """There SIGINT is ignored, and Dagster gives SIGTERM what SIGINT has."""
    ask = (
        "import atexit, signal; atexit.register(lambda: print(signal.getsignal(signal.SIGINT)));"
        "from weather_platform.cli.main import main; main()"
    )
    started = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh", sys.executable, "-c", ask, "--help"]
    told = subprocess.run(started, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own
    assert told.splitlines()[-1] == str(signal.default_int_handler)


@pytest.mark.parametrize(
    ("called", "near"), [(["leaderbord"], "leaderboard"), (["import", "open_metoe"], "open_meteo")], ids=str
)
def test_a_name_that_is_nearly_a_commands_is_answered_with_it(called: list[str], near: str) -> None:
    result = CliRunner().invoke(cli, called)
    assert result.exit_code == 2
    assert f"Did you mean {near!r}?" in result.stderr


@pytest.mark.parametrize("command", ["parse", "replay"])
def test_usage_names_the_argument_and_help_alone_its_values(command: str) -> None:
    """Each wrong call printed all of them twice, broken within names."""
    wrong = CliRunner().invoke(cli, [command, "open_metoe", __file__])
    assert wrong.stderr.splitlines()[0].startswith(f"Usage: weather-platform {command} [OPTIONS] ")
    assert wrong.stderr.count("openweathermap") == 1
    assert "openweathermap" in CliRunner().invoke(cli, [command, "--help"]).stdout


class _Interrupted:
    """Settings that are being read when Ctrl-C comes."""

    def __getattr__(self, name: str) -> Never:
        raise KeyboardInterrupt(name)


def test_ctrl_c_is_no_fault_of_the_input() -> None:
    """It was exit code 1 with `Aborted!`, whatever the command but `run`."""
    result = CliRunner().invoke(cli, ["leaderboard"], obj=_Interrupted())
    assert result.exit_code == 130
    assert result.output.splitlines()[-1] == "Stopped."


@pytest.mark.parametrize(
    ("command", "encoding", "shown"),
    [("plan", "ascii", "4 \\xd7 a day"), ("--help", "iso8859-1", "FILES\\u2026")],
)
def test_a_terminal_that_lacks_a_sign_shows_its_code(command: str, encoding: str, shown: str) -> None:
    """Found by trying: the command ended in a UnicodeEncodeError, as did `forecast` and `doctor`."""
    told = weather_platform(command, WEATHER_PROFILE="sandbox", PYTHONIOENCODING=encoding)
    assert (told.returncode, told.stderr) == (0, "")
    assert shown in told.stdout
