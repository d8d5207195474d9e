"""`make` on machines that are unlike ours, with a Python that only notes what it is asked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parent.parent / "Makefile"
PYTHON = """#!/bin/sh
echo "$1 $2 user:$PIP_USER path:$PYTHONPATH home:$PYTHONHOME" >>"$NOTES"
if [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && exit "$VENV_EXITS"; fi
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("requirements.lock", "pyproject.toml", "notes"):
        (tmp_path / name).touch()
    shutil.copy(MAKEFILE, tmp_path)
    (tmp_path / "python").write_text(PYTHON)
    (tmp_path / "python").chmod(0o755)
    return tmp_path


def set_up(checkout: Path, **environment: str) -> int:
    told = {"NOTES": str(checkout / "notes"), "PYTHON": "./python", "VENV_EXITS": "0", "VENV": ".venv"}
    make = shutil.which("make")
    assert make is not None, "the README's commands are make's"
    command = [make, "--silent", "-C", str(checkout), ".venv/.run"]
    # What a `make test` around us was told is for itself.
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(command, env=ours | told | environment, check=False).returncode  # noqa: S603


def test_an_environment_that_could_not_be_made_is_made_the_next_time(checkout: Path) -> None:
    """Found by trying: Debian's Python without python3-venv left one without pip, and with the package
    installed as it advises, `make run` still had `No module named pip`.
    """
    assert set_up(checkout, VENV_EXITS="1") != 0
    assert set_up(checkout) == 0
    assert (checkout / "notes").read_text().count("-m venv") == 2


def test_settings_for_another_python_are_not_for_ours(checkout: Path) -> None:
    """Found by trying: `user = true` in pip.conf, or PIP_USER, ended the installation, and packages on
    PYTHONPATH were taken for those that are locked.
    """
    assert set_up(checkout, PIP_USER="1", PYTHONPATH="/theirs", PYTHONHOME="/theirs") == 0
    notes = (checkout / "notes").read_text().splitlines()
    assert sum("-m pip" in line for line in notes) == 2
    assert {line.partition("user:")[2] for line in notes} == {"0 path: home:"}
