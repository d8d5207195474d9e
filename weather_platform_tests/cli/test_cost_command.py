"""`cost` is legible where people read it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from weather_platform.cli.main import cli


def test_in_a_narrow_terminal_no_amount_is_cut() -> None:
    shown = CliRunner(env={"FORCE_COLOR": "1", "COLUMNS": "50"}).invoke(cli, ["cost"]).stdout
    assert "…" not in shown
    assert "forecast_error_sums" in shown and "1000 vCPU-seconds" in shown


def test_in_a_pipe_every_source_of_the_bill_is_whole() -> None:
    shown = CliRunner().invoke(cli, ["cost"]).stdout
    assert "…" not in shown
    items = json.loads(CliRunner().invoke(cli, ["cost", "--json"]).stdout)["items"]
    assert len(items) > 5
    addresses = [line.split()[-1] for line in shown.splitlines() if "https://" in line]
    assert sorted(addresses) == sorted({item["source"] for item in items})


def test_what_stages_cost_less_what_is_free_is_the_bill() -> None:
    shown = CliRunner().invoke(cli, ["cost"]).stdout
    known = json.loads(CliRunner().invoke(cli, ["cost", "--json"]).stdout)
    whole, paid = (float(line.split()[-1]) for line in shown.splitlines() if line.startswith(" a month"))
    free = float(re.search(r"nothing else: ([\d.]+) USD", " ".join(shown.split()))[1])
    assert whole == pytest.approx(sum(stage["usd_without_free_tier"] for stage in known["stages"]), abs=0.01)
    assert whole - free == pytest.approx(paid, abs=0.02)
    assert paid == pytest.approx(known["usd_a_month"], abs=0.01)


def told(*options: str) -> Any:
    return json.loads(CliRunner().invoke(cli, ["cost", "--json", *options]).stdout)


def test_what_is_stored_and_read_again_grows_with_the_months_and_nothing_else_does() -> None:
    first, later = ({one["item"]: one["units"] for one in told("--months", n)["items"]} for n in ("1", "12"))
    grown = {name for name in first if later[name] > first[name]}
    assert grown == {"bigquery_storage", "gcs_storage", "bigquery_query"}


def test_an_item_is_the_sum_of_what_stages_use_of_it() -> None:
    known = told()
    for one in known["items"]:
        used = [stage["amounts"].get(one["item"], 0.0) for stage in known["stages"]]
        assert sum(map(bool, used)) > 1 or one["units"] == max(used)
        assert one["units"] == pytest.approx(sum(used)), one["item"]


def test_quotas_are_those_of_the_plan_and_of_who_covers_a_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = json.loads(CliRunner().invoke(cli, ["plan", "--json"]).stdout)
    shares = {one["provider"]: one["shares"][one["binds"]] for one in plans if one["binds"]}
    assert {name: share for name, share in told()["quota"].items() if share} == shares
    (tmp_path / "places.csv").write_text(
        "location_id,name,country,latitude,longitude,elevation_m\nrome,Rome,IT,41.9,12.5,20\n"
    )
    monkeypatch.setenv("WEATHER_LOCATIONS_FILE", str(tmp_path / "places.csv"))
    assert set(shares) - set(told()["quota"]) == {"nws", "brightsky", "smhi"}
