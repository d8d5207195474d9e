"""What the service does where those that it asks are slow, away or odd, and what of that it tells whom."""

import json
import logging
from collections.abc import AsyncIterator

import pytest

from weather_platform.service import app as module
from weather_platform_tests.loopback import Answer, Seen, serve
from weather_platform_tests.postgres_fixtures import free_port, query
from weather_platform_tests.service.conftest import AUDIENCE, BUCKET, SCHEDULER
from weather_platform_tests.service.events import pushed
from weather_platform_tests.service.google import Google
from weather_platform_tests.service.in_process import pushed_to, ticked

AWAY = {"error": "a service that this one needs is away"}


@pytest.mark.parametrize(("status", "level"), [(403, logging.ERROR), (503, logging.WARNING)])
async def test_a_job_that_google_refuses_is_an_error_in_the_log_and_one_that_is_to_wait_is_none(
    quiet_google: Google, database: str, caplog: pytest.LogCaptureFixture, status: int, level: int
) -> None:
    quiet_google.answers.append(status)
    assert (await ticked(quiet_google, database)).status_code == 503
    (line,) = [one for one in caplog.records if one.name == module.__name__]
    assert line.levelno == level and f"answered {status}" in line.getMessage()


async def test_a_job_api_that_is_silent_is_left_and_its_event_free_again(
    quiet_google: Google, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TIMEOUT_SECONDS", 0.1)
    async with serve(lambda _: Answer(delay_seconds=60)) as url:
        answer = await ticked(quiet_google, database, run_endpoint=url)
    assert answer.status_code == 503
    assert "cannot be reached: ReadTimeout" in answer.text
    assert query(database, "SELECT key FROM weather_events") == []


async def test_without_googles_certificates_the_service_asks_to_be_called_again(
    quiet_google: Google, database: str
) -> None:
    certificates = f"http://127.0.0.1:{free_port()}/"
    answer = await ticked(quiet_google, database, ticks_certificates_url=certificates)
    assert (answer.status_code, answer.json()) == (503, AWAY)
    assert quiet_google.started == []


async def test_only_encodings_that_are_decoded_are_asked_for(quiet_google: Google, database: str) -> None:
    asked: list[str] = []

    def certificates(seen: Seen) -> Answer:
        asked.append(seen.headers["accept-encoding"])
        return Answer(json.dumps({"key-1": quiet_google.certificate}).encode())

    async with serve(certificates) as url:
        answer = await ticked(quiet_google, database, ticks_certificates_url=f"{url}/")
    assert answer.status_code == 200
    assert asked == ["gzip, deflate"]


@pytest.mark.parametrize(("behind_iam", "status"), [(True, 200), (False, 401)])
async def test_whether_cloud_run_stands_before_it_is_a_setting(
    quiet_google: Google, database: str, behind_iam: bool, status: int
) -> None:
    forwarded = quiet_google.forwarded(quiet_google.token(SCHEDULER, AUDIENCE))
    answer = await ticked(quiet_google, database, forwarded, ticks_behind_iam=behind_iam)
    assert answer.status_code == status
    assert len(quiet_google.started) == (status == 200)


async def test_of_a_body_without_end_no_more_is_read_than_tells_that_it_is_too_large(
    quiet_google: Google, database: str
) -> None:
    taken: list[int] = []

    async def endless(size: int) -> AsyncIterator[bytes]:
        for _ in range(10_000_000 // size):
            taken.append(size)
            yield b"x" * size

    for size in (100_000, 150_000):  # a delivery may come in other pieces
        taken.clear()
        assert (await pushed_to(quiet_google, database, endless(size))).json()["status"] == "set aside"
        assert sum(taken) < 1_200_000
    assert query(database, "SELECT deliveries, length(body) FROM weather_events_set_aside") == [(2, 65_536)]


async def test_a_message_is_known_again_although_its_delivery_is_counted(
    quiet_google: Google, database: str
) -> None:
    message = json.loads(pushed("a.csv", "m1", bucketId=f"not-{BUCKET}"))
    for attempt in (1, 2):
        body = json.dumps(message | {"deliveryAttempt": attempt}).encode()
        assert (await pushed_to(quiet_google, database, body)).json()["status"] == "set aside"
    aside = query(database, "SELECT key, deliveries FROM weather_events_set_aside")
    assert aside == [("message/m1", 2)]
