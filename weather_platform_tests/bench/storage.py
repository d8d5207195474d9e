"""How fast tables and objects are stored: many partitions at once, one small partition, many objects."""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.partitions import CYCLE
from weather_platform.core.tables.schema import check, conform
from weather_platform.infra.objects.local import LocalObjects
from weather_platform.infra.warehouse.parquet import ParquetWarehouse

CYCLES, _FEEDS, _PLACES, _HOURS = 60, 4, 25, 100
OBJECTS = 3_000
_START = datetime(2026, 8, 1, tzinfo=UTC)


def measure() -> dict[str, float]:
    """Rows/s of check, write, read and query over 60 partitions of 10 000 rows; ms for small partitions."""
    frame, keys = _forecasts(), CYCLE.keys(_START, _START + CYCLES * CYCLE.length)
    figures = {"check_rows_per_s": len(frame) / _seconds(lambda: check(frame, FORECAST))}
    with tempfile.TemporaryDirectory() as folder:
        warehouse = ParquetWarehouse(Path(folder))
        one = frame[frame["cycle"] == _START].head(1_000)
        table = "forecasts/bench"

        def query() -> None:
            rows = warehouse.expression(table, FORECAST)
            rows.group_by("feed").agg(mean=rows.temperature_c.mean()).to_pyarrow()

        write = _seconds(lambda: warehouse.replace(table, FORECAST, frame, keys), runs=1)
        figures["write_rows_per_s"] = len(frame) / write
        figures["read_rows_per_s"] = len(frame) / _seconds(lambda: warehouse.read(table, FORECAST))
        figures["query_rows_per_s"] = len(frame) / _seconds(query)
        figures["replace_small_partition_ms"] = 1000 * _seconds(
            lambda: warehouse.replace("forecasts/small", FORECAST, one, keys[:1]), runs=10
        )
        figures["read_small_partition_ms"] = 1000 * _seconds(
            lambda: warehouse.read("forecasts/small", FORECAST, keys[:1]), runs=10
        )
    return figures | {"create_objects_per_s": OBJECTS / _seconds(_create_objects)}


def _forecasts() -> pd.DataFrame:
    """Rows like those of hourly feeds: values rounded as providers round them, a tenth of them missing."""
    shape = (CYCLES, _FEEDS, _PLACES, _HOURS)
    cycle, feed, place, hour = (axis.ravel() for axis in np.indices(shape))
    random = np.random.default_rng(1)
    start = pd.Series(pd.to_datetime(_START) + pd.to_timedelta(cycle * 6, unit="h"))
    columns = {
        "provider": "bench",
        "model": np.char.add("model", feed.astype(str)),
        "feed": np.char.add("bench/model", feed.astype(str)),
        "location_id": np.char.add("place", place.astype(str)),
        "latitude": place.astype(float),
        "longitude": place.astype(float),
        "cycle": start,
        "fetched_at": start,
        "valid_time": start + pd.to_timedelta(hour, unit="h"),
        "lead_hours": hour.astype(float),
        "interval_hours": 1,
    }
    for c in FORECAST.columns:
        if c.kind == "float" and c.name not in columns:
            low, high = float(c.ge or 0), float(c.le or 0)
            values = random.uniform(low, high, cycle.size).round(2)
            columns[c.name] = np.where(random.random(cycle.size) < 0.1, np.nan, values)
    return conform(pd.DataFrame(columns), FORECAST)


def _create_objects() -> None:
    with tempfile.TemporaryDirectory() as folder:
        objects = LocalObjects(Path(folder))
        for i in range(OBJECTS):
            objects.create(f"payloads/bench/{i // 100}/{i}", b"x" * 3_000)


def _seconds(work: Callable[[], object], runs: int = 3) -> float:
    """The best of several runs: others use the machine too."""

    def once() -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    return min(once() for _ in range(runs))


if __name__ == "__main__":
    print(measure())  # noqa: T201 - this is its output
