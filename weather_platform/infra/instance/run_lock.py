"""One worker at a time for one run: a lock that ends with its holder, however that ends.

Belongs here: taking such a lock, from Postgres in the cloud and from the file system on a laptop. Does not:
what is run under it.

Whoever gets the lock of a run that is on record as under way knows that its worker is gone: no clock, no
heartbeat, no guess.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pydantic import SecretStr

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.postgres import connect

# A dead peer is noticed within two minutes, so that its lock does not outlive it for long.
_KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 15, "keepalives_count": 6}


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
    """An advisory lock of a session of its own: Postgres lets go of it when the session ends."""
    import psycopg2

    session = connect(url, **_KEEPALIVE)
    try:
        # An open transaction would keep vacuum from its work for as long as the run.
        session.autocommit = True
        with session.cursor() as cursor:
            key = int.from_bytes(digest[:8], "big", signed=True)
            cursor.execute(f"SELECT pg_{'' if wait else 'try_'}advisory_lock(%s)", (key,))
            (answer,) = cursor.fetchone()
        yield wait or bool(answer)
        # Closing alone lets go a moment later, after a lock around this one perhaps. A session that was lost
        # meanwhile holds nothing.
        with suppress(psycopg2.Error), session.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        session.close()


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
