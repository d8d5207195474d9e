"""What a run prints at its end can be pasted as it stands."""

import os
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from weather_platform.cli.again import command
from weather_platform.infra.configuration.settings import Settings


def test_the_command_names_a_program_that_there_is_wherever_it_is_pasted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    program = Path(sys.executable).with_name("weather-platform")
    monkeypatch.chdir(program.parents[2])
    pasted = command("ui --help", Settings(data_dir=tmp_path / "my data"))
    called = shlex.quote(str(program.relative_to(Path.cwd())))
    assert pasted.startswith(f"WEATHER_DATA_DIR='{tmp_path}/my data' {called} ui")
    done = subprocess.run(["sh", "-c", pasted], capture_output=True, text=True, check=True)  # noqa: S603, S607
    assert done.stdout.startswith("Usage: weather-platform ui")
    monkeypatch.chdir(tmp_path)
    assert f"{shlex.quote(str(program))} ui" in command("ui", Settings())
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    assert command("ui", Settings(data_dir=Path("data"))) == "WEATHER_DATA_DIR=data weather-platform ui"


def test_the_settings_of_the_run_are_said_as_they_are_read_and_no_secret_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = Settings(
        profile="live",
        data_dir=Path("d"),
        first_day=date(2026, 9, 1),
        providers=("open_meteo", "nws"),
        retention_by_asset={"payloads": 365, "features": 30},
        weatherapi_key=SecretStr("hush"),
        sandbox_url="http://127.0.0.1:1",
    )
    pasted = command("ui", settings)
    assert "hush" not in pasted
    assert "KEY" not in pasted
    assert "SANDBOX" not in pasted
    for word in shlex.split(pasted)[:-2]:
        name, _, value = word.partition("=")
        monkeypatch.setenv(name, value)
    read = Settings()
    for name in ("profile", "data_dir", "first_day", "providers", "retention_by_asset"):
        assert getattr(read, name) == getattr(settings, name), name
