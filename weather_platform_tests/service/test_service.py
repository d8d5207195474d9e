"""The service over real HTTP on a real Postgres: an event starts one job however it is delivered."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from weather_platform.service.ledger import Ledger
from weather_platform_tests.postgres_fixtures import free_port, query
from weather_platform_tests.service.conftest import JOBS, Caller, service_environment
from weather_platform_tests.service.events import a_time, pushed


def test_a_tick_starts_its_job_under_the_schedules_role_once_however_often_it_is_delivered(
    service: Caller,
) -> None:
    at = a_time()
    before = len(service.google.started)
    first = service.tick("fetch_cycle", at)
    assert (first.status_code, first.json()["status"]) == (200, "started")
    again = service.tick("fetch_cycle", at)
    assert (again.status_code, again.json()["status"]) == (200, "duplicate")
    ((job, args),) = service.google.started[before:]
    assert job == f"{JOBS}ingest"
    assert args == ["weather-platform", "tick", "fetch_cycle", "--at", at.replace("Z", "+00:00")]


def test_twenty_deliveries_at_once_start_one_job(service: Caller) -> None:
    at = a_time()
    before = len(service.google.started)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: service.tick("every_day", at), range(20)))
    assert len(service.google.started) - before == 1
    # Those that came while the first was being started are asked to come again, and then find it started.
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert service.tick("every_day", at).json()["status"] == "duplicate"


@pytest.mark.parametrize("status", [429, 500, 503, 403, 404])
def test_a_job_that_could_not_be_started_is_tried_again_with_the_next_delivery(
    service: Caller, status: int
) -> None:
    at = a_time()
    service.google.answers.append(status)
    refused = service.tick("every_week", at)
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "30"
    assert service.tick("every_week", at).json()["status"] == "started"


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("nothing", None),
        ("fetch_cycle", "2026-09-03T18:15:00Z"),
        ("fetch_cycle", "2126-09-03T18:15:00Z"),
        ("fetch_cycle", "yesterday"),
        ("fetch_cycle", "9999-12-31T23:59:59-10:00"),
        ("fetch_cycle", "2026-09-03T18:15:00"),
    ],
)
def test_a_tick_that_is_unknown_or_not_of_now_is_refused(service: Caller, name: str, at: str | None) -> None:
    before = len(service.google.started)
    assert service.tick(name, at or a_time()).status_code == 400
    assert len(service.google.started) == before


def test_an_upload_starts_the_sensors_job_once_for_each_version_of_the_file(
    service: Caller, postgres: str
) -> None:
    Ledger(SecretStr(f"{postgres}/service")).begun("new_uploads")
    before = len(service.google.started)
    assert service.push(pushed("observations/a.csv", "m1")).json()["status"] == "started"
    assert service.push(pushed("observations/a.csv", "m1")).json()["status"] == "duplicate"
    assert service.push(pushed("observations/a.csv", "m2")).json()["status"] == "duplicate"
    Ledger(SecretStr(f"{postgres}/service")).begun("new_uploads")
    newer = pushed("observations/a.csv", "m3", objectGeneration="1700000000000002")
    assert service.push(newer).json()["status"] == "started"
    assert (
        service.google.started[before:] == [(f"{JOBS}truth", ["weather-platform", "tick", "new_uploads"])] * 2
    )


def test_a_name_as_long_as_names_of_objects_get_is_taken(service: Caller) -> None:
    longest = f"observations/{'x' * 1011}"
    assert service.push(pushed(longest, "m6")).json()["status"] in {"started", "covered"}


def test_what_asks_for_nothing_is_acknowledged(service: Caller) -> None:
    before = len(service.google.started)
    for body in (
        pushed("observations/a.csv", "m4", eventType="OBJECT_DELETE"),
        pushed("elsewhere/a.csv", "m5"),
    ):
        assert service.push(body).json() == {"status": "ignored"}
    assert len(service.google.started) == before


POISON = {
    "not JSON": b"\x00\xff",
    "a list": b"[]",
    "no message": b"{}",
    "deep": b"[" * 100_000,
    "no attributes": b'{"message": {"messageId": "p1"}}',
    "attributes that are a list": b'{"message": {"messageId": "p10", "attributes": []}}',
    "another bucket": pushed("observations/a.csv", "p2", bucketId="other"),
    "no name": pushed("", "p3"),
    "control characters": pushed("observations/a\x00.csv", "p4"),
    "half a surrogate": pushed("observations/\ud800.csv", "p5"),
    "too long a name": pushed(f"observations/{chr(0x1F600) * 253}", "p8"),
    "no generation": pushed("observations/a.csv", "p6", objectGeneration="new"),
    "message id with a NUL": pushed("observations/a.csv", "p\x007"),
    "too large, and whole": pushed("observations/large.csv", "p9") + b" " * 1_000_000,
    "too large": b'{"message": "' + b"x" * 1_100_000 + b'"}',
}


@pytest.mark.parametrize("what", POISON)
def test_poison_is_acknowledged_and_kept_aside_with_its_reason(
    service: Caller, postgres: str, what: str
) -> None:
    aside = f"{postgres}/service", "SELECT key, reason, deliveries, body FROM weather_events_set_aside"
    before = {row[0] for row in query(*aside)} if _has_tables(postgres) else set()
    for _ in range(2):
        answer = service.push(POISON[what])
        assert (answer.status_code, answer.json()["status"]) == (200, "set aside")
    (kept,) = [row for row in query(*aside) if row[0] not in before]
    assert kept[1] == answer.json()["reason"]
    assert kept[2] == 2
    assert POISON[what].startswith(bytes(kept[3]))  # type: ignore[call-overload]


def _has_tables(postgres: str) -> bool:
    found = query(f"{postgres}/service", "SELECT to_regclass('weather_events_set_aside')")
    return found[0][0] is not None


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_its_own_log_is_in_the_format_that_is_set(log_format: str) -> None:
    """Found by reading: Terraform says json, and Cloud Logging got lines without a severity."""
    environment = service_environment("postgresql://u:p@127.0.0.1:9/d", "http://127.0.0.1:9", free_port())
    done = subprocess.run(
        [sys.executable, "-m", "weather_platform.service"],
        env=os.environ | environment | {"HOST": "192.0.2.1", "WEATHER_LOG_FORMAT": log_format},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    if log_format == "text":
        assert "INFO uvicorn.error Started server process" in done.stderr
    else:
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        assert {line["severity"] for line in lines} == {"INFO", "ERROR"}
