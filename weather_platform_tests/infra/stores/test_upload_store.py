"""Files are kept whole, once, and the ledger of them survives whatever ends its writer."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from weather_platform.infra.objects.base import Version
from weather_platform.infra.objects.local import LocalObjects
from weather_platform.infra.stores.drop_box import Budget, look
from weather_platform.infra.stores.upload_store import SpoiltFileError, Taken, UploadStore
from weather_platform_tests.infra.stores.dropping import contents, drop, whole_look


def test_what_is_dropped_is_kept_and_stays_when_it_is_deleted(objects: LocalObjects, tmp_path: Path) -> None:
    drop(tmp_path, "a.csv", "one")
    drop(tmp_path, "d/Größe (1).csv", "two")
    ledger = whole_look(objects)
    assert contents(objects, ledger) == {"drop_box/a.csv": b"one", "drop_box/d/Größe (1).csv": b"two"}
    (tmp_path / "objects" / "drop_box" / "a.csv").unlink()
    assert whole_look(objects) == ledger
    drop(tmp_path, "a.csv", "one")
    assert list(whole_look(objects).uploads) == list(ledger.uploads)
    drop(tmp_path, "a.csv", "corrected")
    assert contents(objects, whole_look(objects))["drop_box/a.csv"] == b"corrected"


def test_a_kept_file_that_is_not_what_was_taken_in_is_never_read_and_dropping_it_again_mends_it(
    objects: LocalObjects, tmp_path: Path
) -> None:
    """Found by trying: one cut short, as after a power cut, was read for the whole of it. Only its name told
    what it should be.
    """
    drop(tmp_path, "a.csv", "one,two")
    drop(tmp_path, "a.csv.yaml", "kind: x")
    ledger = whole_look(objects)
    upload = ledger.uploads[ledger.newest["drop_box/a.csv"]]
    store = UploadStore(objects)
    files = {"a.csv": (upload.content, store.load), "a.csv.yaml": (upload.mapping, store.mapping)}
    for name, (digest, load) in files.items():
        kept = tmp_path / "objects" / "uploads" / "files" / digest
        good = kept.read_bytes()
        kept.write_bytes(good[:3])
        with pytest.raises(SpoiltFileError, match=f"object 'uploads/files/{digest}' is not .*remove it"):
            load(upload)
        kept.unlink()
        drop(tmp_path, name, good.decode())
        assert list(whole_look(objects).uploads) == list(ledger.uploads)
        assert load(upload) == good


def test_a_look_is_bounded_and_goes_on_where_it_ended(objects: LocalObjects, tmp_path: Path) -> None:
    for i in range(7):
        drop(tmp_path, f"{i}.csv", str(i))
    drop(tmp_path, "mapping.yaml", "m")
    store, cursor = UploadStore(objects), ""
    looks: list[tuple[str, int]] = []
    while not looks or looks[-1] != ("", 0):
        looked = look(objects, store, cursor, Budget(listed=5, files=2))
        cursor = looked.cursor
        looks.append((cursor, looked.taken))
    reached = "drop_box/4.csv"
    assert looks == [("", 2), ("", 2), (reached, 1), (reached, 2), ("", 1), (reached, 0), ("", 0)]
    assert len(store.ledger().uploads) == 12, "the mapping came late for five of them"


def test_a_mapping_is_taken_in_before_what_it_is_for(objects: LocalObjects, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "mapping.yaml", "z.csv", "z.csv.yaml"):
        drop(tmp_path, name, name)
    store = UploadStore(objects)
    while look(objects, store, "", Budget(files=1)).taken:
        pass
    assert [bool(upload.mapping) for upload in store.ledger().uploads.values()] == [True] * 3


def test_of_files_with_a_mapping_each_a_look_takes_in_some_of_both(
    objects: LocalObjects, tmp_path: Path
) -> None:
    """Found by reading: mappings of all came first, and a look that found no file to be read was a worker's
    last: a hundred files with theirs, dropped at once, were read a day later.
    """
    for name in ("a.csv", "b.csv", "c.csv"):
        drop(tmp_path, name, name)
        drop(tmp_path, f"{name}.yaml", f"mapping of {name}")
    store = UploadStore(objects)
    look(objects, store, "", Budget(files=2))
    assert [upload.mapping_name for upload in store.ledger().uploads.values()] == ["drop_box/a.csv.yaml"]


def test_where_a_listing_takes_long_it_is_gone_through_in_several_looks(
    objects: LocalObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by reading: it took all the time that there was, and nothing was ever taken in."""
    for i in range(7):
        drop(tmp_path, f"{i}.csv", str(i))
    now, names = [0.0], objects.versions

    def versions(prefix: str, after: str = "") -> Iterator[Version]:
        for version in names(prefix, after):
            now[0] += 1
            yield version

    monkeypatch.setattr(objects, "versions", versions)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    store, cursor = UploadStore(objects), ""
    for _ in range(3):
        cursor = look(objects, store, cursor, Budget(seconds=6)).cursor
    assert (len(store.ledger().uploads), cursor) == (7, "")


@pytest.mark.parametrize("budget", [Budget(bytes=200), Budget(seconds=2)])
def test_a_look_takes_in_no_more_bytes_and_for_no_longer_than_it_may(
    objects: LocalObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, budget: Budget
) -> None:
    for name in "abcde":
        drop(tmp_path, f"{name}.csv", name * 100)
    now, copied = [0.0], objects.copy_version

    def copy(version: Version, name: str) -> None:
        now[0] += 1
        copied(version, name)

    monkeypatch.setattr(objects, "copy_version", copy)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    store = UploadStore(objects)
    assert [look(objects, store, "", budget).taken for _ in range(4)] == [2, 2, 1, 0]


def test_a_file_that_is_too_large_is_an_upload_that_says_so(objects: LocalObjects, tmp_path: Path) -> None:
    drop(tmp_path, "a.csv", "12345")
    version = next(objects.versions("drop_box/"))
    store = UploadStore(objects)
    store.record([store.take(version, 4)])
    (upload,) = store.ledger().uploads.values()
    assert "5 bytes, more than the 4 allowed" in upload.refused


def test_two_writers_lose_nothing_to_each_other(objects: LocalObjects) -> None:
    one, other = UploadStore(objects), UploadStore(objects)
    for i in range(120):
        writer = one if i % 3 else other
        assert writer.add(f"f{i % 50}", str(i).encode(), b"m") == (writer.ledger().newest[f"f{i % 50}"], True)
    assert one.add("f0", b"100", b"m")[1] is False
    assert len(one.ledger().uploads) == 120
    assert one.ledger() == other.ledger() == UploadStore(objects).ledger()
    assert objects.exists("uploads/ledger/00000100.all")


@pytest.mark.parametrize("name", ["drop_box/a.csv", "drop_box/b.csv"])
def test_of_two_writers_with_one_number_the_second_takes_the_next(
    objects: LocalObjects, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Where both say the same as well: else one of two equal records would count for both."""
    noon = datetime(2026, 9, 3, 12, tzinfo=UTC)
    first, second = UploadStore(objects, lambda: noon), UploadStore(objects, lambda: noon)
    create = objects.create

    def late(record: str, data: bytes) -> bool:
        monkeypatch.undo()
        first.record([Taken("drop_box/a.csv", "1", 1, "0a")])
        return create(record, data)

    monkeypatch.setattr(objects, "create", late)
    second.record([Taken(name, "1", 1, "0a")])
    records = ["uploads/ledger/00000001", "uploads/ledger/00000002"]
    assert sorted(objects.names("uploads/ledger/")) == records
    assert UploadStore(objects).ledger() == second.ledger()
    assert set(second.ledger().seen) == {"drop_box/a.csv", name}


def test_after_a_summary_few_objects_are_read_and_only_the_newest_record_is_copied(
    objects: LocalObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weather_platform.infra.stores.upload_records._RECORDS_PER_SUMMARY", 2)
    for number in range(4):
        UploadStore(objects).record([Taken(f"drop_box/{number}.csv", "1", 1, "0a")])
    read: list[str] = []

    def reading(name: str, max_bytes: int) -> bytes:
        read.append(name.rpartition("/")[2])
        return reads(name, max_bytes)

    reads = objects.read
    monkeypatch.setattr(objects, "read", reading)
    store = UploadStore(objects)
    assert len(store.ledger().uploads) == 4
    assert read == ["00000004.all"]
    store.record([Taken("drop_box/4.csv", "1", 1, "0a")])
    assert len(objects.read("uploads/ledger/00000005", 1_000).splitlines()) == 2


def test_a_mapping_that_is_too_large_is_not_taken_for_one(objects: LocalObjects, tmp_path: Path) -> None:
    drop(tmp_path, "a.csv", "1")
    drop(tmp_path, "a.csv.yaml", "#" * 1_000_001)
    (upload,) = whole_look(objects).uploads.values()
    assert (upload.mapping_name, upload.mapping) == ("drop_box/a.csv.yaml", "")


def test_a_version_that_vanishes_is_passed_over(
    objects: LocalObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(tmp_path, "a.csv", "1")
    drop(tmp_path, "b.csv", "2")
    listed = list(objects.versions("drop_box/"))

    def versions(prefix: str, after: str) -> list[Version]:
        return listed

    monkeypatch.setattr(objects, "versions", versions)
    drop(tmp_path, "a.csv", "other")
    assert look(objects, UploadStore(objects), "", Budget()).taken == 1
    monkeypatch.undo()
    assert contents(objects, whole_look(objects)) == {"drop_box/a.csv": b"other", "drop_box/b.csv": b"2"}
