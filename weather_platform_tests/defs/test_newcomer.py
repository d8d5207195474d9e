"""A past on the first day: previous runs and a reanalysis, backfilled, trained on and verified."""

import json
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from weather_platform.cli.main import cli
from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.truth import RECONCILED
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.infra.web import http
from weather_platform_tests.platform_fixtures import cycles, days, fingerprints, run_assets, run_job
from weather_platform_tests.recording_proxy import recording
from weather_platform_tests.registry_fixtures import RegistryIn

DAYS = 20


@pytest.fixture
def newcomer(fresh: Settings) -> Settings:
    """A deployment that never fetched a forecast in time and has no station: the archives alone."""
    return fresh.model_copy(
        update={"providers": ("open_meteo",), "archives": ("open_meteo_archive",), "horizon_hours": 48}
    )


def test_twenty_days_are_asked_for_in_a_few_spans_and_never_twice(newcomer: Settings) -> None:
    run_job(newcomer, "read_locations")
    with recording(str(newcomer.sandbox_url)) as (url, asked):
        through = newcomer.model_copy(update={"sandbox_url": url})
        run_assets(through, ["reconstructed/open_meteo", "forecasts/open_meteo"], cycles(0, DAYS))
        run_assets(through, ["history/open_meteo_archive"], days(0, DAYS))
        spans = len(asked)
        kept = fingerprints(newcomer.data_dir / "objects")
        run_assets(through, ["reconstructed/open_meteo"], cycles(3, 1))
        run_assets(through, ["history/open_meteo_archive"], days(3, 1))
    assert spans == len(asked) == len(kept) <= 8
    run_assets(newcomer, ["observations"], days(0, DAYS))
    warehouse = Platform(newcomer).warehouse
    rows = warehouse.read("forecasts/open_meteo", FORECAST)
    assert set(rows["reconstructed_from"]) == {"open_meteo_previous_runs"}
    assert set(rows["lead_hours"]) == {24.0, 48.0}
    truth = warehouse.read("observations", RECONCILED)
    assert set(truth["source"]) == {"open_meteo_archive"}
    assert len(truth) == DAYS * 24 * 3


def test_one_command_on_the_live_profile_ends_in_a_leaderboard(
    places_file: Path,
    small_sandbox: str,
    tmp_path: Path,
    registry_in: RegistryIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The real archives' addresses lead to the sandbox here; all else is as a newcomer has it."""
    data = registry_in(tmp_path / "data")
    given = {"PROFILE": "live", "DATA_DIR": data, "LOCATIONS_FILE": places_file, "HORIZON_HOURS": 48}
    given["TARGETS"] = "temperature_c"
    for name, value in given.items():
        monkeypatch.setenv(f"WEATHER_{name}", str(value))
    monkeypatch.setattr(http, "base_url", lambda endpoint, _: f"{small_sandbox}/{endpoint.name}")
    command = ["run", "--days", "24", "--train-days", "15", "--json"]
    # Loopback is no public address, so nothing is asked: the command ends there, and says so.
    refused = CliRunner().invoke(cli, command)
    assert refused.exit_code == 1
    assert "reconstructed/open_meteo has no row:" in refused.stderr
    assert refused.stderr.count("RefusedAddressError") == 2
    monkeypatch.setattr(http, "PublicTransport", httpx.AsyncHTTPTransport)
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 0, result.stderr
    board = [row for row in json.loads(result.stdout) if row["lead_bucket"] == "all"]
    scored = {row["method"]: row["n"] for row in board if row["variable"] == "temperature_c"}
    assert {"ours", "open_meteo/gfs_seamless", "equal_weight"} <= set(scored)
    assert scored["ours"] > 100
    assert "ideal" not in scored
    kept = Platform(Settings()).payloads
    assert kept.cycles("open_meteo_previous_runs")
    assert not kept.cycles("open_meteo")  # nobody was asked for what is newest
