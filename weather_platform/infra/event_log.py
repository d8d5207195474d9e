"""Dagster's SQLite event log with connections that stay open and batches that are stored at once.

Belongs here: how the log's databases are opened, and transactions. Does not: what is stored (Dagster's own
class does that), or how large batches are (see dagster_home).

Dagster opens and closes a connection for every statement group of every event, and with the last connection
SQLite copies its write-ahead log and flushes the disk: some 40 ms for each partition of an asset, where the
data itself takes 5. Here each database keeps a small pool, and a commit flushes at checkpoints only
(`synchronous=NORMAL`, which SQLite recommends with a write-ahead log). The events of a range's partitions
come in batches, each of which is one transaction. A killed process loses nothing but the batch that it was
gathering, and a power cut may lose the newest events but never the database. Named in the instance's
dagster.yaml, so that the UI, the daemon and the command line share it. Some of the overridden methods are
private to Dagster, whose release is pinned; tests hold the class to its work.
"""

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from dagster import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import Connection, Engine, create_engine, event

# The index and the runs at hand; a web server that shows many runs must not keep a file open for each.
_MOST_ENGINES = 8
_BUSY_TIMEOUT_SECONDS = 15


class _Batch(threading.local):
    """What a thread's batch of events has open, by database; None where it stores none."""

    connection: Callable[[str], Connection] | None = None


class PooledSqliteEventLogStorage(SqliteEventLogStorage):
    """SqliteEventLogStorage whose databases are opened once, and whose batches are a transaction each."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._batch = _Batch()
        self._there: set[tuple[str, ...]] = set()
        super().__init__(*args, **kwargs)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "PooledSqliteEventLogStorage":
        """Made from dagster.yaml; the parent's method would make a parent."""
        return cls(inst_data=inst_data, **config_value)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store all of them or, raising whatever failed, none; Dagster then stores them one by one."""
        with self._db_lock, ExitStack() as until_stored:
            self._batch.connection = cache(lambda shard: until_stored.enter_context(self._begun(shard)))
            try:
                super().store_event_batch(events)
            finally:
                self._batch.connection = None

    def has_table(self, table_name: str) -> bool:
        """Whether the database has that table. Asked with every event: a table once seen is there."""
        ask = super().has_table
        return self._seen((table_name,), lambda: ask(table_name))

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        ask = super()._has_asset_key_col_on_connection
        return self._seen(("asset_keys", column_name), lambda: ask(conn, column_name))

    def _seen(self, name: tuple[str, ...], ask: Callable[[], bool]) -> bool:
        if name not in self._there and ask():
            self._there.add(name)
        return name in self._there

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        if self._batch.connection is not None:
            yield self._batch.connection(shard)
            return
        with self._db_lock, self._begun(shard) as connection:
            yield connection

    @contextmanager
    def _begun(self, shard: str) -> Iterator[Connection]:
        """A transaction that is committed at the end; for the holder of the lock."""
        engine = self._engine(shard)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        with engine.connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> Engine:
        """The shard's engine, made where it is new; of too many, the one unused for longest is closed."""
        if shard in self._engines:
            self._engines.move_to_end(shard)
            return self._engines[shard]
        if len(self._engines) >= _MOST_ENGINES:
            self._engines.popitem(last=False)[1].dispose()
        arguments = {"timeout": _BUSY_TIMEOUT_SECONDS}
        engine = create_engine(self.conn_string_for_shard(shard), connect_args=arguments, pool_size=1)
        event.listen(engine, "connect", _flush_at_checkpoints)
        self._engines[shard] = engine
        return engine

    def drop_run(self, run_id: str) -> None:
        """Delete a run's database, whose events of assets are also in the index. Others may have it open:
        they read on in what they opened.
        """
        with self._db_lock:
            if (engine := self._engines.pop(run_id, None)) is not None:
                engine.dispose()
            self._initialized_dbs.discard(run_id)
            for beside in ("", "-wal", "-shm"):
                Path(self.path_for_shard(run_id) + beside).unlink(missing_ok=True)

    def dispose(self) -> None:
        """Close every database."""
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()


def _flush_at_checkpoints(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")
