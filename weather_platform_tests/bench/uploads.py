"""What a full drop box costs: 1 000 small files read, and 10 000 looked at when nothing is new.

The quiet tick is that of a process that just started: no memory of the ledger, Dagster's own store on disk.
Most of its 10 000 uploads were reported to Dagster as read without being so: what a tick asks is the same.
"""

import tempfile
import time
import tracemalloc
from pathlib import Path

import dagster as dg

from weather_platform.cli import flow
from weather_platform.cli.steps import Step
from weather_platform.definitions import build
from weather_platform.defs import uploads
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.dagster_home import instance
from weather_platform.infra.platform import Platform
from weather_platform.infra.stores.drop_box import Budget, look

FILES, READ = 10_000, 1_000
_MAPPING = """
source: bench
format: wide
time: {column: time, zone: UTC}
stations: {column: place}
variables: {temperature_c: {from: temp, unit: °C}}
"""


def measure() -> dict[str, float]:
    """Files/s read and taken in; seconds and peak memory (MB of Python objects) of a quiet tick."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data")
        box = settings.data_dir / "objects" / "drop_box"
        with instance(settings) as opened:
            flow.execute(build(settings), opened, Step("read_locations"))
            _fill(box, 0, READ)
            _, read = _settled(settings, opened)
            _fill(box, READ, FILES)
            took_in = _taken_in(settings, opened)
            quiet, memory = _quiet(settings, opened)
    return {
        "uploads_read_per_s": READ / read,
        "uploads_taken_in_per_s": (FILES - READ) / took_in,
        "uploads_quiet_tick_s": quiet,
        "uploads_quiet_tick_peak_mb": memory,
    }


def _fill(folder: Path, first: int, end: int) -> None:
    for i in range(first, end):
        path = folder / f"{i // 1000}" / f"station {i}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"time,place,temp\n2026-08-01 00:00,p{i},{i % 30}\n")
    (folder / "mapping.yaml").write_text(_MAPPING)


def _taken_in(settings: Settings, opened: dg.DagsterInstance) -> float:
    """Seconds of looks until all is taken in; then Dagster is told that all of it was read."""
    platform, began = Platform(settings), time.perf_counter()
    while look(platform.objects, platform.uploads, "", Budget()).taken:
        pass
    seconds = time.perf_counter() - began
    keys = list(platform.uploads.ledger().uploads)
    opened.add_dynamic_partitions(str(uploads.upload_partitions().name), keys)
    for key in keys[READ:]:
        opened.report_runless_asset_event(dg.AssetMaterialization(uploads.KEY, partition=key))
    return seconds


def _tick(settings: Settings, opened: dg.DagsterInstance) -> list[dg.RunRequest]:
    definitions = build(settings)
    context = dg.build_sensor_context(
        instance=opened,
        resources={"platform": Platform(settings)},
        repository_def=definitions.get_repository_def(),
    )
    result = definitions.resolve_sensor_def("new_uploads")(context)
    assert isinstance(result, dg.SensorResult)
    for request in result.dynamic_partitions_requests or []:
        opened.add_dynamic_partitions(request.partitions_def_name, list(request.partition_keys))
    return list(result.run_requests or [])


def _settled(settings: Settings, opened: dg.DagsterInstance) -> tuple[float, float]:
    """Seconds of ticks and of runs until nothing is asked for."""
    definitions, ticks, runs = build(settings), 0.0, 0.0
    while True:
        began = time.perf_counter()
        requests = _tick(settings, opened)
        ticks += time.perf_counter() - began
        if not requests:
            return ticks, runs
        began = time.perf_counter()
        for request in requests:
            first, last = request.tags.values()
            flow.execute(definitions, opened, Step("read_uploads", span=(first, last)))
        runs += time.perf_counter() - began


def _quiet(settings: Settings, opened: dg.DagsterInstance) -> tuple[float, float]:
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        assert not _tick(settings, opened)
        seconds.append(time.perf_counter() - began)
    tracemalloc.start()
    _tick(settings, opened)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return min(seconds), peak / 1e6


if __name__ == "__main__":
    print(measure())  # noqa: T201 - this is its output
