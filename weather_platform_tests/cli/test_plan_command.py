"""`plan` tells what a schedule costs, and refuses one that cannot fit."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from weather_platform.cli.main import cli


def test_the_built_in_panel_fits_and_a_machine_can_read_it() -> None:
    result = CliRunner().invoke(cli, ["plan", "--json"])
    assert result.exit_code == 0, result.output
    plans = {one["provider"]: one for one in json.loads(result.stdout)}
    assert plans["open_meteo"]["fits"]
    assert plans["open_meteo"]["binds"] == "month"
    assert plans["weatherapi"]["rows_per_call"] > 0
    assert "CC BY 4.0" in plans["open_meteo"]["terms"]["attribution"]


def test_a_terminal_of_80_columns_shows_every_name_and_number_on_a_line() -> None:
    """Of 12 columns too wide for it Rich wrote the names two letters a line, and in 60 `2.…` for 2.0 %."""
    for columns in ("80", "60"):
        shown = CliRunner(env={"FORCE_COLOR": "1", "COLUMNS": columns}).invoke(cli, ["plan"]).stdout
        lines = re.sub(r"\x1b\[[\d;]*m", "", shown).splitlines()
        assert next(line.split()[:8] for line in lines if line.startswith("openweathermap")) == [
            *("openweathermap", "20", "20", "20.0", "0.6%", "-", "-", "0.2%"),
        ]
        assert max(map(len, lines)) <= 80
        assert "…" not in shown


def test_a_schedule_that_cannot_fit_is_refused_with_what_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lattice = tmp_path / "lattice.csv"
    CliRunner().invoke(cli, ["lattice", "--points", "1000", "--out", str(lattice)])
    monkeypatch.setenv("WEATHER_LATTICE_FILE", str(lattice))
    result = CliRunner().invoke(cli, ["plan", "--provider", "weatherapi", "--provider", "met_norway"])
    assert result.exit_code == 1
    assert "WeatherAPI.com does not fit: 126,480 weighted calls a month, of 100,000 allowed" in result.output
    assert "about 806 places" in result.output
    assert "MET Norway does not fit" not in result.output


def test_a_provider_that_lacks_its_key_is_planned_and_said_to_be_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WEATHER_PROFILE", "live")
    monkeypatch.setenv("WEATHER_CONTACT", "me@example.org")
    monkeypatch.setenv("WEATHER_WEATHERAPI_KEY", "k")
    shown = CliRunner().invoke(cli, ["plan"]).output
    why = "OpenWeatherMap needs a key: set WEATHER_OPENWEATHERMAP_KEY"
    assert f"Not asked as things are: {why}" in shown
    assert "WEATHER_WEATHERAPI_KEY" not in shown
    plans = json.loads(CliRunner().invoke(cli, ["plan", "--json"]).stdout)
    silent = {one["provider"]: one["not_asked_because"] for one in plans}
    assert silent["openweathermap"] == why
    assert silent["weatherapi"] is None and silent["open_meteo"] is None


def test_a_wrong_panel_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_LOCATIONS_FILE", str(tmp_path / "none.csv"))
    result = CliRunner().invoke(cli, ["plan"])
    assert result.exit_code == 1
    assert "none.csv" in result.output
