"""A damaged record of the ledger loses nothing that can still be had."""

from pathlib import Path

from weather_platform.infra.objects.local import LocalObjects
from weather_platform.infra.stores.upload_store import UploadStore
from weather_platform_tests.infra.stores.dropping import drop, whole_look


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


def test_of_a_record_that_is_half_spoilt_the_copy_has_the_other_half(
    objects: LocalObjects, tmp_path: Path
) -> None:
    for names in (["a.csv", "b.csv"], ["c.csv"]):
        for name in names:
            drop(tmp_path, name, name)
        ledger = whole_look(objects)
    path = tmp_path / "objects" / "uploads" / "ledger" / "00000001"
    path.write_bytes(path.read_bytes()[:-20])
    fresh = UploadStore(objects)
    assert list(fresh.damaged()) == ["uploads/ledger/00000001"], "asked of it first"
    assert fresh.ledger() == ledger


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
