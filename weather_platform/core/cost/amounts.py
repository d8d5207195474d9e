"""What each stage uses in a month, in the units that prices have.

Belongs here: how BigQuery and GCS count what is read and written. Does not: prices, how large tables are
(core.cost.volumes), what is read of them (core.cost.reads), or what runs (core.cost.runs).

A write is a load (free), a DELETE that scans the days it touches, and an INSERT that scans the staged rows. A
query is billed for ten mebibytes of each table at least, the ledger of partitions among them, which every
read and write asks. Whole partitions are read through the Storage Read API.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from weather_platform.core.cost.reads import Read, reads
from weather_platform.core.cost.runs import runs
from weather_platform.core.cost.volumes import DAYS_A_MONTH, Volume
from weather_platform.core.panel.plan import Plan
from weather_platform.core.partitions import DAY

GIB, TIB = 2.0**30, 2.0**40
_LEAST_BYTES = 10 * 2.0**20
_PAYLOAD_BYTES_PER_ROW = 35.0  # compressed, as served; 20 to 100 by provider
_LEDGER_LINE_BYTES = 700.0  # most of it the names of columns

Scanned = Callable[[Read, Volume], float | None]


@dataclass
class Used:
    """One stage's units a month, by item of the price table."""

    stage: str
    amounts: dict[str, float] = field(default_factory=dict)

    def add(self, item: str, units: float) -> None:
        """Count more of an item."""
        self.amounts[item] = self.amounts.get(item, 0.0) + units


def monthly(
    plans: Sequence[Plan],
    tables: Mapping[str, Volume],
    places: int,
    *,
    horizon_hours: int,
    months_kept: int,
    variables: Sequence[str],
    scanned: Scanned | None = None,
) -> list[Used]:
    """Amounts of each stage in the month when `months_kept` months of data have gathered and `variables` are
    forecast.

    `scanned` tells the bytes that a read scans once, None where it does not know; then, and without it, they
    are counted from the contracts.
    """
    per_day = max((one.cycles_per_day for one in plans), default=4)
    used = {name: Used(name) for name in (*tables, "model", "upkeep")}
    ledger = _ledger_bytes(tables, per_day, months_kept)
    for name, table in tables.items():
        _written(used[name], table, per_day, ledger)
        used[name].add("bigquery_storage", table.bytes_a_day * DAYS_A_MONTH * months_kept / GIB)
    for read in reads(per_day, horizon_hours, variables):
        _read(used[read.stage], read, tables[read.table], ledger, scanned)
    _payloads(used["payloads"], plans, tables["forecasts"], months_kept)
    for run in runs(plans, places, variables):
        used[run.stage].add("run_cpu", run.vcpu_seconds / 1000)
        used[run.stage].add("run_memory", run.gib_seconds / 1000)
    return [*used.values(), _always_there()]


def _runs(table: Volume, cycles_per_day: int) -> float:
    """Writes a month of each of a kind's tables."""
    return DAYS_A_MONTH * (1 if table.contract.grain is DAY else cycles_per_day)


def _ledger_bytes(tables: Mapping[str, Volume], cycles_per_day: int, months: int) -> float:
    """What looking up partitions scans: a line per write of every table."""
    lines = sum(_runs(table, cycles_per_day) * len(table.names) for table in tables.values()) * months
    return max(_LEAST_BYTES, lines * _LEDGER_LINE_BYTES)


def _written(used: Used, table: Volume, cycles_per_day: int, ledger: float) -> None:
    """A transaction per run and table: it scans the day's rows and the staged ones; then the ledger tells
    the size.
    """
    count, runs = len(table.names), _runs(table, cycles_per_day)
    day = table.bytes_a_day / max(1, count)
    scanned = max(day, _LEAST_BYTES) + max(day * DAYS_A_MONTH / runs, _LEAST_BYTES) + ledger
    used.add("bigquery_query", runs * count * scanned / TIB)


def _read(used: Used, read: Read, table: Volume, ledger: float, scanned: Scanned | None) -> None:
    """A look into the ledger for each table, and the rows."""
    told = scanned(read, table) if scanned else None
    once = _estimate(read, table) if told is None else told
    used.add("bigquery_query", read.runs * len(table.names) * ledger / TIB)
    if read.by_query:
        used.add("bigquery_query", read.runs * max(once, _LEAST_BYTES * len(table.names)) / TIB)
    else:
        used.add("bigquery_read", read.runs * once / TIB)


def _estimate(read: Read, table: Volume) -> float:
    """Bytes by the contract. A query scans whole days, which BigQuery's partitions are."""
    days = math.ceil(read.days) if read.by_query else read.days
    return table.bytes_a_day * days * table.share_of(read.columns)


def _payloads(used: Used, plans: Sequence[Plan], forecasts: Volume, months_kept: int) -> None:
    calls = sum(one.calls * one.cycles_per_day for one in plans) * DAYS_A_MONTH
    used.add("gcs_write", calls / 1000)
    used.add("gcs_read", 3 * calls / 1000)  # is it there, its header, its body
    kept = forecasts.rows_a_day * _PAYLOAD_BYTES_PER_ROW * DAYS_A_MONTH * months_kept
    used.add("gcs_storage", kept / GIB)


def _always_there() -> Used:
    """What costs whether anything runs or not: run history in the smallest Postgres, schedules, secrets,
    images.
    """
    used = Used("always there")
    for item, units in {
        "sql_instance": 24 * DAYS_A_MONTH,
        "sql_storage": 10.0,
        "scheduler": 8.0,
        "secrets": 6.0,
        "images": 2.0,
    }.items():
        used.add(item, units)
    return used
