"""What uploads follow from entries, whatever was dropped in whatever order."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.uploads.ledger import Entry, Ledger, fold

Drops = list[list[tuple[str, str]]]


def entries(*batches: list[tuple[str, str]]) -> list[Entry]:
    """One batch of (name, text) after the other."""
    made = []
    for number, batch in enumerate(batches, start=1):
        for name, text in batch:
            digest = hashlib.sha256(text.encode()).hexdigest()
            made.append(Entry(number, name, f"{number}-{digest[:4]}", len(text), digest))
    return made


def counting(ledger: Ledger) -> dict[str, str]:
    """Names whose rows count, with their key."""
    return {name: key for name, key in ledger.newest.items() if ledger.counts(key)}


def test_a_file_is_one_upload_and_the_same_content_again_is_none() -> None:
    ledger = fold(entries([("b/a b.csv", "1")], [("b/a b.csv", "1")]))
    (key,) = ledger.uploads
    assert key.startswith("a_b.csv@000001-") and ledger.counts(key)
    assert list(ledger.before(key)) == []


def test_another_content_replaces_and_going_back_replaces_again() -> None:
    ledger = fold(entries([("f", "1")], [("f", "2")], [("f", "1")]))
    first, second, third = ledger.uploads
    assert [ledger.counts(key) for key in (first, second, third)] == [False, False, True]
    assert list(ledger.before(third)) == [second, first]
    assert len({first, second, third}) == 3


def test_a_copy_under_another_name_has_no_rows_until_the_original_changes() -> None:
    ledger = fold(entries([("a", "1"), ("b", "1")]))
    first, copy = ledger.uploads
    assert counting(ledger) == {"a": first} and ledger.uploads[copy].duplicate_of == first
    ledger.add(entries([("a", "2")]))
    heir = ledger.newest["b"]
    assert set(counting(ledger)) == {"a", "b"} and heir not in (first, copy)
    assert list(ledger.before(heir)) == [copy]


def test_a_file_takes_the_mapping_beside_it_then_its_folders() -> None:
    ledger = fold(entries([("d/x/f", "1"), ("d/f", "2"), ("f", "3")]))
    assert {upload.mapping for upload in ledger.uploads.values()} == {""}
    ledger.add(entries([("d/mapping.yaml", "m")]))
    assert ledger.uploads[ledger.newest["d/x/f"]].mapping_name == "d/mapping.yaml"
    assert ledger.uploads[ledger.newest["d/f"]].mapping
    assert not ledger.uploads[ledger.newest["f"]].mapping
    ledger.add(entries([("d/f.yaml", "own")]))
    assert ledger.uploads[ledger.newest["d/f"]].mapping_name == "d/f.yaml"
    assert len(ledger.uploads) == 6


def test_a_file_and_its_mapping_in_one_batch_are_one_upload_in_either_order() -> None:
    for batch in ([("f", "1"), ("f.yaml", "m")], [("f.yaml", "m"), ("f", "1")]):
        (upload,) = fold(entries(batch)).uploads.values()
        assert upload.mapping


names = st.sampled_from(["a", "b", "d/a", "a.yaml", "mapping.yaml", "d/mapping.yaml"])
drops = st.lists(st.lists(st.tuples(names, st.sampled_from("123")), max_size=4), max_size=12)


@given(drops)
def test_every_content_that_is_in_the_box_counts_once(batches: Drops) -> None:
    ledger = fold(entries(*batches))
    now = {name: text for batch in batches for name, text in batch}
    files = {name for name in now if not name.endswith(".yaml")}
    assert set(ledger.newest) == files
    uploads = [ledger.uploads[key] for key in ledger.newest.values()]
    assert {u.content for u in uploads} == {hashlib.sha256(now[n].encode()).hexdigest() for n in files}
    counted = [ledger.uploads[key].identity for key in counting(ledger).values()]
    assert sorted(counted) == sorted({upload.identity for upload in uploads})
    for upload in uploads:
        if upload.duplicate_of:
            assert ledger.counts(upload.duplicate_of)
            assert ledger.uploads[upload.duplicate_of].identity == upload.identity


@given(drops, st.data())
def test_entries_read_in_pieces_or_taken_in_twice_give_the_same(batches: Drops, data: st.DataObject) -> None:
    whole = entries(*batches)
    cut = data.draw(st.integers(0, len(batches)))
    pieces = fold(entry for entry in whole if entry.batch <= cut)
    for number in range(cut + 1, len(batches) + 1):
        pieces.add(entry for entry in whole if entry.batch == number)
    assert pieces == fold(whole)
    again = fold(whole)
    again.add([entry for entry in whole if entry == next(e for e in reversed(whole) if e.name == entry.name)])
    assert again == fold(whole)


@given(drops)
def test_keys_are_of_one_name_each_and_grow(batches: Drops) -> None:
    ledger = fold(entries(*batches))
    ordinals = [int(key.rpartition("@")[2][:6]) for key in ledger.uploads]
    assert ordinals == list(range(1, len(ordinals) + 1))
    for key, upload in ledger.uploads.items():
        assert all(ledger.uploads[old].name == upload.name for old in ledger.before(key))


def test_the_same_content_of_another_time_place_or_owner_is_no_copy() -> None:
    first = "box/replies/open_meteo/20260801T070000Z_denver.json"
    others = [
        first.replace("T07", "T13"),
        first.replace("denver", "miami"),
        first.replace("open_meteo", "nws"),
        "box/forecasts/mine/v1/a.csv",
        "box/forecasts/mine/v2/a.csv",
        "box/cam/20260801T070000Z_pier.png",
    ]
    copies = [first.replace("/2026", "/again/2026"), "box/forecasts/mine/v1/b.csv"]
    ledger = fold(entries([(name, "1") for name in (first, *others, *copies)]))
    assert set(counting(ledger)) == {first, *others}
