"""The server as a whole: clock, faults, reproducibility, the station archive, the ideal, its start."""

import csv
import io
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.reference import ideal_blend
from weather_platform.sandbox.feeds import PROVIDERS
from weather_platform.sandbox.launch import start
from weather_platform.sandbox.outages import is_down, outages
from weather_platform.sandbox.panel import read_panel
from weather_platform.sandbox.scenarios import SCENARIOS
from weather_platform.sandbox.world import BLOCK_HOURS
from weather_platform_tests.sandbox.conftest import NOW, SEED, Get

FORECAST = "/open_meteo/v1/forecast?latitude=52.5244&longitude=13.4105&hourly=temperature_2m"

_LAT, _LON = "39.7392", "-104.9847"
ANY = {
    "open_meteo": f"/open_meteo/v1/forecast?latitude={_LAT}&longitude={_LON}"
    "&hourly=temperature_2m,relative_humidity_2m,wind_speed_10m",
    "openweathermap": f"/openweathermap/data/2.5/forecast?lat={_LAT}&lon={_LON}&appid=x",
    "weatherapi": f"/weatherapi/v1/forecast.json?q={_LAT},{_LON}&key=x",
    "met_norway": f"/met_norway/weatherapi/locationforecast/2.0/complete?lat={_LAT}&lon={_LON}",
    "nws": "/nws/gridpoints/SIM/7502,12974",
}


def fault(url: str, **wanted: object) -> httpx.Response:
    return httpx.post(f"{url}/faults", json=wanted)


def test_the_same_request_gets_the_same_bytes_after_a_restart_and_in_any_order(get: Get) -> None:
    times = [NOW, NOW + timedelta(days=40), NOW - timedelta(days=3)]
    first = [get(FORECAST, now=now).content for now in times]
    with start(seed=SEED) as again, httpx.Client(base_url=again.url) as client:
        second = [
            client.get(FORECAST, headers={"X-Sandbox-Now": now.isoformat()}).content
            for now in reversed(times)
        ]
    assert first == second[::-1]
    assert len(set(first)) == 3


def test_a_later_run_says_something_else_about_the_same_hour(get: Get) -> None:
    before, after = (get(FORECAST, now=NOW + timedelta(hours=h)).json()["hourly"] for h in (0, 6))
    assert before["time"] == after["time"]
    assert before["temperature_2m"] != after["temperature_2m"]
    between = get(FORECAST, now=NOW + timedelta(minutes=30)).json()["hourly"]
    assert between == before


def test_the_clock_can_be_set_and_the_header_overrules_it(sandbox_url: str) -> None:
    with httpx.Client(base_url=sandbox_url) as client:
        assert (
            client.post("/clock", json={"now": "2026-08-12T00:00:00Z"}).json()["now"]
            == "2026-08-12T00:00:00Z"
        )
        assert client.get("/clock").json() == {"now": "2026-08-12T00:00:00Z", "simulated": True}
        assert client.get(FORECAST).json()["hourly"]["time"][0] == "2026-08-12T00:00"
        header = {"X-Sandbox-Now": NOW.isoformat()}
        assert client.get(FORECAST, headers=header).json()["hourly"]["time"][0] == "2026-08-10T00:00"
        assert client.post("/clock", json={"now": "2026-08-12T00:00:00"}).status_code == 400
        assert client.post("/clock", content=b"{").status_code == 400
        assert client.get(FORECAST, headers={"X-Sandbox-Now": "yesterday"}).status_code == 400
        assert client.get(FORECAST, headers={"X-Sandbox-Now": "1969-07-20T00:00:00Z"}).status_code == 400
        assert client.get("/nonesuch").status_code == 404


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("down", lambda reply, _good: reply.status_code == 503),
        ("error_500", lambda reply, _good: reply.status_code == 500),
        ("too_many", lambda reply, _good: reply.status_code == 429 and "retry-after" not in reply.headers),
        ("retry_after", lambda reply, _good: reply.headers["retry-after"] == "3600"),
        ("refused", lambda reply, _good: reply.status_code == 401),
        ("redirect", lambda reply, _good: "169.254.169.254" in reply.headers["location"]),
        ("html", lambda reply, _good: reply.status_code == 200 and reply.text.startswith("<!DOCTYPE html>")),
        ("empty", lambda reply, _good: reply.status_code == 200 and reply.content == b""),
        ("truncated", lambda reply, good: good.content.startswith(reply.content) and len(reply.content) > 99),
        ("bomb", lambda reply, _good: len(reply.content) == 64 << 20),
        ("wrong_place", lambda reply, _good: abs(reply.json()["latitude"] - 52.5244) > 10),
        ("stale", lambda reply, good: _first(reply)["time"] < _first(good)["time"]),
        ("new_keys", lambda reply, good: set(_first(reply)) > set(_first(good))),
        ("missing_keys", lambda reply, good: set(_first(good)) - set(_first(reply)) == {"temperature_2m"}),
        ("renamed_keys", lambda reply, _good: "air_temperature_2m" in _first(reply)),
        ("text_numbers", lambda reply, good: _warm(reply) == [*map(str, _warm(good))]),
        ("nulls", lambda reply, good: _warm(reply) == [None] * len(_warm(good))),
        ("swapped", lambda reply, good: _warm(reply) == _first(good)["relative_humidity_2m"]),
        ("units", lambda reply, good: _warm(reply)[0] == pytest.approx(_warm(good)[0] * 1.8 + 32)),
    ],
)
def test_faults_show_and_pass(
    sandbox_url: str, get: Get, kind: str, seen: Callable[[httpx.Response, httpx.Response], bool]
) -> None:
    asked = f"{FORECAST},relative_humidity_2m"
    good = get(asked)
    assert fault(sandbox_url, provider="open_meteo", kind=kind, times=1).json() == {"open_meteo": kind}
    assert seen(get(asked), good)
    assert get(asked).content == good.content


def _first(reply: httpx.Response) -> dict:
    return reply.json()["hourly"]


def _warm(reply: httpx.Response) -> list:
    return _first(reply)["temperature_2m"]


def test_a_flapping_provider_comes_and_goes(sandbox_url: str, get: Get) -> None:
    fault(sandbox_url, provider="open_meteo", kind="flapping", times=9)
    assert [get(FORECAST).status_code for _ in range(9)] == [503] * 3 + [200] * 3 + [503] * 3


def test_a_gigabyte_is_sent_as_long_as_someone_listens(sandbox_url: str) -> None:
    fault(sandbox_url, provider="open_meteo", kind="huge", times=1)
    with httpx.stream("GET", f"{sandbox_url}{FORECAST}") as reply:
        assert int(reply.headers["content-length"]) > 1_000_000_000
        assert b'"hourly"' in next(reply.iter_bytes())


def test_what_drips_takes_long(sandbox_url: str) -> None:
    fault(sandbox_url, provider="open_meteo", kind="drip", seconds=0.05, times=1)
    with httpx.stream("GET", f"{sandbox_url}{FORECAST}") as reply:
        pieces = reply.iter_raw()
        began = time.monotonic()
        assert sum(len(next(pieces)) for _ in range(4)) <= 5 * 8
    assert time.monotonic() - began > 0.1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_scenario_can_be_shown_by_every_provider(sandbox_url: str, get: Get, provider: str) -> None:
    """What they do to a reply of it; only waiting and endless ones are left out."""
    path = ANY[provider]
    good = get(path)
    assert good.status_code == 200
    for kind, scenario in SCENARIOS.items():
        if not (scenario.seconds or kind in ("huge", "bomb")):
            fault(sandbox_url, provider=provider, kind=kind, times=1)
            assert get(path).content != good.content, kind


def test_a_slow_provider_holds_up_no_other(sandbox_url: str, get: Get) -> None:
    fault(sandbox_url, provider="open_meteo", kind="slow", seconds=0.5, times=1)
    began = time.monotonic()
    get(FORECAST)
    assert time.monotonic() - began >= 0.5
    assert fault(sandbox_url, provider="open_meteo", kind="none").json() == {}


@pytest.mark.parametrize(
    "wanted",
    [
        {"provider": "x", "kind": "down"},
        {"provider": "nws", "kind": "x"},
        {"provider": "nws", "kind": "slow", "seconds": 1e9},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(sandbox_url: str, wanted: dict[str, object]) -> None:
    reply = fault(sandbox_url, **wanted)
    assert reply.status_code == 400
    assert "must be" in reply.json()["error"]


def test_an_outage_is_a_503_of_that_provider_alone(get: Get) -> None:
    block = int(NOW.timestamp() // 3600 // BLOCK_HOURS)
    begin, _ = outages(SEED, "open_meteo", block)[0]
    now = datetime.fromtimestamp(begin * 3600 + 60, UTC)
    assert get(FORECAST, now=now).status_code == 503
    nws = get("/nws/points/39.7392,-104.9847", now=now)
    assert nws.status_code == (503 if is_down(SEED, "nws", now.timestamp()) else 200)


def stations(get: Get, day: str, now: datetime) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(get("/stations/observations", now=now, date=day).text)))


def test_the_archive_knows_nothing_before_it_is_out(get: Get) -> None:
    whole = stations(get, "2026-08-10", NOW + timedelta(days=2))
    assert len(whole) == 24 * len(read_panel())
    so_far = stations(get, "2026-08-10", NOW)
    assert 0 < len(so_far) < len(whole)
    assert all(datetime.fromisoformat(row["available_utc"]) <= NOW for row in so_far)
    assert [row for row in whole if row in so_far] == so_far
    delays = [
        datetime.fromisoformat(r["available_utc"]) - datetime.fromisoformat(r["time_utc"]) for r in whole
    ]
    assert timedelta(minutes=60) <= min(delays) <= max(delays) <= timedelta(minutes=90)
    assert stations(get, "2027-08-10", NOW) == []
    assert get("/stations/observations", date="10.8.2026").status_code == 400
    assert get("/stations/observations", date="1969-07-20").status_code == 400


def test_the_archive_has_gaps_and_suspects_and_no_sentinels(get: Get) -> None:
    rows = [row for day in range(1, 10) for row in stations(get, f"2026-07-0{day}", NOW)]
    marks = [row["quality"] for row in rows]
    assert set(marks) == {"good", "suspect"}
    assert 0 < marks.count("suspect") / len(marks) < 0.01
    empty = sum(row["temperature_c"] == "" for row in rows) / len(rows)
    assert 0.003 < empty < 0.03
    assert all(float(row["precipitation_mm"] or 0) >= 0 for row in rows)
    assert all(row["station_id"] == f"SIM-{row['location_id']}" for row in rows)


def test_the_ideal_comes_as_columns_of_one_length(get: Get) -> None:
    columns = get("/ideal", cycle="2026-08-10T06Z", hours="48").json()
    assert list(columns) == ["location_id", "cycle", "valid_time", "variable", "value", "sd"]
    assert {len(column) for column in columns.values()} == {2 * len(read_panel()) * 16}
    assert set(columns["variable"]) == {"temperature_c", "wind_speed_m_s"}
    assert (columns["valid_time"][0], columns["cycle"][0]) == ("2026-08-10T09:00:00Z", "2026-08-10T06:00:00Z")
    assert get("/ideal", cycle="2026-08-10").status_code == 400
    assert get("/ideal", cycle="2026-08-10T06Z", hours="9999").status_code == 400


def test_it_starts_at_once_and_stops_with_its_context(capfd: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    with start() as sandbox:
        process = sandbox.process
        assert time.monotonic() - began < 5  # about half a second alone; the rest is for a busy machine
    assert process.poll() in (0, -signal.SIGTERM)
    assert capfd.readouterr().err == ""


def test_no_proxy_of_the_environment_is_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found by trying: where HTTP_PROXY was set, as offices do, a run gave up its own sandbox after 30 s."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with start() as sandbox:
        assert len(ideal_blend(Settings(sandbox_url=sandbox.url, horizon_hours=6), ["2026-08-01T00Z"]))


def test_it_ends_when_whoever_started_it_is_killed() -> None:
    code = """
import os, signal
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.reference import ideal_blend
from weather_platform.sandbox.feeds import PROVIDERS
from weather_platform.sandbox.launch import start
with start() as sandbox:
    print(sandbox.url, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert killed.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 10
    with pytest.raises(httpx.ConnectError):
        while time.monotonic() < deadline:
            httpx.get(f"{killed.stdout.strip()}/healthz")
            time.sleep(0.05)


def test_a_panel_that_cannot_be_read_is_a_clear_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    places = tmp_path / "places.csv"
    places.write_text("location_id,latitude,longitude\nhere,ninety,0\n")
    with pytest.raises(RuntimeError, match="did not start"), start(places):
        pass
    message = capfd.readouterr().err
    assert "places.csv, line 2" in message
    assert "Traceback" not in message


def test_importing_it_imports_neither_dagster_nor_pandas() -> None:
    heavy = ("dagster", "pandas", "pydantic", "weather_platform.infra")
    code = f"import sys, weather_platform.sandbox.server; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert out.stdout.strip() == "[]"
