"""What was claimed, started and set aside, in a real Postgres."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
from pydantic import SecretStr

from weather_platform.service.ledger import Claim, Ledger
from weather_platform_tests.postgres_fixtures import query, until

WAIT = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def test_a_claim_whose_holder_died_is_taken_over_after_its_lease(database: str) -> None:
    assert Ledger(SecretStr(database)).claim("tick/a") is Claim.OURS
    assert Ledger(SecretStr(database)).claim("tick/a") is Claim.UNDER_WAY
    later = Ledger(SecretStr(database), lease_seconds=0)
    assert later.claim("tick/a") is Claim.OURS
    later.started("tick/a", "run-1")
    later.released("tick/a")  # as who had it first may say at last
    assert later.claim("tick/a") is Claim.STARTED


def test_claims_and_the_word_of_a_worker_come_one_after_the_other(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weather_platform.service.ledger._TIMEOUT_SECONDS", 0.1)
    ledger = Ledger(SecretStr(database))
    ledger.claim("a", "new_uploads")
    with psycopg2.connect(database) as held, held.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('weather_events/new_uploads'))")
        for call in (lambda: ledger.claim("b", "new_uploads"), lambda: ledger.begun("new_uploads")):
            with pytest.raises(psycopg2.OperationalError, match="statement timeout"):
                call()
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('weather_events/schema'))")
        with pytest.raises(psycopg2.OperationalError, match="statement timeout"):
            Ledger(SecretStr(database)).claim("c")
        assert ledger.claim("c") is Claim.OURS, "of a ledger that has made its tables nothing is made again"
    held.close()


def test_of_a_small_servers_connections_the_ledger_takes_a_few(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ledger(SecretStr(database)).claim("tick/a")
    with psycopg2.connect(database) as held, held.cursor() as cursor, ThreadPoolExecutor(20) as pool:
        cursor.execute("LOCK TABLE weather_events")
        ledger = Ledger(SecretStr(database))
        claims = [pool.submit(ledger.claim, f"tick/{number}") for number in range(20)]
        until(lambda: query(database, WAIT) == [(4,)])
        time.sleep(0.1)  # for a fifth
        assert query(database, WAIT) == [(4,)]
        held.commit()
        assert {claim.result(60) for claim in claims} == {Claim.OURS}
    held.close()


def test_what_is_older_than_any_redelivery_is_forgotten(database: str) -> None:
    ledger = Ledger(SecretStr(database))
    for days in (91, 89):
        ledger.claim(f"tick/{days}")
        ledger.set_aside(f"message/{days}", "not a push", b"")
        for table in ("weather_events", "weather_events_set_aside"):
            aged = f"received_at = now() - interval '{days} days' WHERE key LIKE '%/{days}'"
            query(database, f"UPDATE {table} SET {aged}")  # noqa: S608 - no input
    ledger.claim("tick/0")
    ledger.started("tick/0", "run-1")
    kept = "SELECT key FROM weather_events UNION SELECT key FROM weather_events_set_aside ORDER BY key"
    assert [key for (key,) in query(database, kept)] == ["message/89", "tick/0", "tick/89"]


def test_no_more_is_forgotten_at_once_than_a_small_server_has_time_for(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by reading: a million files, dropped on one day, had to go with the first start of another; where
    that took too long no start was noted any more, and each delivery started its job again.
    """
    monkeypatch.setattr("weather_platform.service.ledger._FORGOTTEN_AT_ONCE", 2)
    ledger = Ledger(SecretStr(database))
    for number in range(3):
        ledger.claim(f"old/{number}")
    query(database, "UPDATE weather_events SET received_at = now() - interval '91 days'")
    left = []
    for number in range(2):
        ledger.claim(f"tick/{number}")
        ledger.started(f"tick/{number}", "run-1")
        left += query(database, "SELECT count(*) FROM weather_events WHERE key LIKE 'old/%'")
    assert left == [(1,), (0,)]


def test_a_start_is_noted_although_nothing_can_be_forgotten(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weather_platform.service.ledger._TIMEOUT_SECONDS", 0.1)
    ledger = Ledger(SecretStr(database))
    ledger.claim("tick/a")
    with psycopg2.connect(database) as held, held.cursor() as cursor:
        cursor.execute("LOCK TABLE weather_events_set_aside")
        with pytest.raises(psycopg2.OperationalError, match="statement timeout"):
            ledger.started("tick/a", "run-1")
    held.close()
    assert ledger.claim("tick/a") is Claim.STARTED


def test_a_ledger_that_somebody_holds_up_is_not_waited_for(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weather_platform.service.ledger._TIMEOUT_SECONDS", 0.1)
    patient = Ledger(SecretStr(database))
    assert patient.claim("tick/a") is Claim.OURS
    with psycopg2.connect(database) as held, held.cursor() as cursor:
        cursor.execute("LOCK TABLE weather_events")
        with pytest.raises(psycopg2.OperationalError, match="statement timeout"):
            patient.claim("tick/b")
    held.close()
    assert patient.claim("tick/b") is Claim.OURS


def test_a_ledger_that_an_earlier_release_made_is_gone_on_with(database: str) -> None:
    query(database, "CREATE TABLE weather_events (key text PRIMARY KEY, state text NOT NULL, "
                    "received_at timestamptz NOT NULL DEFAULT now(), attempts integer NOT NULL DEFAULT 1, "
                    "claimed_at timestamptz NOT NULL DEFAULT now(), execution text)")  # fmt: skip
    query(database, "INSERT INTO weather_events (key, state) VALUES ('upload/a', 'started')")
    ledger = Ledger(SecretStr(database))
    assert ledger.claim("upload/a", "new_uploads") is Claim.STARTED
    assert ledger.claim("upload/b", "new_uploads") is Claim.OURS
