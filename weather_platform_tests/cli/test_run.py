"""`weather-platform run` where it must refuse; the run itself is proven in defs and on recorded material."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from weather_platform.cli.alone import alone
from weather_platform.cli.main import cli
from weather_platform.infra.configuration.settings import Settings


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("WEATHER_DATA_DIR", str(folder))
    return folder


def refused(*arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["run", *arguments])
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return result


def test_there_is_no_past_of_a_provider_that_keeps_none(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEATHER_PROFILE", "live")
    monkeypatch.setenv("WEATHER_PROVIDERS", "met_norway")
    result = refused("--days", "90")
    assert "past cycles cannot be fetched any more" in result.stderr
    assert "only open_meteo can be asked: name it in WEATHER_PROVIDERS" in result.stderr
    assert not data_dir.exists()


def test_days_that_are_yet_to_come_are_told_before_any_is_fetched(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute and a half into a run of 135 days, the contract of a table told it."""
    monkeypatch.setenv("WEATHER_FIRST_DAY", f"{datetime.now(UTC) - timedelta(days=30):%Y-%m-%d}")
    result = refused("--days", "40")
    assert "yet to come" in result.stderr
    assert "--days 30" in result.stderr
    assert not data_dir.exists()


def test_a_folder_that_no_recipe_fits_is_told_with_the_recipes_there_are(
    data_dir: Path, tmp_path: Path
) -> None:
    result = refused("--recorded", str(tmp_path))
    assert f"{tmp_path}: no recipe fits this folder" in result.stderr
    assert "pyrenees" in result.stderr
    assert "--recipe" in result.stderr
    assert not data_dir.exists()


@pytest.mark.parametrize("text", ["title: only", "- a list", "a: [unclosed", "title: Büro"])
def test_what_is_no_recipe_is_told_by_name(data_dir: Path, tmp_path: Path, text: str) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_bytes(text.encode("latin-1"))
    result = refused("--recorded", str(tmp_path), "--recipe", str(recipe))
    assert f"{recipe}: not a recipe" in result.stderr


@pytest.mark.parametrize("setting", ["WEATHER_LOCATIONS_FILE", "WEATHER_LATTICE_FILE"])
def test_a_panel_that_cannot_be_read_is_told_by_name(
    setting: str, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(setting, str(tmp_path / "none.csv"))
    assert f"{setting} must name a CSV of places" in " ".join(refused("--days", "20").stderr.split())
    places = tmp_path / "places.csv"
    places.write_text("location_id,latitude\nhere,12\n")
    monkeypatch.setenv(setting, str(places))
    result = refused("--days", "20")
    assert str(places) in result.stderr
    assert "longitude" in result.stderr


RECIPE = "title: t\nlocations: p.csv\npayloads: []\nobservations: []\n"


@pytest.mark.parametrize("kind", ["sandbox", "live", "recorded"])
def test_a_second_run_on_a_folder_is_told_at_once_that_another_is_at_work(
    kind: str, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEATHER_PROFILE", "live" if kind == "live" else "sandbox")
    recipe = tmp_path / "mine" / "recipe.yaml"
    recipe.parent.mkdir()
    recipe.write_text(RECIPE)
    recorded = ["--recorded", str(tmp_path), "--recipe", str(recipe)] if kind == "recorded" else []
    folder = data_dir / "recorded" / "mine" if kind == "recorded" else data_dir
    with alone(Settings(data_dir=folder)):
        (line,) = refused(*recorded).output.splitlines()
    assert line.startswith(f"Error: another run is at work on {folder}: wait until")
    assert not (folder / "objects").exists()
    assert not (folder / "warehouse").exists()
