"""Without its Postgres the service starts nothing, says why, and asks to be called again."""

import asyncio

import psycopg2
import pytest
from pydantic import SecretStr

from weather_platform.service.ledger import Ledger
from weather_platform_tests.postgres_fixtures import free_port, query
from weather_platform_tests.service.conftest import Caller, served
from weather_platform_tests.service.events import a_time, pushed
from weather_platform_tests.service.google import Google
from weather_platform_tests.service.in_process import ticked


def test_without_its_postgres_the_service_starts_nothing_and_asks_to_be_called_again(
    quiet_google: Google,
) -> None:
    away = f"postgresql://weather:secret@127.0.0.1:{free_port()}/weather"
    with served(quiet_google, away) as url:
        caller = Caller(url, quiet_google)
        for answer in (
            caller.tick("fetch_cycle", a_time()),
            caller.push(pushed("observations/a.csv", "a1")),
            caller.push(b"poison"),
        ):
            assert answer.status_code == 503
            assert "secret" not in answer.text
    assert quiet_google.started == []


async def test_a_postgres_that_is_away_is_told_without_its_password(
    quiet_google: Google, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await ticked(quiet_google, "postgresql://user:S3CR3T@127.0.0.1:9/db")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert "no connection to Postgres at 127.0.0.1:9: OperationalError" in caplog.text
    assert "S3CR3T" not in caplog.text + answer.text


async def test_a_postgres_that_takes_nothing_is_told_and_asks_to_be_called_again(
    quiet_google: Google, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Found by trying: as where its disk is full, or a standby answers. It was a traceback and 500."""
    name = database.rpartition("/")[2]
    query(database, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    answer = await ticked(quiet_google, database)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert answer.json() == {"error": "a service that this one needs is away"}
    assert "Postgres: ReadOnlySqlTransaction" in caplog.text
    assert quiet_google.started == []


async def test_a_postgres_that_ends_a_claims_session_is_told_and_asks_to_be_called_again(
    quiet_google: Google, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Found by trying: as a restart does. It was a traceback and 500."""
    Ledger(SecretStr(database)).claim("tick/a")
    with psycopg2.connect(database) as held, held.cursor() as cursor:
        cursor.execute("LOCK TABLE weather_events")
        asked = asyncio.create_task(ticked(quiet_google, database))
        while not await asyncio.to_thread(query, database, _END_WHOEVER_WAITS):
            await asyncio.sleep(0.01)
        answer = await asked
    held.close()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert "Postgres: InterfaceError" in caplog.text
    assert quiet_google.started == []


_END_WHOEVER_WAITS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
