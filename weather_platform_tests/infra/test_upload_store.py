"""Uploads are kept whole, once, and found by key."""

from pathlib import Path

import pytest

from weather_platform.infra.local_objects import LocalObjects
from weather_platform.infra.upload_store import Upload, UploadStore


def test_an_upload_comes_back_as_given_and_twice_is_once(tmp_path: Path) -> None:
    store = UploadStore(LocalObjects(tmp_path))
    upload = Upload(bytes(range(256)), "source: größe\n")
    assert store.save("b.csv@00000001", upload)
    assert not store.save("b.csv@00000001", upload)
    assert store.save("a.csv@00000002", upload)
    assert store.load("b.csv@00000001") == upload
    assert store.keys() == ["a.csv@00000002", "b.csv@00000001"]


def test_an_upload_whose_file_is_not_there_yet_is_none(tmp_path: Path) -> None:
    objects = LocalObjects(tmp_path)
    objects.create("uploads/observations/a.csv@00000001/mapping.yaml", b"")
    store = UploadStore(objects)
    assert store.keys() == []
    with pytest.raises(FileNotFoundError):
        store.load("a.csv@00000001")
