"""What the UI starts ends with it, and a port that is taken is named before anything starts."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from weather_platform.cli.errors import CommandError
from weather_platform.cli.ui import dev_command, refuse_taken_port, ui, url_of


@pytest.mark.parametrize("before", ["", "trap '' INT; "], ids=["usual", "started in the background"])
def test_a_child_is_interrupted_once_its_parent_is_gone(before: str) -> None:
    """In the background of a script, as CI may start it, interrupts are ignored and this is inherited."""
    command = [sys.executable, "-u", "-m", "weather_platform.cli.until_stdin_closes", "http.server", "0"]
    started = ["sh", "-c", f'{before}exec "$@"', "sh", *command, "--bind", "127.0.0.1"]
    with subprocess.Popen(  # noqa: S603 - our own
        started, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            assert child.stdout and child.stdin
            assert child.stdout.readline().startswith("Serving HTTP")
            assert child.poll() is None
            child.stdin.close()
            # Interrupted while it serves it ends by itself, a moment earlier by the signal.
            assert child.wait(timeout=20) in {0, -signal.SIGINT}
        finally:
            child.kill()


def test_a_taken_port_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_DATA_DIR", str(tmp_path / "data"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(ui, ["--port", str(port)])
    assert result.exit_code == 1
    assert f"127.0.0.1:{port}" in result.output
    assert "another --port" in result.output
    assert not (tmp_path / "data").exists()


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    assert (url_of("::1", 3000), url_of("127.0.0.1", 80)) == ("http://[::1]:3000", "http://127.0.0.1:80")


def test_loopback_is_loopback_also_in_ipv6() -> None:
    """Found by trying: `--host ::1` was refused as an address that cannot be listened on."""
    try:
        taken = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this system has no IPv6")
    port = taken.getsockname()[1]
    with (
        taken,
        pytest.raises(CommandError, match=rf"cannot listen on \[::1\]:{port}: Address already in use"),
    ):
        refuse_taken_port("::1", port)
    refuse_taken_port("::1", port)


def test_dagster_does_not_advise_the_user_to_call_another_command() -> None:
    """What it says first, before it looks for its home."""
    environment = os.environ | {"DAGSTER_HOME": "not/absolute"}
    with subprocess.Popen(  # noqa: S603 - our own
        dev_command("127.0.0.1", 1),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as dev:
        assert dev.stderr
        said = dev.stderr.read()
    assert "DAGSTER_HOME" in said
    assert "superseded" not in said
