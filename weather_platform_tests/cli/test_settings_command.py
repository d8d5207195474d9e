"""The list of settings says what is in effect and who said so, and gives no secret away."""

import json
import os

import pytest
from click.testing import CliRunner, Result

from weather_platform.cli.main import cli
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.infra.configuration.settings import Settings


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("WEATHER_")]:
        monkeypatch.delenv(name)


def said(*options: str) -> Result:
    return CliRunner().invoke(cli, ["settings", *options], catch_exceptions=False)


def test_every_setting_is_there_with_what_it_is_for() -> None:
    listed = json.loads(said("--json").stdout)
    keys = [f"{name}_key" for name, provider in PROVIDERS.items() if provider.auth is not None]
    wanted = [f"WEATHER_{name.upper()}" for name in (*Settings.model_fields, *keys)]
    assert [one["variable"] for one in listed] == wanted
    assert [one["variable"] for one in listed if not one["what"] or one["given"]] == []


def test_what_is_said_of_a_value_may_be_written_back(monkeypatch: pytest.MonkeyPatch) -> None:
    written = {
        "WEATHER_PROVIDERS": "nws,open_meteo",
        "WEATHER_RETENTION_BY_ASSET": "payloads=365,features=30",
        "WEATHER_WATCH_INTERVAL": "00:05:00",
        "WEATHER_SEPARATE_ROLES": "true",
        "WEATHER_HORIZON_HOURS": "48",
    }
    for name, value in written.items():
        monkeypatch.setenv(name, value)
    listed = json.loads(said("--json", "--given").stdout)
    assert {one["variable"]: one["value"] for one in listed} == written


def test_a_secret_is_not_shown_and_what_is_no_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_WEATHERAPI_KEY", "s3cr3t")
    monkeypatch.setenv("WEATHER_STATION", "my own")
    shown = said()
    assert "• WEATHER_WEATHERAPI_KEY=**********\n" in shown.stdout
    assert "\n  WEATHER_BUCKET=\n" in shown.stdout
    assert shown.stdout.endswith("no settings of the platform: WEATHER_STATION\n")
    assert "s3cr3t" not in shown.output
