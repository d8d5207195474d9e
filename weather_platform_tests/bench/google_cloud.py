"""What Google Cloud's stores ask of a machine, on stand-ins: a partition of a million rows there and back,
and a full bucket listed.

Seconds are the stand-ins' as much as ours; the peak of memory is ours alone, in a process of its own.
"""

import multiprocessing
import resource
import shutil
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.partitions import CYCLE
from weather_platform.core.tables.contract import Contract
from weather_platform_tests.stand_ins.servers import PROJECT, BigQuery, bqemulator, fake_gcs

ROWS, COLUMNS, OBJECTS = 1_000_000, 18, 50_000
_PLACES = 2_000
_CYCLE = datetime(2026, 8, 1, tzinfo=UTC)


def measure() -> dict[str, float]:
    """Seconds and peak memory (MB) of the partition; seconds to list a bucket as the sensor does."""
    with tempfile.TemporaryDirectory() as folder, bqemulator(Path(folder)) as stand_in:
        # A process of its own, started afresh: its peak is of this work and nothing else.
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            written, read, megabytes = pool.apply(partition, (stand_in,))
    with tempfile.TemporaryDirectory() as folder:
        listed = _listed(Path(folder))
    return {
        "bigquery_write_million_rows_s": written,
        "bigquery_read_million_rows_s": read,
        "bigquery_million_rows_peak_mb": megabytes,
        "gcs_list_50000_objects_s": listed,
    }


def partition(stand_in: BigQuery) -> tuple[float, float, float]:
    """Write a million rows of 18 columns into one partition and read them back: seconds, seconds, MB."""
    from weather_platform.infra.bigquery import jobs
    from weather_platform.infra.bigquery.warehouse import BigQueryWarehouse
    from weather_platform.infra.google.clients import bigquery_client, read_client

    warehouse = BigQueryWarehouse(
        jobs.BigQuery(
            bigquery_client(PROJECT, "EU", stand_in.endpoint),
            "bench",
            storage=read_client(stand_in.storage, stand_in=True),
            max_bytes_billed=10**12,
        )
    )
    contract, key = _contract(), CYCLE.key(_CYCLE)
    began = time.perf_counter()
    assert warehouse.replace("forecasts/bench", contract, _rows(contract), [key]) == {key: ROWS}
    written = time.perf_counter()
    back = warehouse.read("forecasts/bench", contract, [key])
    assert back.shape == (ROWS, COLUMNS)
    end = time.perf_counter()
    return written - began, end - written, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def _contract() -> Contract:
    """Forecasts, with as many of their columns."""
    return replace(FORECAST, columns=FORECAST.columns[:COLUMNS])


def _rows(contract: Contract) -> pd.DataFrame:
    random = np.random.default_rng(1)
    row = np.arange(ROWS)
    columns: dict[str, object] = {}
    for c in contract.columns:
        if c.kind == "float":
            columns[c.name] = random.uniform(float(c.ge or 0), float(c.le or 100), ROWS).round(2)
        else:
            columns[c.name] = {"text": "bench", "time": pd.Timestamp(_CYCLE), "int": 1}[c.kind]
    columns["location_id"] = np.char.add("place", (row % _PLACES).astype(str))
    columns["valid_time"] = pd.Timestamp(_CYCLE) + pd.to_timedelta(row // _PLACES, unit="h")
    return pd.DataFrame(columns)


def _listed(folder: Path) -> float:
    """The best of three. One object is uploaded; the stand-in's file of it is copied, attributes and all:
    uploads would take half an hour, since it looks through all objects at each.
    """
    from weather_platform.infra.google.clients import storage_client
    from weather_platform.infra.objects.gcs import GcsObjects

    files = folder / "files"
    files.mkdir()
    with fake_gcs(folder, files) as url:
        bucket = storage_client(PROJECT, url).create_bucket("weather")
        bucket.blob("payloads/bench/0/000000").upload_from_string(b"x")
        first = files / "weather" / "payloads" / "bench" / "0" / "000000"
        for i in range(1, OBJECTS):
            copy = first.parents[1] / str(i // 1000) / f"{i:06d}"
            copy.parent.mkdir(exist_ok=True)
            shutil.copy2(first, copy)
        store, seconds = GcsObjects(bucket), []
        for _ in range(3):
            began = time.perf_counter()
            assert sum(1 for _ in store.versions("payloads/")) == OBJECTS
            seconds.append(time.perf_counter() - began)
        return min(seconds)


if __name__ == "__main__":
    print(measure())  # noqa: T201 - this is its output
