"""Ctrl-C as a terminal sends it, to the whole process group, or SIGTERM to the process, at any moment of a
run.
"""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from weather_platform.cli.stopping import Stoppable, Stopped

MAIN = "from weather_platform.cli.main import main; main()"


def in_the_sandboxs_start(folder: Path) -> bool:
    return (folder / "locks").exists()


def in_a_step(folder: Path) -> bool:
    return any((folder / "objects").rglob("*")) if (folder / "objects").exists() else False


def kill(process: int, stop: signal.Signals) -> None:
    """As terminals and service managers do."""
    (os.killpg if stop == signal.SIGINT else os.kill)(process, stop)


@pytest.mark.parametrize(
    ("moment", "stop", "code"),
    [
        (in_the_sandboxs_start, signal.SIGTERM, 143),
        (in_a_step, signal.SIGINT, 130),
    ],
)
def test_a_run_that_is_interrupted_says_one_line_and_leaves_nobody_behind(
    moment: Callable[[Path], bool], stop: signal.Signals, code: int, tmp_path: Path
) -> None:
    environment = os.environ | {"WEATHER_DATA_DIR": str(tmp_path / "data"), "WEATHER_PROVIDERS": "open_meteo"}
    with subprocess.Popen(  # noqa: S603 - our own
        [sys.executable, "-c", MAIN, "run", "--days", "20"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as run:
        deadline = time.monotonic() + 120
        while not moment(tmp_path / "data"):
            assert run.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        kill(run.pid, stop)
        # Its end closes both pipes only once every child that holds them has ended too.
        _, errors = run.communicate(timeout=120)
    assert errors == "Stopped; run again to go on.\n"
    assert run.returncode == code


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("made_of_it", [KeyboardInterrupt, ValueError, None])
def test_whatever_an_interrupt_was_made_into_the_block_was_stopped(
    made_of_it: type[BaseException] | None, stop: signal.Signals, code: int
) -> None:
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        with pytest.raises(Stopped) as stopped, Stoppable():
            signal.raise_signal(stop)
            if made_of_it is not None:
                raise made_of_it
    finally:
        signal.signal(signal.SIGINT, before)
    assert stopped.value.exit_code == code


def test_sigterm_is_what_it_was_when_the_block_is_left() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with Stoppable(), Stoppable():
            assert signal.getsignal(signal.SIGTERM) != signal.SIG_DFL
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(ValueError, match="mine"), Stoppable():
        raise ValueError("mine")


def test_a_connection_that_the_signal_broke_off_is_not_told_of(caplog: pytest.LogCaptureFixture) -> None:
    """A loop catches what a handler of signals raises while it writes, and calls it a fatal error."""

    async def fails() -> None:
        asyncio.get_running_loop().call_exception_handler({"message": "Fatal write error"})

    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        with pytest.raises(Stopped), Stoppable():
            asyncio.run(fails())
            signal.raise_signal(signal.SIGINT)
            asyncio.run(fails())
        asyncio.run(fails())
    finally:
        signal.signal(signal.SIGINT, before)
    told = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.getMessage() for record in told] == ["Fatal write error"] * 2
