"""Parquet files that several processes write and read, and whose writers are killed."""

import multiprocessing
import os
import signal
import time
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from weather_platform.infra.warehouse.parquet import ParquetWarehouse
from weather_platform_tests.infra.warehouse.warehouse_contract import BY_CYCLE, KEYS, rows, same

# Children are forked from a server that has the libraries, so that a dozen of them cost no imports.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["weather_platform_tests.infra.warehouse.test_writers"])


def write_again_and_again(root: Path, times: int, ready: Connection) -> None:
    """Replace all partitions, with values all 1 or all 2."""
    warehouse = ParquetWarehouse(root)
    frames = [rows(4, 500, Value_C=float(n)) for n in (1, 2)]
    ready.send(True)
    for n in range(times):
        warehouse.replace("t", BY_CYCLE, frames[n % 2], KEYS)


def writer(root: Path, times: int) -> ForkServerProcess:
    """A process that replaces all partitions so many times, once it is ready to."""
    ready, child = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=write_again_and_again, args=(root, times, child))
    process.start()
    assert ready.poll(timeout=60)
    return process


def of_one_write(warehouse: ParquetWarehouse, key: str) -> bool:
    """Whether the partition holds what one write put there, whole."""
    found = warehouse.read("t", BY_CYCLE, [key])
    return len(found) == 1000 and found["Value_C"].nunique() == 1


def test_a_writer_killed_at_any_moment_leaves_whole_partitions(tmp_path: Path) -> None:
    warehouse = ParquetWarehouse(tmp_path)
    warehouse.replace("t", BY_CYCLE, rows(4, 500, Value_C=3.0), KEYS)
    for moment in range(12):
        process = writer(tmp_path, 10**6)
        time.sleep(0.005 * moment)
        process.kill()
        process.join(timeout=30)
        assert process.exitcode == -signal.SIGKILL
        assert warehouse.keys("t") == KEYS
        assert all(of_one_write(warehouse, key) for key in KEYS)
        assert warehouse.expression("t", BY_CYCLE).count().execute() == 4000
    warehouse.replace("t", BY_CYCLE, rows(), KEYS)
    same(warehouse.read("t", BY_CYCLE), rows())


def write_until_rename(root: Path) -> None:
    """Die of SIGKILL when the temporary file is whole and about to be renamed."""
    Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign, assignment]
    ParquetWarehouse(root).replace("t", BY_CYCLE, rows(1, Value_C=9.0), KEYS[:1])


def test_a_writer_killed_between_write_and_rename_changes_nothing(warehouse: ParquetWarehouse) -> None:
    warehouse.replace("t", BY_CYCLE, rows(1), KEYS[:1])
    process = PROCESSES.Process(target=write_until_rename, args=(warehouse.root,))
    process.start()
    process.join(timeout=60)
    assert process.exitcode == -signal.SIGKILL
    assert len(list(warehouse.root.rglob("*~*"))) == 1, "it was killed after writing its temporary file"
    assert warehouse.keys("t") == KEYS[:1]
    same(warehouse.read("t", BY_CYCLE), rows(1))
    assert warehouse.expression("t", BY_CYCLE).count().execute() == len(rows(1))


def test_readers_and_writers_share_a_table(tmp_path: Path) -> None:
    warehouse = ParquetWarehouse(tmp_path)
    warehouse.replace("t", BY_CYCLE, rows(4, 500, Value_C=1.0), KEYS)
    writers = [writer(tmp_path, 40) for _ in range(2)]
    reads = 0
    while any(process.is_alive() for process in writers):
        assert all(of_one_write(warehouse, key) for key in KEYS)
        assert warehouse.expression("t", BY_CYCLE).count().execute() == 4000
        reads += 1
    assert [process.exitcode for process in writers] == [0, 0]
    assert reads > 1
