"""`weather-platform tick` says what it did, and nothing of how its stores were opened."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from weather_platform.cli import tick as module
from weather_platform.infra.postgres import PostgresError
from weather_platform_tests.cli.test_main import weather_platform


def test_of_a_name_that_nobody_has_the_usage_and_the_names_are_told_and_the_folder(tmp_path: Path) -> None:
    done = weather_platform("tick", "nonsense", WEATHER_DATA_DIR=str(tmp_path / "data"))
    assert done.returncode == 2
    new_folder, usage, _help, _blank, error = done.stderr.splitlines()
    assert new_folder.startswith(
        f"{tmp_path / 'data'} did not exist and is made now, empty; WEATHER_DATA_DIR"
    )
    assert usage.startswith("Usage: weather-platform tick")
    assert error.startswith("Error: no schedule or sensor is named 'nonsense'; there are ")


def test_postgres_that_stays_away_is_told_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_url: SecretStr) -> None:
        raise PostgresError("no connection to Postgres at db:5432: OperationalError")

    monkeypatch.setattr(module, "wait_for", away)
    monkeypatch.setenv("WEATHER_POSTGRES_URL", "postgresql://weather:s3cr3t@db/dagster")
    monkeypatch.setenv("WEATHER_DATA_DIR", str(tmp_path))
    done = CliRunner().invoke(module.tick, ["fetch_cycle"])
    assert done.exit_code == 1
    expected = "at db:5432: OperationalError; is WEATHER_POSTGRES_URL right, and its server up?\n"
    assert done.output.endswith(expected)
