"""One worker at a time for one run: a lock that ends with its holder, however that ends.

Belongs here: taking such a lock, from Postgres in the cloud and from the file system on a laptop, and having
it for as long as its holder lives. Does not: what is run under it.

Postgres lets go of a lock with its holder's session, which ends with the holder, but also where Postgres is
restarted. A living holder takes it again within BACK_WITHIN_SECONDS. So whoever finds the lock of a run that
is on record as under way free twice, so long apart, knows that its worker is gone.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any

from pydantic import SecretStr

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.postgres import PostgresError, connect

log = logging.getLogger(__name__)

BACK_WITHIN_SECONDS = 60.0
_AGAIN_SECONDS = 5.0
# Of a server that is gone without a word we know in 20 s where we asked it something, else in two minutes;
_DEAD_SERVER = {
    "tcp_user_timeout": 20_000,
    "keepalives_idle": 30,
    "keepalives_interval": 15,
    "keepalives_count": 6,
}
# and it knows of us in two minutes, so that no lock outlives its holder for long.
_DEAD_HOLDER = "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 15; SET tcp_keepalives_count = 6"


@contextmanager
def run_lock(settings: Settings, name: str, *, wait: bool = False) -> Iterator[bool]:
    """True while this process alone holds the lock of that name. Where another does: False at once, or with
    `wait`, True once it has let go.
    """
    digest = hashlib.sha256(name.encode()).digest()
    if settings.postgres_url is not None:
        with _in_postgres(settings.postgres_url, digest, wait) as held:
            yield held
    else:
        with _in_folder(settings, digest, wait) as held:
            yield held


@contextmanager
def _in_postgres(url: SecretStr, digest: bytes, wait: bool) -> Iterator[bool]:
    lock = _PostgresLock(url, int.from_bytes(digest[:8], "big", signed=True))
    try:
        if not lock.take(wait):
            yield False
            return
        ended = Event()
        keeping = Thread(target=lock.keep, args=(ended,), daemon=True)
        keeping.start()
        try:
            yield True
        finally:
            ended.set()
            keeping.join()
            lock.let_go()
    finally:
        lock.session.close()


class _PostgresLock:
    """An advisory lock of a session of its own."""

    def __init__(self, url: SecretStr, key: int) -> None:
        self._url, self._key = url, key
        self.session = self._opened()

    def take(self, wait: bool = False) -> bool:
        """Whether the session has it; once more, where it has it already."""
        with self.session.cursor() as cursor:
            cursor.execute(f"SELECT pg_{'' if wait else 'try_'}advisory_lock(%s)", (self._key,))
            (answer,) = cursor.fetchone()
        return wait or bool(answer)

    def keep(self, ended: Event) -> None:
        """Take it again and again, in another session where this one has ended."""
        import psycopg2

        while not ended.wait(_AGAIN_SECONDS):
            try:
                self.take()
            except psycopg2.Error:
                self.session.close()
                with suppress(PostgresError, psycopg2.Error):  # not back yet
                    self.session = self._opened()
                    became = "it is taken again" if self.take() else "another process has it now"
                    log.warning("Postgres ended the session of a run's lock; %s", became)

    def let_go(self) -> None:
        """At once: closing alone does so a moment later, after a lock around this one perhaps."""
        import psycopg2

        # A session that was lost meanwhile holds nothing.
        with suppress(psycopg2.Error), self.session.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")

    def _opened(self) -> Any:
        session = connect(self._url, **_DEAD_SERVER)
        # An open transaction would keep vacuum from its work for as long as the run.
        session.autocommit = True
        with session.cursor() as cursor:
            cursor.execute(_DEAD_HOLDER)
        return session


@contextmanager
def _in_folder(settings: Settings, digest: bytes, wait: bool) -> Iterator[bool]:
    import fcntl

    folder = settings.data_dir / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / digest.hex()[:16]).open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
