"""Write-once objects: whole or absent, never replaced, and only under names that cannot lead elsewhere."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from weather_platform.infra.objects.base import ObjectExistsError
from weather_platform.infra.objects.local import LocalObjects
from weather_platform_tests.infra.objects.objects_contract import ObjectsContract, ObjectsRoundTrip


@pytest.fixture
def objects(tmp_path: Path) -> LocalObjects:
    return LocalObjects(tmp_path / "objects")


class TestLocalObjects(ObjectsContract):
    """All of it."""

    @pytest.fixture
    def store(self, objects: LocalObjects) -> LocalObjects:
        return objects


class TestLocalObjectsRoundTrip(ObjectsRoundTrip):
    """All of it."""

    @pytest.fixture
    def store(self, objects: LocalObjects) -> LocalObjects:
        return objects


def test_names_hide_what_a_killed_writer_left(objects: LocalObjects, tmp_path: Path) -> None:
    objects.create("p/a", b"")
    (tmp_path / "objects/p/c~0123456789abcdef").write_bytes(b"half")
    assert list(objects.names("p/")) == ["p/a"]


def test_a_writer_that_lives_leaves_nothing_beside_its_object(objects: LocalObjects, tmp_path: Path) -> None:
    objects.create("p/a", b"1")
    objects.create("p/a", b"1")
    with pytest.raises(ObjectExistsError):
        objects.create("p/a", b"2")
    (version,) = objects.versions("p/")
    objects.copy_version(version, "p/b")
    assert sorted(path.name for path in (tmp_path / "objects/p").iterdir()) == ["a", "b"]


def test_the_first_name_is_told_before_other_folders_are_looked_into(objects: LocalObjects) -> None:
    """Found by trying: who asks whether the store answers, as `watch` does, listed all replies of years."""
    objects.create("p/a/1", b"")
    objects.create("p/b/1", b"")
    names = objects.names("p/")
    assert next(names) == "p/a/1"
    objects.create("p/b/2", b"")
    assert list(names) == ["p/b/1", "p/b/2"]


def test_a_refused_name_makes_no_file(objects: LocalObjects, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no valid part"):
        objects.create("../a", b"")
    assert list(tmp_path.rglob("*")) == []


def test_a_name_is_an_object_or_a_folder(objects: LocalObjects) -> None:
    objects.create("a/b", b"")
    with pytest.raises(ValueError, match="'a' is a folder"):
        objects.create("a", b"")
    with pytest.raises(ValueError, match="'a/b/c' lies below another object"):
        objects.create("a/b/c", b"")


def _race(root: Path, worker: int, barrier: Any, results: Any) -> None:
    barrier.wait()
    won = []
    for i in range(200):
        try:
            won.append(LocalObjects(root).create(f"race/{i}", f"{worker}".encode() * 1000))
        except ObjectExistsError:
            won.append(False)
    results.put((worker, won))


def test_of_racing_processes_exactly_one_wins(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(2), context.Queue()
    workers = [context.Process(target=_race, args=(tmp_path, n, barrier, results)) for n in range(2)]
    for worker in workers:
        worker.start()
    won = dict(results.get(timeout=60) for _ in workers)
    for worker in workers:
        worker.join(timeout=60)
    objects = LocalObjects(tmp_path)
    for i in range(200):
        assert [won[0][i], won[1][i]].count(True) == 1
        assert objects.read(f"race/{i}", 1000) == b"%d" % won[1][i] * 1000


WRITER = """
import sys
from pathlib import Path
from typing import Any
from weather_platform.infra.objects.local import LocalObjects
objects = LocalObjects(Path(sys.argv[1]))
print("ready", flush=True)
for i in range(10**6):
    objects.create(f"k/{i:07d}", b"%07d" % i * 100_000)
"""


def test_a_killed_writer_leaves_only_whole_objects(tmp_path: Path) -> None:
    for moment in (0.0, 0.013, 0.05):
        root = tmp_path / f"after-{moment}"
        command = [sys.executable, "-c", WRITER, str(root)]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603 - our own interpreter
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(moment)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait(timeout=30)
        writer.stdout.close()
        objects = LocalObjects(root)
        for name in objects.names("k/"):
            assert objects.read(name, 700_000) == name.removeprefix("k/").encode() * 100_000
        assert objects.create("k/after", b"")


def test_15_000_objects_take_seconds(objects: LocalObjects) -> None:
    start = time.process_time()
    for i in range(3_000):
        objects.create(f"payloads/p/{i // 100}/{i}", b"x" * 2_000)
    assert time.process_time() - start < 3, "3 000 objects; 15 000 must not take more than some seconds"
