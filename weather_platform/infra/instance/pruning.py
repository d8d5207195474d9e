"""Forgetting the history of runs that is too old, and nothing that says what there is.

Belongs here: what of Dagster's tables, of a run's logs and of half-written files may go. Does not: how old is
too old (core.retention), ticks (Dagster's own `retention` in dagster.yaml), tables and replies (kept for
ever).

A run goes as a whole: its log, what it printed, its row. Of an asset's events the newest of every kind and
partition stays, and of a check the newest result of every partition, whatever their age: Dagster reads from
them what is materialized and what is out of date. Only plans to materialize go with their runs. The event
with the highest number stays too, since SQLite would give that number again and sensors pass over what comes
under it. Dagster has no command for any of this; its tables are private to the release that is pinned, and
tests hold this module to its work on SQLite and Postgres.

Killed at any moment, it leaves a run without its log at worst, which the next pruning ends.
"""

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import sqlalchemy as db
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._core.storage.event_log import SqlEventLogStorage
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    AssetEventTagsTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from sqlalchemy import ColumnElement, Connection, Table

from weather_platform.core.retention import Retention
from weather_platform.infra.event_log import PooledSqliteEventLogStorage
from weather_platform.infra.objects.half_written import is_unfinished

_AT_ONCE = 500
_NO_RUN = ""  # the run of events that no run made: a sensor's
_PLANNED = dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED.value
_HALF_WRITTEN_AFTER = timedelta(days=1)
_EVENTS, _CHECKS, _TAGS = SqlEventLogStorageTable, AssetCheckExecutionsTable, AssetEventTagsTable


class UnprunableError(Exception):
    """A history that this module does not know how to prune."""


def prune(
    instance: dg.DagsterInstance, retention: Retention, now: datetime, *, dry: bool = False
) -> dict[str, int]:
    """Delete what is too old; returns how many `runs`, `events` and `check_results` went, or would go where
    `dry`. Raises UnprunableError for an instance that keeps its events in no database.
    """
    storage = instance.event_log_storage
    if not isinstance(storage, SqlEventLogStorage):
        raise UnprunableError(f"{type(storage).__name__} keeps its events in no database")
    runs = _ended(instance, retention.before(now))
    for run_id in runs if not dry else ():
        _forget(instance, run_id)
    return {
        "runs": len(runs),
        "events": _events(instance, storage, retention, now, dry=dry),
        "check_results": _check_results(storage, retention, now, dry=dry),
    }


def prune_half_written(
    folder: Path, now: datetime, *, spared: Path | None = None, below: bool = True, dry: bool = False
) -> int:
    """Delete what killed writers left in the folder, and `below` it, more than a day ago, under names that
    nothing whole of ours has (infra.objects.half_written); nothing below `spared`, whose names are others'.
    Returns how many files.
    """
    old = (now - _HALF_WRITTEN_AFTER).timestamp()
    found = [
        path
        for path in (folder.rglob if below else folder.glob)("*~*")
        if is_unfinished(path.name)
        and not (spared is not None and path.is_relative_to(spared))
        and path.is_file()
        and path.stat().st_mtime < old
    ]
    for path in found if not dry else ():
        path.unlink(missing_ok=True)
    return len(found)


def _ended(instance: dg.DagsterInstance, before: datetime) -> list[str]:
    """Runs that ended before that time, oldest first."""
    wanted = dg.RunsFilter(statuses=FINISHED_STATUSES, updated_before=before)
    found: list[str] = []
    while page := instance.get_run_records(
        wanted, limit=_AT_ONCE, cursor=found[-1] if found else None, ascending=True
    ):
        found += [record.dagster_run.run_id for record in page]
    return found


def _forget(instance: dg.DagsterInstance, run_id: str) -> None:
    """The row goes last: a pruning that was killed finds the run again by it."""
    if isinstance(instance.event_log_storage, PooledSqliteEventLogStorage):
        instance.event_log_storage.drop_run(run_id)
    if isinstance(instance.compute_log_manager, LocalComputeLogManager):
        printed = Path(instance.compute_log_manager.get_captured_local_path([run_id, "log"], "out")).parent
        shutil.rmtree(printed, ignore_errors=True)
    instance.run_storage.delete_run(run_id)


def _events(
    instance: dg.DagsterInstance,
    storage: SqlEventLogStorage,
    retention: Retention,
    now: datetime,
    *,
    dry: bool,
) -> int:
    """Events of assets by the age of each, then all others; and the tags of those that are gone."""
    event = _EVENTS.c
    with storage.index_connection() as connection:
        last = connection.execute(db.select(db.func.max(event.id))).scalar() or 0
    living = [run.run_id for run in instance.get_runs(dg.RunsFilter(statuses=_unfinished()))]
    may_go = db.and_(event.id < last, event.run_id.not_in(living))
    count = 0
    for key in storage.all_asset_keys():
        old = event.timestamp < _naive(retention.before_of(key.to_user_string(), now))
        newest = (
            db.select(db.func.max(event.id))
            .where(event.asset_key == key.to_string(), event.dagster_event_type != _PLANNED)
            .group_by(event.dagster_event_type, event.partition)
        )
        superseded = db.and_(event.asset_key == key.to_string(), old, may_go, event.id.not_in(newest))
        with storage.index_connection() as connection:
            count += _delete(connection, _EVENTS, superseded, dry=dry)
    old = event.timestamp < _naive(retention.before(now))
    with storage.index_connection() as connection:
        count += _delete(connection, _EVENTS, db.and_(event.asset_key.is_(None), old, may_go), dry=dry)
        _delete(connection, _TAGS, _TAGS.c.event_id.not_in(db.select(event.id)), dry=dry)
    if storage.is_run_sharded:
        # What sensors report lies in a database of its own, all of it copied to the index.
        with storage.run_connection(_NO_RUN) as connection:
            _delete(connection, _EVENTS, old, dry=dry)
    return count


def _check_results(storage: SqlEventLogStorage, retention: Retention, now: datetime, *, dry: bool) -> int:
    """Results that a newer one of the same check and partition has replaced, by the age of each asset."""
    check = _CHECKS.c
    newest = db.select(db.func.max(check.id)).group_by(check.asset_key, check.check_name, check.partition)
    with storage.index_connection() as connection:
        keys = connection.execute(db.select(check.asset_key).distinct()).scalars().all()
    count = 0
    for text in keys:
        key = dg.AssetKey.from_db_string(text)
        before = retention.before_of(key.to_user_string() if key else "", now)
        old = db.and_(check.asset_key == text, check.evaluation_event_timestamp < _naive(before))
        with storage.index_connection() as connection:
            count += _delete(connection, _CHECKS, db.and_(old, check.id.not_in(newest)), dry=dry)
    return count


def _delete(connection: Connection, table: Table, rows: ColumnElement[bool], *, dry: bool) -> int:
    if dry:
        return int(connection.execute(db.select(db.func.count()).select_from(table).where(rows)).scalar_one())
    return connection.execute(db.delete(table).where(rows)).rowcount


def _unfinished() -> Sequence[dg.DagsterRunStatus]:
    return [status for status in dg.DagsterRunStatus if status not in FINISHED_STATUSES]


def _naive(time: datetime) -> datetime:
    """As Dagster's tables hold times: UTC, unsaid."""
    return time.replace(tzinfo=None)
