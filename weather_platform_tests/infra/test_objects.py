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
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.infra.local_objects import LocalObjects
from weather_platform.infra.objects import ObjectExistsError


@pytest.fixture
def objects(tmp_path: Path) -> LocalObjects:
    return LocalObjects(tmp_path / "objects")


def test_an_object_is_written_once(objects: LocalObjects) -> None:
    assert not objects.exists("a/b")
    assert objects.create("a/b", b"one") is True
    assert objects.create("a/b", b"one") is False
    with pytest.raises(ObjectExistsError, match="'a/b' exists with other content"):
        objects.create("a/b", b"two")
    assert objects.read("a/b", max_bytes=3) == b"one"
    assert objects.exists("a/b")
    assert not objects.exists("a")


def test_an_empty_body_is_an_object(objects: LocalObjects) -> None:
    assert objects.create("empty", b"")
    assert objects.read("empty", max_bytes=0) == b""


def test_reading_is_bounded_and_says_what_is_missing(objects: LocalObjects) -> None:
    objects.create("a", b"1234")
    with pytest.raises(ValueError, match="'a' has 4 bytes, more than the 3 allowed"):
        objects.read("a", max_bytes=3)
    with pytest.raises(FileNotFoundError):
        objects.read("b", max_bytes=3)


def test_names_are_sorted_as_whole_names_and_hide_leftovers(objects: LocalObjects, tmp_path: Path) -> None:
    for name in ("p/b/1", "p/a", "p/b-1", "p/b.1", "q/a"):
        objects.create(name, b"")
    (tmp_path / "objects/p/c~0123456789abcdef").write_bytes(b"half")
    assert list(objects.names("p/")) == ["p/a", "p/b-1", "p/b.1", "p/b/1"]
    assert list(objects.names("")) == ["p/a", "p/b-1", "p/b.1", "p/b/1", "q/a"]
    assert list(objects.names("none/")) == []
    with pytest.raises(ValueError, match="must end in a slash"):
        objects.names("p")


@pytest.mark.parametrize(
    "name", ["", "/a", "a//b", "../a", "a/..", "./a", "a\\b", "a~b", "a b", "ä", "a/", "x" * 201]
)
def test_other_names_are_refused_everywhere(objects: LocalObjects, tmp_path: Path, name: str) -> None:
    for use in (
        lambda: objects.create(name, b""),
        lambda: objects.read(name, 1),
        lambda: objects.exists(name),
    ):
        with pytest.raises(ValueError, match="no valid part"):
            use()
    assert list(tmp_path.rglob("*")) == []


def test_a_name_is_an_object_or_a_folder(objects: LocalObjects) -> None:
    objects.create("a/b", b"")
    with pytest.raises(ValueError, match="'a' is a folder"):
        objects.create("a", b"")
    with pytest.raises(ValueError, match="'a/b/c' lies below another object"):
        objects.create("a/b/c", b"")


segment = st.text("abzAZ09._=+@-", min_size=1, max_size=8).filter(lambda text: text not in (".", ".."))


@given(
    st.dictionaries(
        st.lists(segment, min_size=2, max_size=2).map("/".join), st.binary(max_size=50), max_size=8
    )
)
def test_what_was_created_is_listed_and_read_back(
    tmp_path_factory: pytest.TempPathFactory, contents: dict[str, bytes]
) -> None:
    objects = LocalObjects(tmp_path_factory.mktemp("objects"))
    for name, data in contents.items():
        assert objects.create(name, data)
    assert list(objects.names("")) == sorted(contents)
    assert {name: objects.read(name, 50) for name in objects.names("")} == contents


def _race(root: Path, worker: int, barrier: Any, results: Any) -> None:
    barrier.wait()
    won = []
    for i in range(200):
        try:
            won.append(LocalObjects(root).create(f"race/{i}", f"{worker}".encode() * 1000))
        except ObjectExistsError:
            won.append(False)
    results.put((worker, won))


def test_of_racing_writers_exactly_one_wins(tmp_path: Path) -> None:
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
from weather_platform.infra.local_objects import LocalObjects
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
    start = time.perf_counter()
    for i in range(3_000):
        objects.create(f"payloads/p/{i // 100}/{i}", b"x" * 2_000)
    assert time.perf_counter() - start < 3, "3 000 objects; 15 000 must not take more than some seconds"
