"""Dropped forecasts by cycle, while uploads are stored by other runs."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.uploads import FORECASTS, UPLOADED_FORECAST
from weather_platform.core.partitions import CYCLE
from weather_platform.core.tables.schema import conform
from weather_platform.definitions import build
from weather_platform.defs.uploaded_forecasts import KEY
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.infra.reading import dropped_forecasts
from weather_platform.infra.reading.dropped_forecasts import TABLE, bring_up_to_date
from weather_platform.infra.warehouse.base import Warehouse
from weather_platform_tests.core.trust import test_time_shift as shifted
from weather_platform_tests.platform_fixtures import SILENT, run_assets, run_job

START = datetime(2026, 8, 3, tzinfo=UTC)
CYCLE_KEY = CYCLE.key(START)


def store(
    warehouse: Warehouse,
    upload: str,
    feed: str,
    celsius: float = 20.0,
    start: datetime = START,
    hours_ahead: int = 6,
) -> None:
    """An upload with one row, as a run over uploads stores it."""
    row = {
        "provider": feed.split("/", maxsplit=1)[0],
        "model": feed.split("/")[1],
        "feed": feed,
        "location_id": "denver",
        "latitude": 39.7,
        "longitude": -105.0,
        "cycle": pd.Timestamp(start),
        "fetched_at": pd.Timestamp(start) + pd.Timedelta("1h"),
        "valid_time": pd.Timestamp(start) + pd.Timedelta(hours=hours_ahead),
        "lead_hours": hours_ahead - 1.0,
        "interval_hours": 1,
        "temperature_c": celsius,
        "upload": upload,
    }
    warehouse.replace(FORECASTS, UPLOADED_FORECAST, conform(pd.DataFrame([row]), UPLOADED_FORECAST), [upload])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def meanwhile(monkeypatch: pytest.MonkeyPatch, upload: str, feed: str, celsius: float = 20.0) -> None:
    """Another run stores an upload, and all that follows from it, once the cycle's rows are read."""
    real = dropped_forecasts.rows_of

    def overtaken(warehouse: Warehouse, cycles: Sequence[datetime]) -> pd.DataFrame:
        rows = real(warehouse, cycles)
        monkeypatch.setattr(dropped_forecasts, "rows_of", real)
        store(warehouse, upload, feed, celsius)
        bring_up_to_date(warehouse, cycles)
        return rows

    monkeypatch.setattr(dropped_forecasts, "rows_of", overtaken)


def test_the_asset_loses_no_upload_that_is_stored_while_it_is_made(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Platform(settings).warehouse
    store(warehouse, "x@000001-aaaaaaaa", "mine/v1")
    meanwhile(monkeypatch, "y@000002-bbbbbbbb", "yours/v1")
    job = build(settings).resolve_implicit_global_asset_job_def().get_subset(asset_selection={KEY})
    assert job.execute_in_process(partition_key=CYCLE_KEY, run_config=SILENT).success
    assert sorted(warehouse.read(TABLE, FORECAST, [CYCLE_KEY])["feed"]) == ["mine/v1", "yours/v1"]


def test_a_correction_of_the_same_size_is_seen_while_a_cycle_is_made(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Platform(settings).warehouse
    upload = "x@000001-aaaaaaaa"
    store(warehouse, upload, "mine/v1", 20.0)
    size = warehouse.size(FORECASTS)
    meanwhile(monkeypatch, upload, "mine/v1", 21.0)
    bring_up_to_date(warehouse, [START])
    assert warehouse.size(FORECASTS) == size
    assert warehouse.read(TABLE, FORECAST, [CYCLE_KEY])["temperature_c"].tolist() == [21.0]


def test_a_dropped_file_in_local_times_is_told_with_the_hours(settings: Settings) -> None:
    """Found missing: the checks of feed_health told of providers alone, and no lag of any."""
    run_job(settings, "read_locations")
    rows = shifted.said(shifted.Case(shifted.later(6)))
    key = CYCLE.key(shifted.START)
    Platform(settings).warehouse.replace(TABLE, FORECAST, rows, [key])
    done = run_assets(settings, ["feed_health"], [key])
    (told,) = [one for one in done.get_asset_check_evaluations() if one.check_name == "dropped_sound"]
    assert not told.passed
    reasons = str(told.metadata["reasons"].value)
    assert reasons.count(shifted.ILL) == 1
    assert "6 hours earlier: are its times local, not UTC?" in reasons
