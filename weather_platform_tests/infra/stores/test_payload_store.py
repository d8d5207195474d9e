"""Payloads in a real folder: the manifest is read back from the objects, and replies are written once."""

from dataclasses import replace
from pathlib import Path

import pytest

from weather_platform.core.contracts.forecast import MANIFEST
from weather_platform.core.fetching.payloads import Damaged, digest
from weather_platform.core.partitions import CYCLE
from weather_platform.core.tables.schema import check
from weather_platform.infra.objects.base import ObjectExistsError
from weather_platform.infra.objects.local import LocalObjects
from weather_platform.infra.stores.payload_store import OtherReplyError, PayloadStore
from weather_platform_tests.core.fetching.test_payloads import meta_of
from weather_platform_tests.replies import START


def test_what_is_saved_is_listed_and_read(tmp_path: Path) -> None:
    store = PayloadStore(LocalObjects(tmp_path))
    later = replace(meta_of(b"two"), cycle=START + CYCLE.length, request="other")
    assert store.save(meta_of(b"one"), b"one")
    assert store.save(later, b"two")
    assert store.cycles("open_meteo") == ["2026-08-01T00Z", "2026-08-01T06Z"]
    assert store.requests("open_meteo", START) == {"batch-000"}
    assert store.requests("nws", START) == set()
    manifest = store.manifest("open_meteo", [START, later.cycle])
    assert check(manifest, MANIFEST).bad.empty
    assert manifest["request"].tolist() == ["batch-000", "other"]
    assert [body for _, body in store.read("open_meteo", [later.cycle, START], [])] == [b"two", b"one"]
    assert store.manifest("nws", [START]).empty


def test_cycles_from_a_time_on_and_headers_of_any_length_are_had_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = LocalObjects(tmp_path)
    store = PayloadStore(objects)
    for step in range(4):
        cycle = START + step * CYCLE.length
        store.save(replace(meta_of(b"one"), cycle=cycle, url="https://h/?" + "x" * step * 20_000), b"one")
    keys = CYCLE.keys(START, START + 4 * CYCLE.length)
    assert store.cycles("open_meteo") == keys
    # That in which the time lies is among them.
    assert store.cycles("open_meteo", START + CYCLE.length * 1.5) == keys[1:]
    assert store.cycles("open_meteo", START + 2 * CYCLE.length) == keys[2:]
    monkeypatch.delattr(LocalObjects, "read")
    manifest = store.manifest("open_meteo", [CYCLE.start(key) for key in keys])
    assert manifest["url"].str.len().tolist() == [11 + step * 20_000 for step in range(4)]


def test_a_reply_is_written_once(tmp_path: Path) -> None:
    store = PayloadStore(LocalObjects(tmp_path))
    store.save(meta_of(b"one"), b"one")
    assert not store.save(meta_of(b"one"), b"one")
    with pytest.raises(ObjectExistsError, match=r"object 'payloads/.+' exists with other content"):
        store.save(replace(meta_of(b"two"), **digest(b"two")), b"two")


def spoil(folder: Path, name: str, at: int) -> None:
    """One byte of a stored object is another."""
    (path,) = (path for path in folder.rglob(name) if path.is_file())
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize("at", [0, 9, -4], ids=["magic", "header", "body"])
def test_a_damaged_object_is_named_and_keeps_no_other_back(tmp_path: Path, at: int) -> None:
    store, body = PayloadStore(LocalObjects(tmp_path)), b"one" * 100
    store.save(meta_of(body), body)
    store.save(replace(meta_of(b"two"), request="other"), b"two")
    spoil(tmp_path, "batch-000", at)
    damaged: list[Damaged] = []
    assert [kept for _, kept in store.read("open_meteo", [START], damaged)] == [b"two"]
    ((cycle, name, reason),) = damaged
    assert (cycle, name) == (START, "payloads/open_meteo/2026-08-01T00Z/batch-000")
    assert name in reason and "until the cycle is over" in reason and "weather-platform import" in reason
    assert "other" in store.manifest("open_meteo", [START])["request"].tolist()
    with pytest.raises(OtherReplyError, match=r"batch-000.*remove it"):
        store.keep(meta_of(body), body)
