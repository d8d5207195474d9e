"""The bill: amounts follow the panel, free units are free once, and every item has a dated price."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from weather_platform.cli.cost import cost
from weather_platform.core.contracts.learned import ERROR_SUM
from weather_platform.core.cost.amounts import monthly
from weather_platform.core.cost.prices import bill, prices
from weather_platform.core.cost.volumes import Volume, volumes
from weather_platform.core.places_file import panel, places_of
from weather_platform.core.plan import plan
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Horizon


def used(count: int, horizon: int = 120, months: int = 12) -> dict[str, dict[str, float]]:
    places = places_of(panel(None, None))[:count]
    plans = [plan(one, places, Horizon(horizon, one.models), 4) for one in PROVIDERS.values()]
    tables = volumes(plans, len(places), horizon)
    return {stage.stage: stage.amounts for stage in monthly(plans, tables, len(places), horizon, months)}


def test_free_units_are_free_and_the_rest_is_not() -> None:
    price = replace(prices()["bigquery_query"], usd_per_unit=6.0, free_units=1.0)
    assert price.usd(0.5) == 0
    assert price.usd(1.5) == 3.0
    assert bill({"bigquery_query": 2.0}, {"bigquery_query": price}) == {"bigquery_query": 6.0}
    with pytest.raises(KeyError, match="unknown"):
        bill({"unknown": 1.0}, {})


def test_rows_are_as_wide_as_bigquery_counts_them() -> None:
    # four texts of 16, and eight numbers and times... by the contract's own columns
    texts = sum(column.kind == "text" for column in ERROR_SUM.columns)
    others = len(ERROR_SUM.columns) - texts
    volume = Volume("s", ERROR_SUM, rows_a_day=10, further=2)
    assert volume.row_bytes == 16 * texts + 8 * others + 16
    assert volume.bytes_a_day == 10 * volume.row_bytes
    assert 0 < volume.share_of(["day", "nothing of it"]) == 8 / volume.row_bytes


def test_amounts_follow_places_horizon_and_months() -> None:
    few, many = used(10), used(20)
    assert many["features"]["bigquery_storage"] == pytest.approx(2 * few["features"]["bigquery_storage"])
    assert many["payloads"]["gcs_write"] > few["payloads"]["gcs_write"]
    assert used(10, months=24)["payloads"]["gcs_storage"] == pytest.approx(2 * few["payloads"]["gcs_storage"])
    assert used(10, horizon=240)["predictions"]["bigquery_storage"] > few["predictions"]["bigquery_storage"]
    assert many["always there"] == few["always there"]


def test_the_smallest_query_is_billed_ten_mebibytes_of_each_table() -> None:
    tiny = used(1)["verification"]["bigquery_query"] * 2**40
    assert tiny >= 365.25 / 12 * (10 + 10 + 20) * 2**20 * 0.999


def test_the_command_prints_stages_items_and_quota(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WEATHER_DATA_DIR", str(tmp_path))
    shown = CliRunner().invoke(cost, [])
    assert shown.exit_code == 0, shown.output
    for word in ("forecast_errors", "bigquery_query", "a month", "open_meteo", "2026-11-25"):
        assert word in shown.output
    data = json.loads(CliRunner().invoke(cost, ["--json", "--months", "1"]).output)
    assert data["usd_a_month"] == pytest.approx(sum(item["usd"] for item in data["items"]))
    assert all(item["source"].startswith("https://cloud.google.com/") for item in data["items"])
