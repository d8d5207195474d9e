"""What each stage uses in a month, in the units that prices have.

Belongs here: which tables a stage reads and writes, and how BigQuery, GCS and Cloud Run count that. Does not:
prices, or how large tables are (core.cost.volumes).

A write is a load (free), a DELETE that scans the days it touches, and an INSERT that scans the staged rows. A
query is billed for ten mebibytes of each table at least. Whole partitions are read through the Storage Read
API, which is free far beyond this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from weather_platform.core.cost.volumes import DAYS_A_MONTH, Volume
from weather_platform.core.plan import Plan
from weather_platform.core.variables import TARGETS

GIB, TIB = 2.0**30, 2.0**40
_LEAST_BYTES = 10 * 2.0**20
_HISTORY_DAYS, _LOOK_BACK_DAYS = 180, 29
_TRAININGS_A_MONTH = DAYS_A_MONTH / 7
# Starting a container and importing takes most of a small run; the rest grows with the places. Seconds were
# measured on two cores and rounded up.
_START_SECONDS, _SECONDS_PER_PLACE = 45.0, 0.2
_CPUS, _MEMORY_GIB = 1.0, 2.0
_PAYLOAD_BYTES_PER_ROW = 35.0  # compressed, as served; 20 to 100 by provider
_GRID = (
    "feed",
    "location_id",
    "cycle",
    "valid_time",
    "fetched_at",
    "elevation_m",
    "interval_hours",
    *TARGETS,
)
_TRUTH = ("location_id", "source", "time", "known_at", "quality", "distance_km", "interval_hours", *TARGETS)


@dataclass
class Used:
    """One stage's units a month, by item of the price table."""

    stage: str
    amounts: dict[str, float] = field(default_factory=dict)

    def add(self, item: str, units: float) -> None:
        """Count more of an item."""
        self.amounts[item] = self.amounts.get(item, 0.0) + units


def monthly(
    plans: Sequence[Plan], tables: Mapping[str, Volume], places: int, horizon_hours: int, months_kept: int
) -> list[Used]:
    """Amounts of each stage in the month when `months_kept` months of data have gathered."""
    cycles = max((one.cycles_per_day for one in plans), default=4) * DAYS_A_MONTH
    used = {name: Used(name) for name in tables}
    for name, table in tables.items():
        runs = cycles * max(1, len(plans)) if name in ("payloads", "forecasts") else cycles
        _written(used[name], table, runs if name not in _DAILY else DAYS_A_MONTH)
        used[name].add("bigquery_storage", table.bytes_a_day * DAYS_A_MONTH * months_kept / GIB)
    _payloads(used["payloads"], plans, tables["forecasts"], months_kept)
    _read(used, tables, cycles, horizon_hours)
    train = used["model"] = Used("model")
    scanned = tables["features"].bytes_a_day * _HISTORY_DAYS * len(TARGETS)
    train.add("bigquery_query", scanned * _TRAININGS_A_MONTH / TIB)
    _compute(used, plans, places, cycles)
    return [*used.values(), _always_there()]


_DAILY = ("observations", "forecast_errors", "forecast_error_sums", "verification")


def _written(used: Used, table: Volume, runs: float) -> None:
    """A transaction per run: it scans the day's rows, and the staged ones."""
    staged = table.bytes_a_day * DAYS_A_MONTH / runs
    scanned = max(table.bytes_a_day, _LEAST_BYTES) + max(staged, _LEAST_BYTES)
    used.add("bigquery_query", runs * scanned / TIB)


def _payloads(used: Used, plans: Sequence[Plan], forecasts: Volume, months_kept: int) -> None:
    calls = sum(one.calls * one.cycles_per_day for one in plans) * DAYS_A_MONTH
    used.add("gcs_write", calls / 1000)
    used.add("gcs_read", 3 * calls / 1000)  # is it there, its header, its body
    kept = forecasts.rows_a_day * _PAYLOAD_BYTES_PER_ROW * DAYS_A_MONTH * months_kept
    used.add("gcs_storage", kept / GIB)


def _read(used: Mapping[str, Used], tables: Mapping[str, Volume], cycles: float, horizon_hours: int) -> None:
    """Queries, each of the columns it names, and whole partitions."""
    forecasts, truth = tables["forecasts"], tables["observations"]
    days_ahead = horizon_hours / 24 + 1
    reaching = forecasts.bytes_a_day * days_ahead * forecasts.share_of(_GRID)
    truth_day = truth.bytes_a_day * truth.share_of(_TRUTH)
    queries = {
        "forecasts": (cycles, 2 * forecasts.bytes_a_day * forecasts.share_of(_GRID)),  # their health
        "forecast_errors": (DAYS_A_MONTH, reaching + 2 * truth_day),
        "forecast_error_sums": (DAYS_A_MONTH, 2 * tables["forecast_errors"].bytes_a_day),
        "features": (cycles, forecasts.bytes_a_day / 4 + _LOOK_BACK_DAYS * truth_day),
        "verification": (DAYS_A_MONTH, 2 * truth_day),
    }
    for stage, (runs, scanned) in queries.items():
        used[stage].add("bigquery_query", runs * max(scanned, 2 * _LEAST_BYTES) / TIB)
    whole = {
        "features": (cycles, _LOOK_BACK_DAYS * tables["forecast_error_sums"].bytes_a_day),
        "predictions": (cycles, tables["features"].bytes_a_day / 4),
        "verification": (
            DAYS_A_MONTH,
            days_ahead * (tables["features"].bytes_a_day + tables["predictions"].bytes_a_day),
        ),
    }
    for stage, (runs, read) in whole.items():
        used[stage].add("bigquery_read", runs * read / TIB)


def _compute(used: Mapping[str, Used], plans: Sequence[Plan], places: int, cycles: float) -> None:
    """A job per cycle, day and training. A cycle lasts as long as the slowest provider allows."""
    paced = max(
        (one.weight / one.provider.terms.per_minute * 60 for one in plans if one.provider.terms.per_minute),
        default=0.0,
    )
    work = _SECONDS_PER_PLACE * places
    _seconds(used["payloads"], cycles * (_START_SECONDS + paced))
    for stage in ("forecasts", "features", "predictions"):
        _seconds(used[stage], cycles * work)
    _seconds(used["observations"], DAYS_A_MONTH * _START_SECONDS)
    for stage in ("forecast_errors", "forecast_error_sums", "verification"):
        _seconds(used[stage], DAYS_A_MONTH * work)
    _seconds(used["model"], _TRAININGS_A_MONTH * (_START_SECONDS + 30 * work))


def _seconds(used: Used, seconds: float) -> None:
    used.add("run_cpu", seconds * _CPUS / 1000)
    used.add("run_memory", seconds * _MEMORY_GIB / 1000)


def _always_there() -> Used:
    """What costs whether anything runs or not: run history in the smallest Postgres, schedules, secrets,
    images.
    """
    used = Used("always there")
    for item, units in {
        "sql_instance": 24 * DAYS_A_MONTH,
        "sql_storage": 10.0,
        "scheduler": 3.0,
        "secrets": 4.0,
        "images": 2.0,
    }.items():
        used.add(item, units)
    return used
