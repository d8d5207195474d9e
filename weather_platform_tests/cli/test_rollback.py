"""`weather-platform rollback`: one command, the one before serves, and the history tells."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from weather_platform.cli.main import cli
from weather_platform.core.contracts.scores import CHAMPION
from weather_platform.core.model.promotion import first
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.core.synthetic import trained
from weather_platform_tests.registry_fixtures import RegistryIn

VARIABLE = "wind_speed_m_s"


@pytest.fixture
def settings(tmp_path: Path, registry_in: RegistryIn) -> Settings:
    """A deployment with two champions of one variable, one after the other."""
    settings = Settings(data_dir=registry_in(tmp_path / "data"), sandbox_url="http://127.0.0.1:9")
    model = replace(trained(VARIABLE, trees=False), promote=True)
    for days in (0, 4):
        later = replace(model, trained_until=model.trained_until + timedelta(days=days))
        Platform(settings).models.register(*first(later))
    return settings


def rollback(settings: Settings, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["rollback", *arguments], obj=settings)


def test_the_one_before_serves_again_and_the_table_says_so(settings: Settings) -> None:
    result = rollback(settings, VARIABLE, "--why", "it ran hot", "--json")
    assert result.exit_code == 0, result.output
    (done,) = json.loads(result.stdout)
    assert (done["variable"], done["withdrawn"], done["restored"]) == (VARIABLE, "2", "1")
    table = Platform(settings).warehouse.read("champions", CHAMPION)
    assert table["version"].tolist() == ["1", "2", "1"]
    assert table["why"].iloc[-1] == "version 2 was withdrawn: it ran hot"
    assert table["reigns_until"].isna().tolist() == [False, False, True]

    refused = rollback(settings, VARIABLE)
    assert refused.exit_code == 1
    assert "version 1 is the last that may serve" in refused.stderr
    assert "--to-blend" in refused.stderr

    result = rollback(settings, "--to-blend")
    assert result.exit_code == 0, result.output
    assert f"{VARIABLE}: version 1 is withdrawn, the blend serves now" in result.stdout
    assert Platform(settings).models.champion_for(VARIABLE, table["reigns_from"].iloc[-1]) is None


def test_a_history_that_cannot_be_written_does_not_hide_that_the_champion_was_withdrawn(
    settings: Settings,
) -> None:
    """Found by reading: the error told of a step alone, and who tried again took back the next as well."""
    (settings.data_dir / "warehouse").write_text("a file where the folder should be")
    result = rollback(settings, VARIABLE)
    assert result.exit_code == 1
    assert f"{VARIABLE}: version 2 is withdrawn, version 1 serves again" in result.stdout
    assert "'list_champions' failed" in result.stderr
    assert "is done all the same: call it again and the next is withdrawn too" in result.stderr


def test_a_registry_that_does_not_answer_is_told_in_a_line(settings: Settings) -> None:
    (settings.data_dir / "mlflow" / "mlflow.db").write_text("no database")
    result = rollback(settings, VARIABLE)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: MLflow does not answer at its local database")


def test_where_nothing_was_trained_it_says_so_and_makes_nothing(tmp_path: Path) -> None:
    result = rollback(Settings(data_dir=tmp_path / "none"))
    assert result.exit_code == 1
    assert "no model was registered yet" in result.stderr
    assert not (tmp_path / "none").exists()


def test_an_unknown_variable_is_a_mistake_of_use(tmp_path: Path) -> None:
    assert rollback(Settings(data_dir=tmp_path / "none"), "sunshine").exit_code == 2
