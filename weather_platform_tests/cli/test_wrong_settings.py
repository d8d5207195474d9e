"""A wrong setting is an error of one line that says what it may be, whichever command reads it."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from weather_platform.cli.main import cli
from weather_platform.infra.configuration.settings import Settings, read_settings
from weather_platform.infra.configuration.wrong_settings import SettingsError, lines, mistyped

PROFILE = "WEATHER_PROFILE='foo': should be 'sandbox', 'live' or 'gcp'"
WRONG = [
    ("run", "WEATHER_PROFILE", "foo", PROFILE),
    ("doctor", "WEATHER_PROFILE", "foo", PROFILE),
    ("ui", "WEATHER_PROFILE", "foo", PROFILE),
    ("tick watch", "WEATHER_PROFILE", "foo", PROFILE),
    (
        "leaderboard",
        "WEATHER_TARGETS",
        "foo",
        "WEATHER_TARGETS='foo': no such target: foo; name some of temp",
    ),
    (
        "plan",
        "WEATHER_HORIZON_HOURS",
        "abc",
        "WEATHER_HORIZON_HOURS='abc': should be a whole number from 6 to 384",
    ),
    (
        "plan",
        "WEATHER_HORIZON_HOURS",
        "4",
        "WEATHER_HORIZON_HOURS='4': should be a whole number from 6 to 384",
    ),
    (
        "plan",
        "WEATHER_FIRST_DAY",
        "yesterday",
        "WEATHER_FIRST_DAY='yesterday': should be a day like 2026-08-01",
    ),
    ("plan", "WEATHER_PROVIDERS", "foo", "WEATHER_PROVIDERS names foo; known are open_meteo, "),
    ("cost", "WEATHER_PROVIDERS", "foo", "WEATHER_PROVIDERS names foo; known are open_meteo, "),
    ("run", "WEATHER_PROVIDERS", "foo", "WEATHER_PROVIDERS names foo; known are open_meteo, "),
    ("ui --port PORT", "WEATHER_PROVIDERS", "foo", "WEATHER_PROVIDERS names foo; known are open_meteo, "),
    ("doctor", "WEATHER_ARCHIVES", "foo", "WEATHER_ARCHIVES names foo; known are ghcn_hourly, "),
    (
        "cost",
        "WEATHER_MATCH_DISTANCE_KM",
        "far",
        "WEATHER_MATCH_DISTANCE_KM='far': should be a number above 0",
    ),
    (
        "prune",
        "WEATHER_RETENTION_BY_ASSET",
        "x",
        "WEATHER_RETENTION_BY_ASSET='x': 'x' is not ASSET=DAYS with",
    ),
    (
        "run",
        "WEATHER_UPLOAD_RUN_SILENCE",
        "x",
        "WEATHER_UPLOAD_RUN_SILENCE='x': should be a span of time like",
    ),
]


@pytest.mark.parametrize(("command", "variable", "value", "says"), WRONG)
def test_a_wrong_setting_is_told_in_one_line(
    command: str, variable: str, value: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEATHER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv(variable, value)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    result = CliRunner().invoke(cli, command.replace("PORT", port).split())
    assert result.exit_code == 1, result.output
    (line,) = result.output.splitlines()
    assert line.startswith(f"Error: {says}")
    assert not (tmp_path / "data").exists()


def test_each_wrong_setting_has_its_line_and_no_secret_is_in_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_PROFILE", "foo")
    monkeypatch.setenv("weather_log_format", "xml")
    monkeypatch.setenv("WEATHER_SMTP_PORT", "none")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    profile, log_format, port = str(refused.value).splitlines()
    assert profile == PROFILE
    assert log_format == "WEATHER_LOG_FORMAT='xml': should be 'text' or 'json'"
    assert port == "WEATHER_SMTP_PORT='none': should be a whole number from 1 to 65535"


def test_settings_that_need_each_other_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_PROFILE", "gcp")
    with pytest.raises(SettingsError, match=r"^the gcp profile needs WEATHER_GCP_PROJECT and "):
        read_settings()


def test_a_secret_that_is_wrong_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_SMTP_PASSWORD", "hush")
    with pytest.raises(ValidationError) as refused:
        Settings(smtp_password=3)
    (line,) = lines(refused.value, Settings.model_fields)
    assert line.startswith("WEATHER_SMTP_PASSWORD: ")
    assert "hush" not in line


def test_the_code_location_ends_with_the_same_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_PROFILE", "foo")
    load = [sys.executable, "-c", "import weather_platform.definitions"]
    done = subprocess.run(load, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(f"SettingsError: {PROFILE}")
    assert "pydantic" not in done.stderr


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("WEATHER_LOCATION_FILE", "WEATHER_LOCATIONS_FILE"),
        ("WEATHER_HORIZON_HOUR", "WEATHER_HORIZON_HOURS"),
        ("weather_data_dirr", "WEATHER_DATA_DIR"),
    ],
)
def test_what_is_nearly_a_setting_is_told(
    variable: str, meant: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(variable, "x")
    read_settings()
    assert f"{variable} is no setting; was {meant} meant?" in caplog.messages


def test_other_variables_that_are_read_somewhere_are_not_taken_for_mistakes() -> None:
    """What the service, the tests and the deployment read beside the settings."""
    root = Path(__file__).parents[2]
    wanted = ("weather_platform*/**/*.py", "deploy/**/*.tf", "README.md", "docs/*.md")
    files = [file for pattern in wanted for file in root.glob(pattern)]
    named = {name for file in files for name in re.findall(r"\bWEATHER_[A-Z_]+[A-Z]\b", file.read_text())}
    named -= {"WEATHER_LOCATION_FILE", "WEATHER_HORIZON_HOUR"}
    assert "WEATHER_RECORDED_DATA" in named
    assert mistyped(named, Settings.model_fields) == []
