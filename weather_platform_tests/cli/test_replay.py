"""A changed parser is tried on kept replies: what it changes is shown, then stored, and nobody is asked."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
from click.testing import CliRunner, Result

from weather_platform.cli.main import cli
from weather_platform.core.contracts.forecast import FORECAST, QUARANTINE
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.infra.stores.test_payload_store import spoil
from weather_platform_tests.platform_fixtures import Lived, cycles, tables
from weather_platform_tests.replies import encoded, open_meteo


def replayed(settings: Settings, *arguments: str) -> Result:
    # No provider can be reached: whatever is asked for would fail.
    offline = settings.model_copy(update={"sandbox_url": "http://127.0.0.1:9"})
    return CliRunner().invoke(cli, ["replay", "met_norway", *arguments], obj=offline)


def spoiled(settings: Settings) -> None:
    """As an older parser might have left it: a value wrong, a row missing, a row too many."""
    (key,) = cycles(2, 1)[:1]
    warehouse = Platform(settings).warehouse
    rows = warehouse.read("forecasts/met_norway", FORECAST, [key])
    rows.loc[5, "temperature_c"] += 1
    extra = rows.iloc[[7]].assign(valid_time=rows["valid_time"].max() + rows["valid_time"].diff().max())
    rows = rows.drop(index=3)
    warehouse.replace("forecasts/met_norway", FORECAST, pd.concat([rows, extra]), [key])


def test_it_shows_what_would_change_stores_it_when_told_and_then_nothing_differs(
    lived: Lived, tmp_path: Path
) -> None:
    settings = lived.copied_to(tmp_path)
    before = tables(settings)
    clean = json.loads(replayed(settings, "--json").stdout)
    assert clean["cycles"] > 40
    assert clean["rows_same"] > 1000
    assert (clean["rows_added"], clean["rows_removed"], clean["values_changed"]) == (0, 0, {})
    spoiled(settings)
    shown = replayed(settings, "--diff", "--from", "2026-08-03", "--to", "2026-08-04")
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith("met_norway: ")  # and in a pipe with no empty line of a bar's
    assert "1 added, 1 removed, 1 values changed" in " ".join(shown.output.split())
    assert "temperature_c" in shown.output
    assert tables(settings) != before
    assert "Stored" in replayed(settings, "--write", "--from", "2026-08-03", "--to", "2026-08-04").output
    assert tables(settings) == before


def test_a_damaged_reply_is_set_aside_and_keeps_no_other_back(lived: Lived, tmp_path: Path) -> None:
    settings = lived.copied_to(tmp_path)
    platform, (key,) = Platform(settings), cycles(2, 1)[:1]
    before = platform.warehouse.read("forecasts/met_norway", FORECAST, [key])
    bad = sorted((settings.data_dir / "objects" / "payloads" / "met_norway" / key).iterdir())[0]
    spoil(bad.parent, bad.name, -4)
    result = replayed(settings, "--diff", "--write", "--from", "2026-08-03", "--to", "2026-08-04")
    assert result.exit_code == 0, result.output
    assert f"set aside: object 'payloads/met_norway/{key}/{bad.name}': the body" in result.stderr
    assert "1 rows set aside" in " ".join(result.output.split())
    after = platform.warehouse.read("forecasts/met_norway", FORECAST, [key])
    assert 0 < after["location_id"].nunique() == before["location_id"].nunique() - 1
    (told,) = platform.warehouse.read("quarantine/forecasts/met_norway", QUARANTINE, [key])["reason"]
    assert bad.name in told


def test_a_time_without_replies_is_told(lived: Lived) -> None:
    result = replayed(lived.settings, "--from", "2020-01-01", "--to", "2020-02-01")
    assert result.exit_code == 1
    assert "there are cycles from 2026-08-01T00Z to 2026-08-1" in " ".join(result.output.split())


def test_a_range_that_ends_before_it_begins_is_told_so(tmp_path: Path) -> None:
    result = replayed(Settings(data_dir=tmp_path), "--from", "2026-08-04", "--to", "2026-08-02")
    assert result.exit_code == 2
    assert "--from 2026-08-04T00:00 is not before --to 2026-08-02T00:00" in result.stderr


def test_cycles_before_the_first_day_are_compared_and_told_before_they_are_stored(tmp_path: Path) -> None:
    """Of imported ones nothing said that they are not used, and Dagster spoke of an invariant."""
    file = tmp_path / "20260801T010000Z_pier.json"
    file.write_bytes(encoded(open_meteo(hours=6)))
    settings = Settings(data_dir=tmp_path / "data", first_day=date(2026, 8, 10))

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments, obj=settings)

    told = call("import", "open_meteo", str(file))
    assert "1 replies are from before WEATHER_FIRST_DAY (2026-08-10): set it to 2026-08-01" in told.stderr
    shown = call("replay", "open_meteo", "--diff")
    assert shown.exit_code == 0 and "5 added" in shown.output and "2026-08-01T04:00Z" in shown.output
    refused = call("replay", "open_meteo", "--write")
    assert refused.exit_code == 1 and "5 added" not in refused.output
    assert "2026-08-01T00Z is before WEATHER_FIRST_DAY (2026-08-10); set that" in refused.stderr
