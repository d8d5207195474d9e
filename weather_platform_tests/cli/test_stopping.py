"""Ctrl-C as a terminal sends it: to the whole process group, at any moment of a run."""

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


@pytest.mark.parametrize("moment", [in_the_sandboxs_start, in_a_step])
def test_a_run_that_is_interrupted_says_one_line_and_leaves_nobody_behind(
    moment: Callable[[Path], bool], tmp_path: Path
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
        os.killpg(run.pid, signal.SIGINT)
        # Its end closes both pipes only once every child that holds them has ended too.
        _, errors = run.communicate(timeout=120)
    assert errors == "Stopped; run again to go on.\n"
    assert run.returncode == 130


@pytest.mark.parametrize("made_of_it", [KeyboardInterrupt, ValueError, None])
def test_whatever_an_interrupt_was_made_into_the_block_was_stopped(
    made_of_it: type[BaseException] | None,
) -> None:
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        with pytest.raises(Stopped), Stoppable():
            signal.raise_signal(signal.SIGINT)
            if made_of_it is not None:
                raise made_of_it
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(ValueError, match="mine"), Stoppable():
        raise ValueError("mine")
