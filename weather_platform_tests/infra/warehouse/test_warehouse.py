"""The Parquet warehouse: the contract of every backend, and what only files can show."""

import errno
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import ibis
import pandas as pd
import pytest

from weather_platform.infra.warehouse import parquet_file
from weather_platform.infra.warehouse.parquet import ParquetWarehouse
from weather_platform_tests.infra.warehouse.warehouse_contract import (
    BY_CYCLE,
    BY_DAY,
    KEYS,
    START,
    WarehouseContract,
    WarehouseRoundTrip,
    of_keys,
    rows,
)


class TestParquet(WarehouseContract):
    """All of it."""


class TestParquetRoundTrip(WarehouseRoundTrip):
    """All of it."""


def digests(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*.parquet*"))
    }


def test_the_same_rows_are_the_same_bytes_in_any_order_and_form(tmp_path: Path) -> None:
    frame = rows()
    shuffled = frame.sample(frac=1, random_state=3)
    forms = {
        "sorted": frame,
        "shuffled": shuffled,
        "columns": frame[sorted(frame.columns)],
        "ibis": ibis.memtable(shuffled),
        "nanoseconds": frame.astype({"cycle": "datetime64[ns, UTC]"}),
    }
    for name, form in forms.items():
        ParquetWarehouse(tmp_path / name).replace("t", BY_CYCLE, form, KEYS)
    one_by_one = ParquetWarehouse(tmp_path / "one by one")
    for key in KEYS:
        one_by_one.replace("t", BY_CYCLE, of_keys(frame, [key]), [key])
    expected = digests(tmp_path / "sorted" / "t")
    assert list(expected) == [f"{key}.parquet" for key in KEYS]
    assert [digests(tmp_path / name / "t") for name in (*forms, "one by one")] == [expected] * 6


def test_a_partition_that_does_not_change_is_not_touched(warehouse: ParquetWarehouse) -> None:
    warehouse.replace("t", BY_CYCLE, rows(), KEYS)
    before = {file: file.stat().st_ino for file in warehouse.root.rglob("*.parquet")}
    warehouse.replace(
        "t", BY_CYCLE, rows().assign(Value_C=rows()["Value_C"].where(rows()["cycle"] > START)), KEYS
    )
    after = {file: file.stat().st_ino for file in warehouse.root.rglob("*.parquet")}
    assert [file.name for file in before if before[file] != after[file]] == [f"{KEYS[0]}.parquet"]
    (changed,) = (file for file in before if before[file] != after[file])
    assert warehouse.size("t", KEYS[:1]) == changed.stat().st_size < warehouse.size("t")


def test_reading_a_range_opens_only_its_files(warehouse: ParquetWarehouse) -> None:
    warehouse.replace("t", BY_CYCLE, rows(), KEYS)
    for file in warehouse.root.rglob("*.parquet"):
        if KEYS[1] not in file.name:
            file.write_bytes(b"not Parquet at all")
    assert len(warehouse.read("t", BY_CYCLE, [KEYS[1]])) == 6
    assert warehouse.expression("t", BY_CYCLE, [KEYS[1]]).count().execute() == 6


def test_a_folder_may_be_called_by_the_signs_of_patterns(tmp_path: Path) -> None:
    warehouse = ParquetWarehouse(tmp_path / "data [1] *?")
    ParquetWarehouse(tmp_path / "data 1 of another").replace("t", BY_CYCLE, rows(1, 1), KEYS[:1])
    warehouse.replace("t", BY_CYCLE, rows(), KEYS)
    assert warehouse.expression("t", BY_CYCLE, KEYS[:1]).count().execute() == 6


def test_a_spoilt_file_is_named_with_what_to_do(warehouse: ParquetWarehouse) -> None:
    warehouse.replace("t", BY_CYCLE, rows(1), KEYS[:1])
    (file,) = warehouse.root.rglob("*.parquet")
    file.write_bytes(file.read_bytes()[:-5])
    for read in (warehouse.read, warehouse.expression):
        with pytest.raises(
            ValueError, match=r"2026-03-08T00Z.parquet cannot be read as Parquet .* delete it"
        ):
            read("t", BY_CYCLE, KEYS[:1])


def test_of_a_file_that_the_system_does_not_give_its_own_word_is_told(tmp_path: Path) -> None:
    """And not that it is no Parquet and should be deleted, as where it may not be read."""
    with pytest.raises(FileNotFoundError):
        parquet_file.names(tmp_path / "2026-03-08T00Z.parquet")


def test_a_file_with_a_spoilt_bit_is_named_and_its_rows_are_not_taken(warehouse: ParquetWarehouse) -> None:
    """Found by trying: 86 of 100 such files were read with another value, and the others failed unnamed."""
    warehouse.replace("t", BY_CYCLE, rows(1), KEYS[:1])
    (file,) = warehouse.root.rglob("*.parquet")
    good, right = file.read_bytes(), warehouse.read("t", BY_CYCLE, KEYS[:1])
    footer = len(good) - 8 - int.from_bytes(good[-8:-4], "little")
    places = range(4, footer, 7)
    told = 0
    for place in places:
        file.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        try:
            found = warehouse.read("t", BY_CYCLE, KEYS[:1])
        except ValueError as error:
            assert re.search(r"2026-03-08T00Z.parquet cannot be read as Parquet .* delete it", str(error))
            told += 1
        else:  # a bit of a page's own heading, which says nothing of its values
            pd.testing.assert_frame_equal(found, right)
    assert told > len(places) / 2


def test_a_table_whose_folder_is_a_file_or_may_not_be_listed_is_not_taken_for_empty(
    warehouse: ParquetWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by trying: it had no partitions, and the look at the deployment's health said that it answers."""
    warehouse.replace("other", BY_CYCLE, rows(1), KEYS[:1])
    (warehouse.root / "t").write_text("")
    with pytest.raises(NotADirectoryError, match=r"/t['\"]"):
        warehouse.keys("t")

    def forbidden(folder: Path) -> list[str]:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))

    monkeypatch.setattr(os, "listdir", forbidden)
    monkeypatch.setattr(os, "scandir", forbidden)
    with pytest.raises(PermissionError, match=r"/other['\"]"):
        warehouse.read("other", BY_CYCLE)


def test_looking_at_the_same_files_again_leaves_nothing_behind(warehouse: ParquetWarehouse) -> None:
    """Each expression left a view in the connection, 0.06 MB of a year's files, as long as a code server
    lives.
    """
    warehouse.replace("t", BY_CYCLE, rows(), KEYS)
    for _ in range(3):
        one, other = (warehouse.expression("t", BY_CYCLE, keys) for keys in (KEYS[:1], KEYS))
        both = one.inner_join(other, list(BY_CYCLE.key)).count().execute()
        assert (both, other.count().execute()) == (len(of_keys(rows(), KEYS[:1])), len(rows()))
    views = "SELECT count(*) FROM duckdb_views() WHERE NOT internal"
    assert warehouse.connection.raw_sql(views).fetchall() == [(2,)]


def test_rows_of_a_frame_are_stored_without_duckdb(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
import pandas as pd
from weather_platform.core.contracts.truth import LOCATIONS
from weather_platform.infra.warehouse.parquet import ParquetWarehouse
warehouse = ParquetWarehouse(Path({str(tmp_path)!r}))
frame = pd.DataFrame(dict(location_id=["a"], latitude=[1.0], longitude=[2.0]))
warehouse.replace("locations", LOCATIONS, frame, None)
assert len(warehouse.read("locations", LOCATIONS)) == 1
print(sorted({{"ibis", "duckdb", "pandera"}} & set(sys.modules)))
"""
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 - our own
    assert found.stdout.strip() == "[]", "their import would cost every step a second"


def test_a_long_query_draws_no_progress_bar(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from weather_platform.infra.warehouse.parquet import ParquetWarehouse
# Longer than the two seconds after which DuckDB starts to draw.
query = "SELECT sum(a.range * b.range % 7) FROM range(30000) a, range(12000) b"
ParquetWarehouse(Path(sys.argv[1])).connection.raw_sql(query).fetchall()
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 - our own
    assert (found.stdout, found.stderr) == ("", "")


def test_a_full_disk_leaves_the_old_partition_and_no_litter(
    warehouse: ParquetWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.replace("t", BY_CYCLE, rows(1), KEYS[:1])
    before = digests(warehouse.root)

    def full(path: Path, data: memoryview) -> None:
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        warehouse.replace("t", BY_CYCLE, rows(1, Value_C=9.0), KEYS[:1])
    assert digests(warehouse.root) == before


ELSEWHERE = """
import sys
from pathlib import Path
from weather_platform.infra.warehouse.parquet import ParquetWarehouse
from weather_platform_tests.infra.warehouse.warehouse_contract import BY_DAY, rows
warehouse = ParquetWarehouse(Path(sys.argv[1]))
warehouse.replace("t", BY_DAY, rows(), ["2026-03-08"])
table = warehouse.expression("t", BY_DAY)
warehouse.replace("u", BY_DAY, table.filter(table.cycle.hour() == 6), ["2026-03-08"])
"""


def test_the_zone_of_the_machine_changes_no_byte(tmp_path: Path) -> None:
    zones = ("UTC", "America/New_York", "Asia/Kathmandu")
    processes = []
    for zone in zones:
        command = [sys.executable, "-c", ELSEWHERE, str(tmp_path / zone)]
        processes.append(subprocess.Popen(command, env=os.environ | {"TZ": zone}))  # noqa: S603 - our own
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    written = [(digests(tmp_path / zone / "t"), digests(tmp_path / zone / "u")) for zone in zones]
    assert written == [written[0]] * 3
    read = ParquetWarehouse(tmp_path / zones[1]).read("u", BY_DAY, ["2026-03-08"])
    assert read["cycle"].dt.hour.unique().tolist() == [6]
