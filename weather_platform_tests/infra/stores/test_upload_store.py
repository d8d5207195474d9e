"""Files are kept whole, once, and the ledger of them survives whatever ends its writer."""

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from weather_platform.core.uploads.ledger import Ledger
from weather_platform.infra.objects.base import Version
from weather_platform.infra.objects.local import LocalObjects
from weather_platform.infra.stores.drop_box import BEFORE_ALL, Budget, look
from weather_platform.infra.stores.upload_store import SpoiltFileError, UploadStore


@pytest.fixture
def objects(tmp_path: Path) -> LocalObjects:
    return LocalObjects(tmp_path / "objects")


def drop(objects_folder: Path, name: str, text: str) -> None:
    path = objects_folder / "objects" / "drop_box" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text)


def whole_look(objects: LocalObjects) -> Ledger:
    """As the next process would: nothing is remembered but the store."""
    store = UploadStore(objects)
    assert look(objects, store, "", Budget()).cursor == ""
    return UploadStore(objects).ledger()


def contents(objects: LocalObjects, ledger: Ledger) -> dict[str, bytes]:
    store = UploadStore(objects)
    kept = {name: upload for name, key in ledger.newest.items() if (upload := ledger.uploads[key]).content}
    return {name: store.load(upload) for name, upload in kept.items()}


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
    store, cursor, looks = UploadStore(objects), "", []
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


def test_a_file_that_is_too_large_is_an_upload_that_says_so(objects: LocalObjects, tmp_path: Path) -> None:
    drop(tmp_path, "a.csv", "12345")
    version = next(objects.versions("drop_box/"))
    store = UploadStore(objects)
    store.record([store.take(version, 4)])
    (upload,) = store.ledger().uploads.values()
    assert "5 bytes, more than the 4 allowed" in upload.refused


def forbid(patched: pytest.MonkeyPatch, *names: str) -> None:
    """Files that this process may not open, also where it is the superuser's."""
    real: Any = os.open

    def opened(path: Any, *args: Any, **kwargs: Any) -> int:
        if path in names:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return int(real(path, *args, **kwargs))

    patched.setattr(os, "open", opened)


def close(patched: pytest.MonkeyPatch, *names: str) -> None:
    """Folders that this process may not look into, also where it is the superuser's."""
    real: Any = os.scandir

    def scanned(path: Any) -> Any:
        if Path(path).name in names:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path)

    patched.setattr(os, "scandir", scanned)


@pytest.mark.parametrize("cursor", ["", BEFORE_ALL])
def test_a_drop_box_that_may_not_be_looked_into_is_told(
    objects: LocalObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cursor: str
) -> None:
    drop(tmp_path, "a.csv", "a")
    close(monkeypatch, "drop_box")
    assert look(objects, UploadStore(objects), cursor, Budget()) == ("", 1)
    assert set(UploadStore(objects).ledger().newest) == {"drop_box/"}


def test_a_folder_that_may_not_be_looked_into_is_told_once_and_holds_up_no_other(
    objects: LocalObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.csv", "locked/b.csv", "other/c.csv", "z.csv"):
        drop(tmp_path, name, name)
    with monkeypatch.context() as patched:
        close(patched, "locked", "other")
        ledger = whole_look(objects)
        assert set(contents(objects, ledger)) == {"drop_box/a.csv", "drop_box/z.csv"}
        told = [ledger.uploads[ledger.newest[f"drop_box/{name}/"]] for name in ("locked", "other")]
        assert all("permissions forbid" in one.refused and not one.duplicate_of for one in told)
        assert look(objects, UploadStore(objects), "", Budget()).taken == 0, "it was told"
        behind = objects.versions("drop_box/", "drop_box/locked/b.csv")
        assert [version.name for version in behind] == ["drop_box/other/", "drop_box/z.csv"]
    for listed in (1, 100):  # a name a look, then all that is left
        cursor = ""
        for _ in range(4):
            cursor = look(objects, UploadStore(objects), cursor, Budget(listed=listed)).cursor
    ledger = whole_look(objects)
    assert {"drop_box/locked/b.csv", "drop_box/other/c.csv"} <= set(contents(objects, ledger))
    assert not any(ledger.uploads[key].refused for key in ledger.newest.values())
    assert look(objects, UploadStore(objects), "", Budget()).taken == 0


def test_a_file_that_may_not_be_read_is_told_once_and_taken_in_when_it_may(
    objects: LocalObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(tmp_path, "a.csv", "locked")
    drop(tmp_path, "b.csv", "open")
    with monkeypatch.context() as patched:
        forbid(patched, "a.csv")
        ledger = whole_look(objects)
        locked = ledger.uploads[ledger.newest["drop_box/a.csv"]]
        assert "permissions forbid" in locked.refused
        assert look(objects, UploadStore(objects), "", Budget()).taken == 0, "it was told"
        # It holds up no other, not even where it would fill a look by itself.
        drop(tmp_path, "c.csv", "late")
        assert look(objects, UploadStore(objects), "", Budget(bytes=1)).taken == 1
    ledger = whole_look(objects)
    assert not ledger.uploads[ledger.newest["drop_box/a.csv"]].refused
    assert contents(objects, ledger)["drop_box/a.csv"] == b"locked"
    assert look(objects, UploadStore(objects), "", Budget()).taken == 0


def test_a_mapping_that_may_not_be_read_counts_when_it_may(
    objects: LocalObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(tmp_path, "a.csv", "1")
    drop(tmp_path, "a.csv.yaml", "m")
    with monkeypatch.context() as patched:
        forbid(patched, "a.csv.yaml")
        (upload,) = whole_look(objects).uploads.values()
        assert (upload.mapping_name, upload.mapping) == ("drop_box/a.csv.yaml", "")
    ledger = whole_look(objects)
    assert ledger.uploads[ledger.newest["drop_box/a.csv"]].mapping


def test_two_writers_lose_nothing_to_each_other(objects: LocalObjects) -> None:
    one, other = UploadStore(objects), UploadStore(objects)
    for i in range(120):
        writer = one if i % 3 else other
        assert writer.add(f"f{i % 50}", str(i).encode(), b"m") == (writer.ledger().newest[f"f{i % 50}"], True)
    assert one.add("f0", b"100", b"m")[1] is False
    assert len(one.ledger().uploads) == 120
    assert one.ledger() == other.ledger() == UploadStore(objects).ledger()
    assert objects.exists("uploads/ledger/00000100.all")


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


def spoil(tmp_path: Path, name: str, data: bytes) -> Path:
    path = tmp_path / "objects" / "uploads" / "ledger" / name
    path.write_bytes(data)
    return path


def test_a_damaged_record_stops_nothing_and_the_next_one_has_a_copy_of_it(
    objects: LocalObjects, tmp_path: Path
) -> None:
    """Found by trying: one flipped bit in a record of any age, and no file was taken in any more."""
    for name in ("a.csv", "b.csv", "c.csv"):
        drop(tmp_path, name, name)
        ledger = whole_look(objects)
        (tmp_path / "objects" / "drop_box" / name).unlink()
    for number, data in ((1, b""), (2, b"\xff"), (2, b'{"name": 1}\n')):
        name = f"{number:08d}"
        good = (tmp_path / "objects" / "uploads" / "ledger" / name).read_bytes()
        path = spoil(tmp_path, name, data)
        store = UploadStore(objects)
        assert store.ledger() == ledger
        (told,) = store.damaged().items()
        assert told[0] == f"uploads/ledger/{name}" and "the next record has a copy" in told[1]
        path.unlink()
        assert store.ledger() == ledger, "removed, as the remedy says"
        assert store.damaged() == {}
        path.write_bytes(good)
    drop(tmp_path, "d.csv", "d")
    assert list(whole_look(objects).uploads)[:3] == list(ledger.uploads)


def test_what_the_newest_record_said_is_taken_in_again_where_it_is_damaged(
    objects: LocalObjects, tmp_path: Path
) -> None:
    for names in (["a.csv"], ["b.csv", "c.csv"]):
        for name in names:
            drop(tmp_path, name, name)
        ledger = whole_look(objects)
    (tmp_path / "objects" / "drop_box" / "b.csv").unlink()
    path = tmp_path / "objects" / "uploads" / "ledger" / "00000002"
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert list(UploadStore(objects).ledger().uploads) == list(ledger.uploads)[:2], "whose line is whole"
    assert list(whole_look(objects).uploads) == list(ledger.uploads), "by the keys they had"
    path.write_bytes(b"")
    (tmp_path / "objects" / "uploads" / "ledger" / "00000003").unlink()
    lacking = UploadStore(objects)
    assert len(lacking.ledger().uploads) == 1
    path.write_bytes(whole)
    assert list(lacking.ledger().uploads) == list(ledger.uploads), "mended, without a restart"


def test_a_damaged_summary_is_passed_over_and_none_is_made_of_what_is_damaged(
    objects: LocalObjects, tmp_path: Path
) -> None:
    store = UploadStore(objects)
    for i in range(199):
        store.add(f"f{i}", b"1", b"m")
    ledger = store.ledger()
    summary = "uploads/ledger/00000100.all"
    spoil(tmp_path, "00000100.all", b"{}\n")
    again = UploadStore(objects)
    assert again.ledger() == ledger
    assert list(again.damaged()) == [summary]
    again.add("f199", b"1", b"m")
    assert not objects.exists("uploads/ledger/00000200.all")
    (tmp_path / "objects" / summary).unlink()
    assert UploadStore(objects).ledger().newest.keys() == {f"f{i}" for i in range(200)}
