"""`weather-platform leaderboard` as a user calls it: before any run, and for a machine to read."""

import json
import math
from pathlib import Path

from click.testing import CliRunner

from weather_platform.cli.main import cli
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.infra.configuration.settings import Settings
from weather_platform_tests.platform_fixtures import Lived


def test_before_any_run_it_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["leaderboard"], obj=Settings(data_dir=tmp_path / "none"))
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "nothing was verified yet" in result.stderr
    assert "weather-platform run" in result.stderr
    assert not (tmp_path / "none").exists()


def test_json_has_every_source_and_baseline_beside_ours_and_the_ideal(lived: Lived) -> None:
    result = CliRunner().invoke(cli, ["leaderboard", "--json"], obj=lived.settings)
    assert result.exit_code == 0, result.output
    rows = [row for row in json.loads(result.stdout) if row["lead_bucket"] == "all"]
    overall = {(row["variable"], row["method"]): row for row in rows}
    assert len(overall) == len(rows)
    for variable in DEFAULT_TARGETS:
        methods = {method for of, method in overall if of == variable}
        assert {"ours", "equal_weight", "bias_corrected", "persistence", "climatology"} <= methods
        assert {"open_meteo/ecmwf_ifs025", "met_norway/blend"} <= methods
        assert all(math.isfinite(row["crps"]) for (of, _), row in overall.items() if of == variable)
    assert ("temperature_c", "nws/blend") in overall  # its amounts are of 6 hours, which are not divided
    ideal, ours = overall["temperature_c", "ideal"], overall["temperature_c", "ours"]
    assert ideal["crps"] < ours["crps"] < overall["temperature_c", "persistence"]["crps"]
