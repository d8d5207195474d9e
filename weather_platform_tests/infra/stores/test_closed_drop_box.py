"""What may not be read is told once, holds up nothing else, and is taken in when it may."""

from pathlib import Path

import pytest

from weather_platform.infra.objects.local import LocalObjects
from weather_platform.infra.stores.drop_box import BEFORE_ALL, Budget, look
from weather_platform.infra.stores.upload_store import UploadStore
from weather_platform_tests.infra.stores.dropping import close, contents, drop, forbid, whole_look


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
        cursor = ""
        for _ in range(5):  # each sees a name, and is no word of the others
            looked = look(objects, UploadStore(objects), cursor, Budget(listed=1))
            assert looked.taken == 0
            cursor = looked.cursor
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
