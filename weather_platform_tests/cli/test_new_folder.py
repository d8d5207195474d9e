"""A folder that was absent is told, once, and whatever a machine reads stays clean."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from weather_platform.cli.main import cli


@pytest.mark.parametrize("command", ["doctor", "prune"])
def test_a_folder_that_was_absent_is_told_beside_the_answer(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    monkeypatch.setenv("WEATHER_DATA_DIR", str(folder))
    first, again = (CliRunner().invoke(cli, [command, "--json"]) for _ in range(2))
    assert f"{folder} did not exist and is made now, empty; WEATHER_DATA_DIR says" in first.stderr
    assert json.loads(first.stdout)
    assert "did not exist" not in again.stderr
