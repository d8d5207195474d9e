"""What every object store does with objects that others write and replace; a store's tests inherit this.

A store's test class overrides `store`, and `put`, `delete` as anyone outside the platform would do it.
"""

import re
from datetime import UTC, datetime, timedelta

import pytest

from weather_platform.infra.objects.base import ObjectStore, Version


class VersionsContract:
    """Inherit, give the fixture `store`, and implement `put` and `delete`."""

    def put(self, name: str, data: bytes) -> None:
        """Write an object as someone else: any name, replacing what is there."""
        raise NotImplementedError

    def delete(self, name: str) -> None:
        """Remove an object as someone else."""
        raise NotImplementedError

    def only(self, store: ObjectStore) -> Version:
        (version,) = store.versions("inbox/")
        return version

    def test_versions_come_by_whole_name_whatever_the_names(self, store: ObjectStore) -> None:
        names = [
            "inbox/b/1",
            "inbox/b-1",
            "inbox/b.1",
            "inbox/Größe (1).csv",
            "inbox/a b/ü",
            "inbox/ä",
            "inbox/z",
        ]
        for name in names:
            self.put(name, b"x")
        for other in ("other/a", "inbox.csv", "inbox2/a"):
            self.put(other, b"x")
        assert [version.name for version in store.versions("inbox/")] == sorted(names)
        assert list(store.versions("nothing/")) == []
        with pytest.raises(ValueError, match="must end in a slash"):
            list(store.versions("inbox"))

    def test_a_listing_goes_on_after_a_name_that_need_not_exist(self, store: ObjectStore) -> None:
        names = sorted(["inbox/a", "inbox/b/1", "inbox/b/2", "inbox/b-1", "inbox/c"])
        for name in names:
            self.put(name, b"")
        for after in ["", *names, "inbox/b", "inbox/b/", "inbox/b/15", "inbox/d"]:
            found = [version.name for version in store.versions("inbox/", after)]
            assert found == [name for name in names if name > after], after

    def test_a_version_says_size_and_time(self, store: ObjectStore) -> None:
        self.put("inbox/a", b"12345")
        version = self.only(store)
        assert version.size == 5
        assert abs(version.updated - datetime.now(UTC)) < timedelta(minutes=5)
        assert version == self.only(store), "an untouched object is the same version"

    def test_another_content_is_another_version_and_the_old_one_is_gone(self, store: ObjectStore) -> None:
        self.put("inbox/a", b"one")
        old = self.only(store)
        self.put("inbox/a", b"two")
        new = self.only(store)
        assert old.generation != new.generation
        with store.open_version(new) as stream:
            assert stream.read() == b"two"
        for use in (lambda: store.open_version(old).read(), lambda: store.copy_version(old, "kept/a")):
            with pytest.raises(FileNotFoundError, match="'inbox/a'"):
                use()
        assert not store.exists("kept/a")

    def test_a_deleted_object_is_listed_no_more(self, store: ObjectStore) -> None:
        self.put("inbox/a", b"one")
        old = self.only(store)
        self.delete("inbox/a")
        assert list(store.versions("inbox/")) == []
        with pytest.raises(FileNotFoundError, match="'inbox/a'"):
            store.open_version(old).read()

    def test_a_stream_is_read_in_pieces(self, store: ObjectStore) -> None:
        data = bytes(range(256)) * 20_000
        self.put("inbox/a", data)
        with store.open_version(self.only(store)) as stream:
            pieces = list(iter(lambda: stream.read(999_999), b""))
        assert b"".join(pieces) == data
        assert len(pieces) == 6

    def test_a_copy_is_a_write_once_object(self, store: ObjectStore) -> None:
        self.put("inbox/a b", b"one")
        version = self.only(store)
        assert store.copy_version(version, "kept/a@1") is True
        assert store.copy_version(version, "kept/a@1") is False
        assert store.read("kept/a@1", 3) == b"one"
        self.delete("inbox/a b")
        assert store.read("kept/a@1", 3) == b"one"
        with pytest.raises(ValueError, match="no valid part"):
            store.copy_version(version, "kept/../a")

    def test_an_invented_version_opens_nothing(self, store: ObjectStore) -> None:
        store.create("kept/secret", b"x")
        for name in (
            "inbox/../kept/secret",
            "../x",
            "/etc/passwd",
            "inbox/\0",
            "inbox//a",
            "",
            "inbox/nothing",
        ):
            with pytest.raises(FileNotFoundError, match=re.escape(repr(name))):
                store.open_version(Version(name, "1", 1, datetime.now(UTC))).read()
