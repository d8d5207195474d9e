"""The station archive: asked by day over real HTTP, kept once, read into rows by the contract."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pandas as pd
import pytest

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.fetching.payloads import Meta, digest
from weather_platform.core.history.fetch import fetch_cycle_of, fetch_days
from weather_platform.core.history.registry import ARCHIVES, in_use
from weather_platform.core.history.spec import DayRows
from weather_platform.core.history.station_archive import ARCHIVE
from weather_platform.core.panel.places_file import read_panel
from weather_platform.core.tables.schema import check
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.objects.local import LocalObjects
from weather_platform.infra.stores.payload_store import PayloadStore
from weather_platform.infra.web.http import client
from weather_platform.sandbox.launch import start

DAY = datetime(2026, 8, 3, tzinfo=UTC)
HEADER = (
    "station_id,location_id,time_utc,available_utc,quality,temperature_c,dew_point_c,relative_humidity_percent,"
    "pressure_msl_hpa,surface_pressure_hpa,cloud_cover_percent,visibility_m,precipitation_mm,wind_speed_m_s,"
    "wind_direction_deg,wind_gust_m_s\n"
)
GOOD = "S,a,2026-08-03T01:00:00Z,2026-08-03T02:10:00Z,good,21.5,11,50,1013,,75,9000,0.2,3.5,270,7\n"


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    with start(seed=7) as sandbox:
        yield Settings(sandbox_url=sandbox.url)


async def fetch(settings: Settings, store: PayloadStore, days: list[datetime]) -> list[str]:
    async with client(ARCHIVE, settings) as http:
        failures = await fetch_days(ARCHIVE, http, days, store, settings.sandbox_now)
    return [failure.reason for failure in failures]


def parse(body: str) -> DayRows:
    meta = Meta(
        provider=ARCHIVE.name,
        cycle=fetch_cycle_of(ARCHIVE, DAY),
        request="2026-08-03.csv",
        role="forecast",
        places=(),
        url="https://stations.invalid/observations?date=2026-08-03",
        status=200,
        fetched_at=DAY + timedelta(days=2),
        quota_weight=1,
        **digest(body.encode()),
    )
    return ARCHIVE.parse(meta, body.encode())


async def test_days_are_fetched_once_and_read_by_the_contract(settings: Settings, tmp_path: Path) -> None:
    store = PayloadStore(LocalObjects(tmp_path))
    days = [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]
    assert await fetch(settings, store, days) == []
    kept = [fetch_cycle_of(ARCHIVE, day) for day in days]
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert len(before) == 3
    dead = settings.model_copy(update={"sandbox_url": "http://127.0.0.1:9"})
    assert await fetch(dead, store, days) == []
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    for day, (meta, body) in zip(days, store.read(ARCHIVE.name, kept, damaged=[]), strict=True):
        read = ARCHIVE.parse(meta, body)
        assert check(read.rows, OBSERVATION).bad.empty and read.quarantine.empty
        assert len(read.rows) == 24 * len(read_panel())
        assert set(read.rows["time"].dt.date) == {day.date()}
        # The archive had them within the hour, and was asked for the whole day when it had ended.
        assert (read.rows["known_at"] == fetch_cycle_of(ARCHIVE, day)).all()
        assert (read.rows["known_at"] <= meta.fetched_at).all()
        assert set(read.rows["quality"]) <= {"good", "suspect"}
        assert 0 < read.rows["temperature_c"].isna().mean() < 0.05


async def test_a_dead_archive_is_a_reason_for_every_day_and_no_error(tmp_path: Path) -> None:
    dead = Settings(sandbox_url="http://127.0.0.1:9")
    reasons = await fetch(dead, PayloadStore(LocalObjects(tmp_path)), [DAY, DAY + timedelta(days=1)])
    assert reasons == ["ConnectError: no connection to 127.0.0.1"] * 2


async def test_a_day_is_asked_for_only_when_it_is_settled(tmp_path: Path) -> None:
    async with httpx.AsyncClient() as nobody:
        store = PayloadStore(LocalObjects(tmp_path))
        failures = await fetch_days(ARCHIVE, nobody, [DAY], store, lambda _cycle: DAY + timedelta(hours=29))
    assert [failure.reason for failure in failures] == [
        "the day is settled only at 2026-08-04T06Z; ask again then"
    ]
    assert fetch_cycle_of(ARCHIVE, DAY) == datetime(2026, 8, 4, 6, tzinfo=UTC)


def test_units_and_missing_values() -> None:
    (row,) = parse(HEADER + GOOD).rows.to_dict("records")
    assert row["relative_humidity"] == 0.5 and row["cloud_cover"] == 0.75
    assert row["wind_speed_m_s"] == 3.5 and row["precipitation_mm"] == 0.2 and row["interval_hours"] == 1
    assert pd.isna(row["surface_pressure_hpa"])
    assert (row["source"], row["station_id"], row["distance_km"]) == ("stations", "S", 0)


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        (GOOD.replace("21.5", "warm"), "temperature_c", "not a number"),
        (GOOD.replace("21.5", "215"), "temperature_c", "outside -95 to 65"),
        (GOOD.replace("01:00:00Z", "01:00:00"), "time_utc", "with its offset"),
        (GOOD.replace("08-03T01", "08-04T01"), "time_utc", "not of the day"),
        (GOOD.replace(",a,", ",,"), "location_id", "missing"),
        (GOOD.replace(",7\n", "\n"), "", "fields"),
    ],
)
def test_a_bad_row_is_set_aside_and_the_others_stay(line: str, column: str, says: str) -> None:
    read = parse(HEADER + line + GOOD)
    assert len(read.rows) == 1
    assert check(read.quarantine, QUARANTINE).bad.empty
    (fault,) = read.quarantine.to_dict("records")
    assert (fault["row"], fault["column"]) == (0, column) and says in fault["reason"]


@pytest.mark.parametrize(
    "body", ["", "<html>busy</html>", '{"error": "date"}', HEADER.replace("quality,", "")]
)
def test_a_body_that_is_no_such_table_is_one_line_with_the_reason(body: str) -> None:
    read = parse(body)
    assert read.rows.empty and check(read.rows, OBSERVATION).bad.empty
    assert read.quarantine["row"].tolist() == [-1]


def test_a_measurement_that_came_later_than_its_day_was_asked_for_is_known_when_it_came() -> None:
    late = GOOD.replace("2026-08-03T02:10:00Z", "2026-08-04T09:10:00Z")
    assert parse(HEADER + late).rows["known_at"].tolist() == [pd.Timestamp("2026-08-04T09:10Z")]


def test_profiles_have_their_own_archives() -> None:
    assert in_use(simulated=True) == [ARCHIVE]
    assert [archive.name for archive in in_use(simulated=False)] == ["open_meteo_archive"]
    assert set(ARCHIVES) == {archive.name for archive in ARCHIVES.values()}


@pytest.mark.parametrize("simulated", [True, False])
def test_a_further_archive_is_asked_by_those_who_name_it_alone(
    simulated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever upgrades and names none downloads what they did before."""
    before = in_use(simulated=simulated)
    further = replace(before[0], name="further")
    monkeypatch.setitem(ARCHIVES, "further", further)
    assert in_use(simulated=simulated) == before
    assert in_use(simulated=simulated, names=["further"]) == [further]


def test_the_registry_is_light() -> None:
    """The code location lists archives at every start, so the registry must not bring pandas."""
    code = (
        "import sys, weather_platform.core.history.registry; "
        "print(*({'pandas', 'pyarrow', 'httpx'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own module
    assert done.stdout.split() == []
