"""Events that were taken in, and messages that were set aside, in the Postgres that also holds the run
history.

Belongs here: that an event starts one job however often it is delivered, and that a crash in the middle
loses nothing. Does not: what an event means. A claim that never became a start ends with its lease, and the
next delivery takes it over; should the job have been started all the same, its worker finds the run done or
under way and leaves.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from pydantic import SecretStr

from weather_platform.infra.postgres import connect

_LEASE_SECONDS = 120
_KEPT_DAYS = 90
_TIMEOUT_SECONDS = 10
_MAX_SET_ASIDE_BYTES = 65_536

_SCHEMA = """
CREATE TABLE IF NOT EXISTS weather_events (
  key text PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('claimed', 'started')),
  received_at timestamptz NOT NULL DEFAULT now(),
  claimed_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 1,
  execution text
);
CREATE TABLE IF NOT EXISTS weather_events_set_aside (
  key text PRIMARY KEY,
  received_at timestamptz NOT NULL DEFAULT now(),
  deliveries integer NOT NULL DEFAULT 1,
  reason text NOT NULL,
  body bytea NOT NULL
);
"""
_CLAIM = """
INSERT INTO weather_events AS e (key, state) VALUES (%(key)s, 'claimed')
ON CONFLICT (key) DO UPDATE SET claimed_at = now(), attempts = e.attempts + 1
  WHERE e.state = 'claimed' AND e.claimed_at < now() - make_interval(secs => %(lease)s)
RETURNING attempts
"""


class Claim(Enum):
    """What became of a claim."""

    OURS = "ours"
    UNDER_WAY = "under way"
    STARTED = "started"


class Ledger:
    """Blocking: call it from a thread."""

    def __init__(self, url: SecretStr, lease_seconds: float = _LEASE_SECONDS) -> None:
        self._url, self._lease = url, lease_seconds
        self._ready = False

    def claim(self, key: str) -> Claim:
        """Take an event on: OURS where the caller is to start it now and then say `started` or `released`."""
        with self._cursor() as cursor:
            cursor.execute(_CLAIM, {"key": key, "lease": self._lease})
            if cursor.fetchone():
                return Claim.OURS
            cursor.execute("SELECT state FROM weather_events WHERE key = %s", (key,))
            row = cursor.fetchone()
            return Claim.STARTED if row and row[0] == "started" else Claim.UNDER_WAY

    def started(self, key: str, execution: str) -> None:
        """The event's job runs. What is older than any redelivery is forgotten along the way."""
        with self._cursor() as cursor:
            cursor.execute(
                "UPDATE weather_events SET state = 'started', execution = %s WHERE key = %s", (execution, key)
            )
            for table in ("weather_events", "weather_events_set_aside"):
                cursor.execute(
                    f"DELETE FROM {table} WHERE received_at < now() - make_interval(days => %s)",  # noqa: S608
                    (_KEPT_DAYS,),
                )

    def released(self, key: str) -> None:
        """The event's job could not be started: the next delivery may try at once."""
        with self._cursor() as cursor:
            cursor.execute("DELETE FROM weather_events WHERE key = %s AND state = 'claimed'", (key,))

    def set_aside(self, key: str, reason: str, body: bytes) -> None:
        """Keep a message that cannot be understood, for a person to look at."""
        with self._cursor() as cursor:
            cursor.execute(
                "INSERT INTO weather_events_set_aside AS a (key, reason, body) VALUES (%s, %s, %s) "
                "ON CONFLICT (key) DO UPDATE SET deliveries = a.deliveries + 1",
                (key, reason, body[:_MAX_SET_ASIDE_BYTES]),
            )

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        """One transaction on a connection of its own: nothing to keep alive between ticks."""
        connection = connect(self._url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(f"SET statement_timeout = '{_TIMEOUT_SECONDS}s'")
                if not self._ready:
                    # Two first calls at once would both create the tables, and one would fail.
                    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('weather_events'))")
                    cursor.execute(_SCHEMA)
                yield cursor
            self._ready = True
        finally:
            connection.close()
