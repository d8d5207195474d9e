"""`weather-platform import observations`, as a user calls it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from weather_platform.cli.main import cli
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.defs.dropped import MAPPING

GOOD = (
    "time,place,temp\n2026-08-01 00:00,berlin,20\n2026-08-01 01:00,berlin,hot\n2026-08-01 02:00,atlantis,9\n"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def run(
    settings: Settings, folder: Path, files: dict[str, str], *options: str, mapping: str = MAPPING
) -> Result:
    (folder / "m.yaml").write_text(mapping)
    for name, text in files.items():
        (folder / name).write_text(text)
    paths = [str(folder / name) for name in files]
    arguments = ["import", "observations", *paths, "--mapping", str(folder / "m.yaml"), *options]
    return CliRunner().invoke(cli, arguments, obj=settings)


def test_a_file_is_taken_in_once_and_told(settings: Settings, tmp_path: Path) -> None:
    first = run(settings, tmp_path, {"obs.csv": GOOD})
    assert first.exit_code == 0, first.output
    assert "2 rows of 2 places" in first.output and "taken in as obs.csv@" in first.output
    assert "not a number, for temperature_c" in first.output
    assert "not in the panel: atlantis" in first.output
    again = run(settings, tmp_path, {"obs.csv": GOOD})
    assert "here already as obs.csv@" in again.output
    store = Platform(settings).uploads
    (upload,) = store.ledger().uploads.values()
    assert (store.load(upload), store.mapping(upload)) == (GOOD.encode(), MAPPING.encode())


def test_rows_from_before_the_first_day_are_told(settings: Settings, tmp_path: Path) -> None:
    result = run(settings, tmp_path, {"obs.csv": GOOD.replace("2026-08-01 02", "2025-02-28 02")})
    assert result.exit_code == 0
    assert "1 of 2 are from before WEATHER_FIRST_DAY (2026-08-01)" in result.stderr
    assert "set it to 2025-02-28 or earlier" in result.stderr
    assert "FIRST_DAY" not in run(settings, tmp_path, {"obs.csv": GOOD}).output


def test_file_and_mapping_may_be_in_utf_16(settings: Settings, tmp_path: Path) -> None:
    for name, text in (("m.yaml", MAPPING), ("obs.csv", GOOD)):
        (tmp_path / name).write_text(text, encoding="utf-16")
    arguments = ["import", "observations", str(tmp_path / "obs.csv"), "--mapping", str(tmp_path / "m.yaml")]
    assert "2 rows of 2 places" in CliRunner().invoke(cli, arguments, obj=settings).output


def test_a_changed_mapping_is_another_version(settings: Settings, tmp_path: Path) -> None:
    run(settings, tmp_path, {"obs.csv": GOOD})
    run(settings, tmp_path, {"obs.csv": GOOD}, mapping=MAPPING + "delay_hours: 5\n")
    ledger = Platform(settings).uploads.ledger()
    assert [ledger.counts(key) for key in ledger.uploads] == [False, True]


def test_json_has_the_whole_count(settings: Settings, tmp_path: Path) -> None:
    result = run(settings, tmp_path, {"obs.csv": GOOD}, "--json")
    told = json.loads(result.output)
    assert told["rows_read"] == 3 and told["rows_out"] == 2 and told["rows_quarantined"] == 1
    assert told["new"] is True and told["upload"].startswith("obs.csv@")


def test_a_refused_file_takes_no_other_with_it(settings: Settings, tmp_path: Path) -> None:
    files = {"bad.csv": "<html>", "dry.csv": "time,place,temp\nnoon,berlin,1\n", "good.csv": GOOD}
    result = run(settings, tmp_path, files)
    assert result.exit_code == 1
    assert "bad.csv: an HTML or XML page" in result.output
    assert "dry.csv: no good row in it. 1 rows: not a time" in result.output
    assert "Traceback" not in result.output
    assert [key.split("@")[0] for key in Platform(settings).uploads.ledger().uploads] == ["good.csv"]


def test_a_wrong_mapping_or_panel_is_one_line(settings: Settings, tmp_path: Path) -> None:
    wrong = run(settings, tmp_path, {"obs.csv": GOOD}, mapping=MAPPING.replace("°C", "bar"))
    assert wrong.exit_code == 1 and "m.yaml: " in wrong.output and "'bar'" in wrong.output
    panel = tmp_path / "p.csv"
    panel.write_text("location_id,latitude,longitude\nx,1,east\n")
    result = run(settings, tmp_path, {"obs.csv": GOOD}, "--locations", str(panel))
    assert result.exit_code == 1 and "line 2, longitude: 'east'" in result.output
    assert run(settings, tmp_path, {}).exit_code == 2
