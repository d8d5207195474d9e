"""The lattice command writes a panel that the platform reads, and says what is wrong with a call."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from weather_platform.cli.main import cli
from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.core.panel.places_file import read_panel
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.platform_fixtures import run_job


def test_a_lattice_joins_the_users_own_sites_in_the_locations_asset(fresh: Settings, tmp_path: Path) -> None:
    out = tmp_path / "lattice.csv"
    result = CliRunner().invoke(cli, ["lattice", "--points", "40", "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["places"] == 40
    first = out.read_bytes()
    assert CliRunner().invoke(cli, ["lattice", "--points", "40", "--out", str(out)]).exit_code == 0
    assert out.read_bytes() == first
    settings = fresh.model_copy(update={"lattice_file": out})
    assert build(settings) and run_job(settings, "read_locations").success
    stored = Platform(settings).warehouse.read("locations", LOCATIONS)
    assert len(stored) == 43
    assert set(read_panel(out)["location_id"]) < set(stored["location_id"])


def test_a_budget_counts_the_users_own_sites(
    fresh: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEATHER_LOCATIONS_FILE", str(fresh.locations_file))
    asked = ["lattice", "--calls-per-day", "1000", "--provider", "weatherapi", "--json"]
    result = CliRunner().invoke(cli, [*asked, "--out", str(tmp_path / "l.csv")])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["places"] == 1000 // 4 - 3  # four cycles, three own sites


def test_a_further_horizon_affords_fewer_places_of_open_meteo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    afforded = []
    for hours in ("48", "360"):
        monkeypatch.setenv("WEATHER_HORIZON_HOURS", hours)
        call = ["lattice", "--calls-per-day", "10000", "--json", "--out", str(tmp_path / "l.csv")]
        afforded.append(json.loads(CliRunner().invoke(cli, call).output)["places"])
    assert 0 < afforded[1] < afforded[0]


def test_land_alone_is_kept_by_a_mask_that_is_an_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "l.csv"

    def land(points: int) -> Result:
        call = ["lattice", "--points", str(points), "--land-only", "--out", str(out), "--json"]
        return CliRunner().invoke(cli, call)

    monkeypatch.setitem(sys.modules, "global_land_mask.globe", None)
    lacking = land(40)
    assert lacking.exit_code == 1 and "pip install 'weather-platform[land]'" in lacking.output
    # The mask itself takes a gigabyte of memory.
    mask = SimpleNamespace(is_land=lambda latitude, _longitude: latitude > 45)
    monkeypatch.setitem(sys.modules, "global_land_mask", SimpleNamespace(globe=mask))
    monkeypatch.setitem(sys.modules, "global_land_mask.globe", mask)
    nowhere = land(1)
    assert nowhere.exit_code == 1 and "1 points is on land; ask for more" in nowhere.output
    assert not out.exists()
    assert json.loads(land(40).output) == {"points": 40, "places": 6, "file": str(out)}
    assert (read_panel(out)["latitude"] > 45).all()


def test_a_wrong_call_says_what_to_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = str(tmp_path / "l.csv")
    both = CliRunner().invoke(cli, ["lattice", "--out", out])
    assert both.exit_code == 2 and "either --points or --calls-per-day" in both.output
    few = CliRunner().invoke(
        cli, ["lattice", "--calls-per-day", "8", "--provider", "weatherapi", "--out", out]
    )
    assert few.exit_code == 1 and "raise it or give fewer own places" in few.output
    gone = CliRunner().invoke(cli, ["lattice", "--points", "4", "--out", str(tmp_path / "no" / "l.csv")])
    assert gone.exit_code == 1 and f"there is no folder {tmp_path / 'no'}; make it" in gone.output
    endless = CliRunner().invoke(cli, ["lattice", "--calls-per-day", "inf", "--out", out])
    assert endless.exit_code == 2 and "'inf' is not a valid integer" in endless.output
    monkeypatch.setenv("WEATHER_LOCATIONS_FILE", str(tmp_path / "none.csv"))
    unread = CliRunner().invoke(cli, ["lattice", "--calls-per-day", "10000", "--out", out])
    assert unread.exit_code == 1 and "WEATHER_LOCATIONS_FILE must name a CSV" in unread.output
