"""The bill: amounts follow the panel, free units are free once, and every item has a dated price."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from dagster import AssetKey

from weather_platform.cli.cost import cost
from weather_platform.core.contracts.errors import ERROR_SUM, TRUTH_AGREEMENT
from weather_platform.core.cost.amounts import Scanned, monthly
from weather_platform.core.cost.prices import bill, prices
from weather_platform.core.cost.reads import reads
from weather_platform.core.cost.runs import SIZES, runs
from weather_platform.core.cost.volumes import Volume, volumes
from weather_platform.core.panel.places_file import panel, places_of
from weather_platform.core.panel.plan import plan
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Horizon
from weather_platform.core.quantities.targets import DEFAULT_TARGETS, KNOWN
from weather_platform.core.tables.schema import empty
from weather_platform.infra.bigquery.open import open_warehouse
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.roles import TICK_ROLES
from weather_platform.infra.tables import contract_for
from weather_platform_tests.deploy.homes import DEPLOY
from weather_platform_tests.stand_ins.servers import PROJECT
from weather_platform_tests.stand_ins.servers import BigQuery as StandIn


def used(
    count: int,
    horizon: int = 120,
    months: int = 12,
    scanned: Scanned | None = None,
    variables: Sequence[str] = DEFAULT_TARGETS,
) -> dict[str, dict[str, float]]:
    places = places_of(panel(None, None))[:count]
    plans = [plan(one, places, Horizon(horizon, one.models), 4) for one in PROVIDERS.values()]
    tables = volumes(plans, len(places), horizon, variables)
    stages = monthly(
        plans,
        tables,
        len(places),
        horizon_hours=horizon,
        months_kept=months,
        variables=variables,
        scanned=scanned,
    )
    return {stage.stage: stage.amounts for stage in stages}


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
    volume = Volume(("s",), ERROR_SUM, rows_a_day=10, further=2)
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


def test_a_bill_by_hand() -> None:
    """Five places of one provider, four cycles a day, five days ahead; of its forecasts very many rows."""
    month, places = 365.25 / 12, places_of(panel(None, None))[:5]
    plans = [plan(PROVIDERS["weatherapi"], places, Horizon(120), 4)]
    tables = volumes(plans, 5, 120, DEFAULT_TARGETS)

    def bill_of(million_rows: int) -> dict[str, dict[str, float]]:
        many = tables | {"forecasts": replace(tables["forecasts"], rows_a_day=million_rows * 1e6)}
        stages = monthly(plans, many, 5, horizon_hours=120, months_kept=3, variables=DEFAULT_TARGETS)
        return {stage.stage: stage.amounts for stage in stages}

    one, two = bill_of(10), bill_of(20)
    assert one["payloads"]["gcs_write"] == pytest.approx(5 * 4 * month / 1000)
    assert one["payloads"]["gcs_read"] == pytest.approx(3 * 5 * 4 * month / 1000)
    daily = {name: table.bytes_a_day for name, table in tables.items()}
    assert one["features"]["bigquery_storage"] == pytest.approx(3 * month * daily["features"] / 2**30)
    assert one["drift"]["bigquery_read"] == pytest.approx(month * 35 * daily["features"] / 2**40)
    # A query scans the columns that it names, and whole days: of the cycle and the day before it, two.
    columns = {
        read.stage: read.columns for read in reads(4, 120, DEFAULT_TARGETS) if read.table == "forecasts"
    }
    for stage, times, days in (("forecast_errors", 1, 6), ("features", 4, 2)):
        width = tables["forecasts"].row_bytes * tables["forecasts"].share_of(columns[stage])
        more = two[stage]["bigquery_query"] - one[stage]["bigquery_query"]
        assert more == pytest.approx(month * times * days * 10e6 * width / 2**40)
    # Jobs of `serve` have two vCPU and 4 GiB: 45 s to start, and 0.6 s a place.
    seconds = 4 * month * max(60, 45 + 3 * 0.2 * 5)
    assert one["predictions"]["run_cpu"] == pytest.approx(2 * seconds / 1000)
    assert one["predictions"]["run_memory"] == pytest.approx(4 * seconds / 1000)


def test_the_smallest_query_is_billed_ten_mebibytes_of_each_table() -> None:
    runs = 365.25 / 12
    ten = 10 * 2**20
    # Each day and variable: truth and predictions, each with its lines of the ledger; then the transaction
    # scans a day and what was staged, and the ledger tells the size.
    tiny = used(1, months=1)["calibration"]["bigquery_query"] * 2**40
    assert tiny == pytest.approx(runs * ten * (2 * 2 * len(DEFAULT_TARGETS) + 2 + 1), rel=0.01)


def test_what_dry_runs_tell_is_believed_and_what_they_cannot_is_counted() -> None:
    gibibyte = 2**30

    def bytes_of(times: int) -> Scanned:
        return lambda read, _: times * gibibyte if read.table == "forecasts" else None

    one, two, counted = used(5, scanned=bytes_of(1)), used(5, scanned=bytes_of(2)), used(5)
    more = two["forecast_errors"]["bigquery_query"] - one["forecast_errors"]["bigquery_query"]
    assert more * 2**40 == pytest.approx(365.25 / 12 * gibibyte), "read once a day"
    assert one["forecast_errors"]["bigquery_query"] > counted["forecast_errors"]["bigquery_query"]
    assert one["verification"] == counted["verification"]


def test_more_targets_cost_more_wherever_they_are_worked_on() -> None:
    few, many = used(20), used(20, variables=tuple(KNOWN))
    for stage in ("forecast_errors", "features", "predictions", "verification"):
        assert many[stage]["bigquery_storage"] > few[stage]["bigquery_storage"], stage
    for stage in ("model", "predictions", "verification"):
        assert many[stage]["run_cpu"] > few[stage]["run_cpu"], stage
    assert many["payloads"] == few["payloads"]
    assert many["forecasts"] == few["forecasts"]


def test_reads_name_columns_and_stages_that_there_are() -> None:
    places = places_of(panel(None, None))[:3]
    tables = volumes([plan(PROVIDERS["nws"], places, Horizon(120), 4)], 3, 120, tuple(KNOWN))
    for read in reads(4, 120, tuple(KNOWN)):
        assert read.stage in {*tables, "model"}
        assert set(read.columns or ()) <= set(tables[read.table].contract.by_name)
    for volume in tables.values():
        for name in volume.names:
            assert contract_for(AssetKey(name.split("/"))).grain is volume.contract.grain


def test_runs_and_sizes_are_those_of_a_deployment() -> None:
    places = places_of(panel(None, None))
    plans = [plan(PROVIDERS["weatherapi"], places, Horizon(120), 4)]
    listed = {run.tick: run.role for run in runs(plans, len(places), DEFAULT_TARGETS)}
    assert listed == TICK_ROLES
    terraform = (DEPLOY / "terraform" / "run.tf").read_text()
    for role, cpu, memory in re.findall(r'(\w+) += { cpu = "(\d+)", memory = "(\d+)Gi" }', terraform):
        assert role == "operate" or SIZES[role] == (float(cpu), float(memory))


def test_the_command_prints_stages_items_and_quota(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WEATHER_DATA_DIR", str(tmp_path))
    shown = CliRunner().invoke(cost, [])
    assert shown.exit_code == 0, shown.output
    for word in ("forecast_errors", "bigquery_query", "a month", "open_meteo", "2025-12-01"):
        assert word in shown.output
    data = json.loads(CliRunner().invoke(cost, ["--json", "--months", "1"]).output)
    assert data["usd_a_month"] == pytest.approx(sum(item["usd"] for item in data["items"]))
    assert all(item["source"].startswith("https://cloud.google.com/") for item in data["items"])


def test_a_dry_run_asks_bigquery_where_there_is_one_and_counts_where_nothing_is_stored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bqemulator: StandIn
) -> None:
    monkeypatch.setenv("WEATHER_DATA_DIR", str(tmp_path))
    refused = CliRunner().invoke(cost, ["--dry-run"])
    assert refused.exit_code == 2
    assert "WEATHER_PROFILE=gcp" in refused.output
    for name, value in {
        "PROFILE": "gcp",
        "GCP_PROJECT": PROJECT,
        "BUCKET": "weather",
        "DATASET": "priced",
        "PROVIDERS": "nws",
        "BIGQUERY_ENDPOINT": bqemulator.endpoint,
        "BIGQUERY_STORAGE_ENDPOINT": bqemulator.storage,
    }.items():
        monkeypatch.setenv(f"WEATHER_{name}", value)
    asked, counted = (CliRunner().invoke(cost, ["--json", *more]) for more in (["--dry-run"], []))
    assert asked.exit_code == 0, asked.output
    assert json.loads(asked.output) == json.loads(counted.output), "nothing is stored yet"
    warehouse = open_warehouse(Settings())
    warehouse.replace("truth_agreement", TRUTH_AGREEMENT, empty(TRUTH_AGREEMENT), ["2026-08-01"])
    told = json.loads(CliRunner().invoke(cost, ["--json", "--dry-run"]).output)
    assert told["usd_a_month"] == pytest.approx(json.loads(counted.output)["usd_a_month"], abs=0.01)
