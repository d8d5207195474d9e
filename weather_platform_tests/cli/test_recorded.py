"""`weather-platform run --recorded` on real replies and real stations."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from weather_platform.cli.main import cli

pytestmark = pytest.mark.recorded


@pytest.fixture(scope="module")
def data_dir(recorded_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the run wrote; what it printed is beside it."""
    folder = recorded_data / "forecast_archives" / "openmeteo_raw_pyrenees"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    made = tmp_path_factory.mktemp("recorded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WEATHER_DATA_DIR", str(made))
        patch.setenv("WEATHER_TARGETS", "temperature_c")
        result = CliRunner().invoke(cli, ["run", "--recorded", str(folder), "--json"])
    assert result.exit_code == 0, result.stderr
    (made / "printed.json").write_text(result.stdout)
    return made


@pytest.fixture(scope="module")
def leaderboard(data_dir: Path) -> list[dict[str, object]]:
    """Rows over all leads, of the days that no model saw."""
    rows = json.loads((data_dir / "printed.json").read_text())
    return [row for row in rows if row["lead_bucket"] == "all"]


def test_no_archive_is_asked_for_truth_that_the_folder_holds(data_dir: Path) -> None:
    tables = {path.name for path in data_dir.glob("recorded/*/warehouse/*")}
    assert "observations" in tables
    assert "history" not in tables


def test_our_temperature_beats_every_raw_feed(leaderboard: list[dict[str, object]]) -> None:
    rows = {str(row["method"]): row for row in leaderboard if row["variable"] == "temperature_c"}
    feeds = [name for name in rows if "/" in name]
    assert len(feeds) == 2
    assert float(str(rows["ours"]["n"])) > 1000
    for feed in feeds:
        assert float(str(rows["ours"]["mae"])) < float(str(rows[feed]["mae"]))
        assert float(str(rows[feed]["ours_crps"])) < float(str(rows[feed]["crps"]))


def test_nobody_claims_an_ideal_for_the_real_world(leaderboard: list[dict[str, object]]) -> None:
    assert "ideal" not in {row["method"] for row in leaderboard}
