"""A champion whose files are spoilt stops nothing; one that was taken back does not come back by itself."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from mlflow import MlflowClient

from weather_platform.cli.main import cli
from weather_platform.core.contracts.learned import PREDICTION
from weather_platform.defs.common import without_markdown
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.platform_fixtures import PERIOD, Lived, checks, cycles, run_assets, run_job

VARIABLE, OTHER = "temperature_c", "wind_speed_m_s"
UNTIL: dict[str, object] = {"train_until": PERIOD.train_until.isoformat()}


@pytest.fixture
def served(lived: Lived, tmp_path: Path) -> Settings:
    """A copy in which version 1 of two variables serves, whatever its merits."""
    settings = lived.copied_to(tmp_path)
    for variable in (VARIABLE, OTHER):
        mlflow(settings).set_model_version_tag(f"weather_{variable}", "1", "promoted", "true")
    return settings


def mlflow(settings: Settings) -> MlflowClient:
    uri = f"sqlite:///{settings.data_dir.resolve() / 'mlflow' / 'mlflow.db'}"
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def made_by(settings: Settings, key: str) -> dict[str, set[str]]:
    rows = Platform(settings).warehouse.read("predictions", PREDICTION, [key])
    return {str(name): set(part) for name, part in rows.groupby("variable")["model_version"]}


def test_a_champion_that_cannot_be_read_stops_no_other_and_training_cures_it(served: Settings) -> None:
    """Found in a review: every variable stopped, and so did the training that was to help."""
    mlflow(served).set_model_version_tag(f"weather_{VARIABLE}", "1", "sha256.model.json", "0" * 64)
    (key,) = cycles(10, 1)[:1]
    result = run_assets(served, ["predictions"], [key])
    assert result.success
    assert not checks(result)["predictions:models_readable"]
    (told,) = [one for one in result.get_asset_check_evaluations() if one.check_name == "models_readable"]
    text = without_markdown(str(told.metadata["unread"].value))
    assert told.description and VARIABLE in told.description
    assert text.startswith(f"- {VARIABLE}: the blend stands in for version 1: ")
    assert "model.json: not the file that was registered" in text
    assert "`weather-platform rollback VARIABLE`" in text
    assert (made_by(served, key)[VARIABLE], made_by(served, key)[OTHER]) == ({"bias_corrected"}, {"1"})

    asked = CliRunner().invoke(cli, ["doctor", "--json"], obj=served)
    found = {(one["area"], one["subject"]): one for one in json.loads(asked.stdout)["findings"]}
    assert found["model", VARIABLE]["level"] == "error"
    assert "the bias-corrected blend stands in: " in found["model", VARIABLE]["what"]
    assert found["model", OTHER]["level"] == "ok"

    trained = run_job(served, "train", config={"train_until": PERIOD.end.isoformat()})
    (event,) = trained.asset_materializations_for_node(f"model__{VARIABLE}")
    assert "first model" in str(event.metadata["reason"].value)
    assert event.metadata["version"].value == "2"


def test_what_was_taken_back_is_not_made_again_from_the_same(served: Settings) -> None:
    """Found in a review: the next training passed its check, and a cycle later the same model served."""
    models = Platform(served).models
    models.withdraw(VARIABLE, "1", datetime.now(UTC), "it ran hot")
    again = run_job(served, "train", config=UNTIL)
    assert not checks(again)[f"model/{VARIABLE}:promoted"]
    (event,) = again.asset_materializations_for_node(f"model__{VARIABLE}")
    assert "make version 1 again, which was withdrawn (it ran hot)" in str(event.metadata["reason"].value)

    soon = run_job(served, "train", config={"train_until": PERIOD.end.isoformat()})
    (event,) = soon.asset_materializations_for_node(f"model__{VARIABLE}")
    assert "a version was taken back, and 3.0 days with truth came since" in str(
        event.metadata["reason"].value
    )
    assert models.champion_for(VARIABLE, PERIOD.end) is None
