"""The finished main job: what it leaves, and that running it again asks nothing and changes nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd

from weather_platform.cli.steps import steps
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.tables.schema import check
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.dagster_home import instance
from weather_platform.infra.platform import Platform
from weather_platform.infra.tables import contract_for, table_of
from weather_platform_tests.platform_fixtures import PERIOD, Lived, fingerprints, tables, versions
from weather_platform_tests.recording_proxy import recording

AGAIN = """
import sys
from datetime import datetime
from rich.console import Console
from weather_platform.cli.flow import run_flow
from weather_platform.cli.steps import Period
from weather_platform.infra.configuration.settings import Settings
period = Period(*map(datetime.fromisoformat, sys.argv[2:]))
run_flow(Settings.model_validate_json(sys.argv[1]), period, Console(quiet=True))
"""

# What users give, and a past that is taken from elsewhere.
NOT_OF_THE_JOB = {"uploads", "uploaded_forecasts", "uploaded_features", "reconstructed"}


def table_names(settings: Settings) -> list[str]:
    root = settings.data_dir / "warehouse"
    return sorted({str(path.parent.relative_to(root)) for path in root.rglob("*.parquet")})


def test_running_it_again_asks_nothing_and_changes_nothing(lived: Lived, tmp_path: Path) -> None:
    """Every table but the manifests is removed before, so that each is made again, by a process in another
    time zone.
    """
    settings = lived.copied_to(tmp_path)
    before, kept, models = tables(settings), fingerprints(settings.data_dir / "objects"), versions(settings)
    assert len(models) == len(DEFAULT_TARGETS)
    for folder in (settings.data_dir / "warehouse").iterdir():
        if folder.name != "payloads":  # manifests are made where fetching is, which is not run again
            shutil.rmtree(folder)
    times = [time.isoformat() for time in (PERIOD.start, PERIOD.train_until, PERIOD.end)]
    with recording(str(settings.sandbox_url)) as (url, asked):
        given = settings.model_copy(update={"sandbox_url": url}).model_dump_json()
        subprocess.run(  # noqa: S603 - our own interpreter, no shell
            [sys.executable, "-c", AGAIN, given, *times],
            check=True,
            env=os.environ | {"TZ": "America/New_York"},
        )
    assert [path for path in asked if not path.startswith("/ideal")] == []
    assert tables(settings) == before
    assert fingerprints(settings.data_dir / "objects") == kept
    assert versions(settings) == models


def test_every_row_is_by_its_contract(lived: Lived) -> None:
    warehouse = Platform(lived.settings).warehouse
    names = table_names(lived.settings)
    filled = [name for name in names if name.split("/")[0] != "quarantine"]
    assert {"observations", "features", "predictions", "verification", "forecasts/nws"} <= set(filled)
    for key in build(lived.settings).resolve_asset_graph().get_all_asset_keys():
        if key.path[0] in {"model", "outlook", "report", *NOT_OF_THE_JOB}:
            continue
        contract = contract_for(key)
        rows = warehouse.read(table_of(key), contract)
        # Eight days promote no model, and nobody dropped a forecast.
        assert len(rows) > 0 or key.path in (["champions"], ["forecasts", "uploaded"]), key
        assert check(rows, contract).bad.empty, key
        assert not rows.duplicated(list(contract.key)).any(), key


def read(lived: Lived, pattern: str) -> pd.DataFrame:
    files = sorted(lived.warehouse.glob(f"{pattern}/*.parquet"))
    parts = [part for part in map(pd.read_parquet, files) if len(part)]
    return pd.concat(parts, ignore_index=True)


def test_nothing_is_of_a_time_before_it_was_known(lived: Lived) -> None:
    forecasts = read(lived, "forecasts/*")
    assert (forecasts["lead_hours"] >= 0).all()
    assert (forecasts["fetched_at"] >= forecasts["cycle"]).all()
    assert (
        forecasts["issue_time"].dropna() <= forecasts["fetched_at"][forecasts["issue_time"].notna()]
    ).all()
    for table in ("features", "predictions"):
        rows = read(lived, table)
        assert (rows["known_at"] <= rows["valid_time"]).all()
        assert (rows["lead_hours"] >= 0).all()
    errors = read(lived, "forecast_errors")
    assert (errors["known_at"] > errors["valid_time"]).all()  # an error is known once its truth is


def test_every_place_and_variable_is_predicted_each_cycle(lived: Lived) -> None:
    rows = read(lived, "predictions")
    counts = rows.groupby(["cycle", "variable", "location_id"]).size()
    cycles = (PERIOD.end - PERIOD.train_until).days * 4
    assert len(counts) == cycles * len(DEFAULT_TARGETS) * 3
    assert counts.min() >= 9  # 30 hours at 3-hour steps, the first cut off by the time of fetching


def test_what_is_materialized_tells_its_rows_columns_and_checks(lived: Lived) -> None:
    definitions = build(lived.settings)
    graph = definitions.resolve_asset_graph()
    with instance(lived.settings) as opened:
        for key in graph.get_all_asset_keys():
            if key.path[0] in NOT_OF_THE_JOB:
                continue
            event = opened.get_latest_materialization_event(key)
            assert event is not None, key
            assert event.asset_materialization is not None
            metadata = event.asset_materialization.metadata
            if key.path == ["report"]:
                assert {"report", "quotas", "feeds_now", *DEFAULT_TARGETS} <= set(metadata), key
                assert "trust" in str(metadata["temperature_c_headline"].value)
                continue
            if key.path == ["outlook"]:
                assert "Precipitation, total, mm" in str(metadata["first_whole_day"].value)
                lines = str(metadata["day_ahead"].value).splitlines()
                assert len(lines) == 2 + len(read(lived, "locations*")), lines
                assert "data:image/png;base64," in str(metadata["picture"].value)
                continue
            if key.path[0] == "model":
                assert "reason" in metadata, key
                continue
            assert metadata["dagster/row_count"].value is not None, key
            assert graph.get(key).metadata["dagster/column_schema"], key
            assert metadata["bytes" if "bytes" in metadata else "bytes_of_run"].value, key
            if "rows_of_run" in metadata:
                own = {name for name in metadata if not name.endswith("_of_run")}
                assert own == {"dagster/row_count"}, key


def test_where_no_bar_moves_each_step_has_a_line_as_it_begins_and_as_it_ends(lived: Lived) -> None:
    lines = (lived.settings.data_dir.parent / "told.txt").read_text().splitlines()
    assert lines[0] == "read_locations: begun"
    assert lines[1].startswith("read_locations: done in ")
    assert len(lines) == 2 * len(steps(PERIOD, []))


def test_every_check_says_what_it_found_in_a_line(lived: Lived) -> None:
    graph = build(lived.settings).resolve_asset_graph()
    own = {"contract", "complete", "knowable", "nothing_set_aside", "plausible"}
    with instance(lived.settings) as opened:
        for key in graph.asset_check_keys:
            records = opened.event_log_storage.get_asset_check_execution_history(key, limit=1)
            if key.name in own and records:
                found = records[0].event.dagster_event.asset_check_evaluation_data
                assert found.description, key
                assert "reasons" not in found.metadata or found.metadata["reasons"].value, key


def test_every_asset_but_the_sums_is_checked(lived: Lived) -> None:
    graph = build(lived.settings).resolve_asset_graph()
    checked: dict[str, set[str]] = {}
    for found in graph.asset_check_keys:
        checked.setdefault(found.asset_key.path[0], set()).add(found.name)
    assert checked["payloads"] == {"contract", "complete"}
    assert checked["forecasts"] == {"contract", "knowable", "nothing_set_aside", "fresh"}
    assert checked["features"] == {"contract", "knowable"}
    assert checked["model"] == {"promoted"}
    for name in ("locations", "history", "observations", "uploads", "predictions", "verification"):
        assert "contract" in checked[name]


def test_models_say_what_they_learned_until(lived: Lived) -> None:
    for variable in DEFAULT_TARGETS:
        assert Platform(lived.settings).models.load(variable, "1").trained_until == PERIOD.train_until
