"""`weather-platform sandbox` says what is simulated, and refuses what it cannot use with a remedy."""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
from click.testing import CliRunner

from weather_platform.cli.sandbox import sandbox


def test_help_says_that_everything_is_made_up() -> None:
    result = CliRunner().invoke(sandbox, ["--help"])
    assert result.exit_code == 0
    assert "MADE UP" in result.output
    assert "X-Sandbox-Now" in result.output


def test_a_bad_panel_is_named_with_its_line(tmp_path: Path) -> None:
    places = tmp_path / "mine.csv"
    places.write_text("location_id,latitude,longitude\na,1,2\nb,95,2\n")
    result = CliRunner().invoke(sandbox, ["--places", str(places)])
    assert result.exit_code == 1
    assert "mine.csv, line 3" in result.output


def test_a_port_that_cannot_be_one_is_refused() -> None:
    """It ended in a traceback of the socket's."""
    result = CliRunner().invoke(sandbox, ["--port", "99999"])
    assert result.exit_code == 2
    assert "99999 is not in the range 0<=x<=65535" in result.output


def test_a_taken_port_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(sandbox, ["--port", str(port)])
    assert result.exit_code == 1
    assert "another --port" in result.output


def test_ctrl_c_is_its_ordinary_end() -> None:
    served = [
        sys.executable,
        "-c",
        "from weather_platform.cli.main import main; main()",
        "sandbox",
        "--port",
        "0",
    ]
    with subprocess.Popen(served, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:  # noqa: S603 - our own
        assert running.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:\d+", running.stdout.readline())
        assert address
        assert httpx.get(f"{address[0]}/", timeout=20).status_code < 500  # it answers, and so can be stopped
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=20)
    assert (running.returncode, said) == (0, "")
