"""Faults of the machine rather than of a provider: each ends clearly, loses nothing, and is made good by the
next run.

The rows of the second table of docs/reliability.md are these tests.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from weather_platform.infra.settings import Settings
from weather_platform_tests.defs.test_killed import in_place, whole

UNSHARE = shutil.which("unshare")
ALONE = [str(UNSHARE), "--map-root-user", "--mount"]


@pytest.fixture
def small_disk(fresh: Settings, tmp_path: Path) -> dict[str, Any]:
    """What happened on a small disk; skipped where no file system may be mounted."""
    if UNSHARE is None or subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:  # noqa: S603
        pytest.skip("this system lets nobody mount a file system of their own (unshare --mount)")
    (tmp_path / "disk").mkdir()
    settings = fresh.model_copy(update={"data_dir": tmp_path / "disk" / "data"})
    lived = subprocess.run(  # noqa: S603 - our own module
        [*ALONE, sys.executable, "-m", "weather_platform_tests.small_disk", settings.model_dump_json()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert lived.returncode == 0, lived.stderr[-3000:]
    told: dict[str, Any] = json.loads(lived.stdout.splitlines()[-1])
    return told


def test_a_full_and_a_read_only_disk_end_runs_clearly_and_lose_nothing(
    fresh: Settings, tmp_path: Path, small_disk: dict[str, Any]
) -> None:
    calm = fresh.model_copy(update={"data_dir": tmp_path / "undisturbed"})
    whole(calm)
    undisturbed = in_place(calm)
    kind, text = small_disk["full"]
    assert kind == "ENOSPC"
    assert "No space left on device" in text
    assert small_disk["left"].items() < undisturbed.items()
    assert small_disk["completed"] == undisturbed
    assert small_disk["read_only"][0] == "EROFS"
    assert "Read-only file system" in small_disk["read_only"][1]
    assert small_disk["kept"] == undisturbed
    code, output = small_disk["command"]
    assert code == 1
    assert "make room" in output
    assert "Traceback" not in output
    stores = {f["subject"]: f["level"] for f in json.loads(small_disk["doctor"])["findings"]}
    assert "error" in stores.values()
