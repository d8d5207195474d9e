"""SQLite as Dagster and MLflow use it, without two disk flushes per event.

Dagster opens a connection for each event it stores, and writes every event to two databases. On closing
the last connection of a database SQLite copies its write-ahead log and flushes; on committing it flushes
as well. That is 9 of 10 milliseconds of an event. Belongs here: keeping one connection per database open,
and flushing at checkpoints only, which survives a killed process (a power cut may lose the newest events,
never the database; tables and payloads are no databases and are not concerned).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


@contextmanager
def quick_sqlite() -> Iterator[None]:
    """While it lasts, SQLite databases that SQLAlchemy opens in this process flush at checkpoints only."""
    held: dict[str, sqlite3.Connection] = {}

    def opened(connection: Any, _record: Any) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.execute("PRAGMA synchronous=NORMAL")
        path = connection.execute("PRAGMA database_list").fetchone()[2]
        if path and path not in held:
            held[path] = sqlite3.connect(path, check_same_thread=False)
            held[path].execute("PRAGMA schema_version").fetchone()

    event.listen(Engine, "connect", opened)
    try:
        yield
    finally:
        event.remove(Engine, "connect", opened)
        for connection in held.values():
            connection.close()
