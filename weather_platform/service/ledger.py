"""Events that were taken in, and messages that were set aside, in the Postgres that also holds the run
history.

Belongs here: that an event starts one job however often it is delivered, and that a crash in the middle
loses nothing. Does not: what an event means. A claim that never became a start ends with its lease, and the
next delivery takes it over; should the job have been started all the same, its worker finds the run done or
under way and leaves.

One worker of a sensor reads all that is there, so an event is covered by a worker that was started for an
earlier one and has not begun to look. Claims and the word that a worker begins come one after the other (a
lock of Postgres), so an event is either noted as covered before the worker looks, or finds none awaited and
starts the next. A worker that never begins covers nothing after a while.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from threading import BoundedSemaphore
from typing import Any

from pydantic import SecretStr

from weather_platform.infra.postgres import connect

_LEASE_SECONDS = 120
_COVER_SECONDS = 600
# A small Postgres has 25 connections in all; the others wait their turn, of milliseconds.
_CONNECTIONS = 4
_KEPT_DAYS = 90
_FORGOTTEN_AT_ONCE = 10_000
_TIMEOUT_SECONDS = 10
_MAX_SET_ASIDE_BYTES = 65_536

_SCHEMA = """
CREATE TABLE IF NOT EXISTS weather_events (
  key text PRIMARY KEY,
  state text NOT NULL CHECK (state IN ('claimed', 'started')),
  received_at timestamptz NOT NULL DEFAULT now(),
  claimed_at timestamptz NOT NULL DEFAULT now(),
  execution text
);
-- The sensor whose worker was started for this and has not begun; added to what earlier releases have made.
ALTER TABLE weather_events ADD COLUMN IF NOT EXISTS awaited text;
CREATE INDEX IF NOT EXISTS weather_events_awaited ON weather_events (awaited) WHERE awaited IS NOT NULL;
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
ON CONFLICT (key) DO UPDATE SET claimed_at = now()
  WHERE e.state = 'claimed' AND e.claimed_at < now() - make_interval(secs => %(lease)s)
RETURNING key
"""
_AWAITED = """
SELECT state, execution FROM weather_events
WHERE awaited = %(sensor)s AND key <> %(key)s AND claimed_at > now() - make_interval(
  secs => CASE state WHEN 'started' THEN %(cover)s ELSE %(lease)s END)
ORDER BY state DESC LIMIT 1
"""


class Claim(Enum):
    """What became of a claim."""

    OURS = "ours"
    UNDER_WAY = "under way"
    STARTED = "started"
    COVERED = "covered"


class Ledger:
    """Blocking: call it from a thread."""

    def __init__(
        self, url: SecretStr, lease_seconds: float = _LEASE_SECONDS, cover_seconds: float = _COVER_SECONDS
    ) -> None:
        self._url, self._lease, self._cover = url, lease_seconds, cover_seconds
        self._ready = False
        self._connections = BoundedSemaphore(_CONNECTIONS)

    def claim(self, key: str, sensor: str | None = None) -> Claim:
        """Take an event on: OURS where the caller is to start it now and then say `started` or `released`.

        An event that asks for a look by `sensor` is COVERED, and done with, where its worker is awaited.
        """
        with self._cursor() as cursor:
            if sensor is not None:
                _one_after_the_other(cursor, sensor)
            cursor.execute(_CLAIM, {"key": key, "lease": self._lease})
            if cursor.fetchone():
                return Claim.OURS if sensor is None else self._joined(cursor, key, sensor)
            cursor.execute("SELECT state FROM weather_events WHERE key = %s", (key,))
            row = cursor.fetchone()
            return Claim.STARTED if row and row[0] == "started" else Claim.UNDER_WAY

    def _joined(self, cursor: Any, key: str, sensor: str) -> Claim:
        """What becomes of a claim that is ours, beside others of the same sensor."""
        wanted = {"sensor": sensor, "key": key, "lease": self._lease, "cover": self._cover}
        cursor.execute(_AWAITED, wanted)
        if (found := cursor.fetchone()) is None:
            cursor.execute("UPDATE weather_events SET awaited = %s WHERE key = %s", (sensor, key))
            return Claim.OURS
        state, execution = found
        if state == "started":
            cursor.execute(
                "UPDATE weather_events SET state = 'started', execution = %s, awaited = NULL WHERE key = %s",
                (execution, key),
            )
            return Claim.COVERED
        # Whether that one can be started is not known yet.
        cursor.execute("DELETE FROM weather_events WHERE key = %s", (key,))
        return Claim.UNDER_WAY

    def begun(self, sensor: str) -> None:
        """A worker of the sensor begins to look: what comes from now on is covered by the next alone."""
        with self._cursor() as cursor:
            _one_after_the_other(cursor, sensor)
            cursor.execute("UPDATE weather_events SET awaited = NULL WHERE awaited = %s", (sensor,))

    def started(self, key: str, execution: str) -> None:
        """The event's job runs. What is older than any redelivery is forgotten along the way."""
        with self._cursor() as cursor:
            cursor.execute(
                "UPDATE weather_events SET state = 'started', execution = %s WHERE key = %s", (execution, key)
            )
        with self._cursor() as cursor:  # apart: an end of this one must not undo the note
            for table in ("weather_events", "weather_events_set_aside"):
                cursor.execute(
                    f"DELETE FROM {table} WHERE key IN (SELECT key FROM {table} "  # noqa: S608
                    "WHERE received_at < now() - make_interval(days => %s) LIMIT %s)",
                    (_KEPT_DAYS, _FORGOTTEN_AT_ONCE),
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
        with self._connections:
            connection = connect(self._url)
            try:
                with connection, connection.cursor() as cursor:
                    cursor.execute(f"SET statement_timeout = '{_TIMEOUT_SECONDS}s'")
                    if not self._ready:
                        # Two first calls at once would both create the tables, and one would fail.
                        _one_after_the_other(cursor, "schema")
                        cursor.execute(_SCHEMA)
                    yield cursor
                self._ready = True
            finally:
                connection.close()


def _one_after_the_other(cursor: Any, what: str) -> None:
    """Wait for other transactions of that name to end; the lock ends with this one."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"weather_events/{what}",))
