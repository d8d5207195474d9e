"""Versions of files that others put below a folder: the contract, and what only a folder can hold."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from weather_platform.infra.objects.base import Version
from weather_platform.infra.objects.local import LocalObjects
from weather_platform.infra.objects.version_file import generation_of
from weather_platform_tests.infra.objects.versions_contract import VersionsContract


class TestLocalVersions(VersionsContract):
    """The contract over a folder."""

    @pytest.fixture(autouse=True)
    def _root(self, tmp_path: Path) -> None:
        self.root = tmp_path / "objects"

    @pytest.fixture
    def store(self) -> LocalObjects:
        return LocalObjects(self.root)

    def put(self, name: str, data: bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(data)

    def delete(self, name: str) -> None:
        (self.root / name).unlink()

    def test_links_and_pipes_are_no_versions(self, store: LocalObjects, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_bytes(b"x")
        self.put("inbox/a", b"1")
        version = self.only(store)
        (self.root / "inbox/link").symlink_to(secret)
        (self.root / "inbox/folder").symlink_to(tmp_path)
        os.mkfifo(self.root / "inbox/pipe")
        assert self.only(store) == version
        for name in ("inbox/link", "inbox/folder/secret", "inbox/pipe", "inbox"):
            with pytest.raises(FileNotFoundError, match=f"{name!r} was deleted or replaced"):
                store.open_version(version._replace(name=name))

    def test_whatever_is_dropped_is_listed_also_under_names_like_those_of_our_half_written_files(
        self, store: LocalObjects
    ) -> None:
        names = ["inbox/STATIO~1.csv", "inbox/a.csv~", "inbox/b~0123456789abcdef"]
        for name in names:
            self.put(name, b"x")
        assert [version.name for version in store.versions("inbox/")] == names

    @pytest.mark.parametrize("size", [-1, 4])
    def test_a_file_written_to_in_place_is_another_version_also_in_the_middle(
        self, store: LocalObjects, size: int
    ) -> None:
        self.put("inbox/a", b"one")
        old = self.only(store)
        with store.open_version(old) as stream, (self.root / "inbox/a").open("ab") as file:
            assert stream.read(3) == b"one"
            file.write(b"more")
            file.flush()
            with pytest.raises(FileNotFoundError, match="replaced"):
                while stream.read(size):
                    pass

    def test_a_file_of_another_inode_or_size_is_another_version_whatever_its_time(
        self, store: LocalObjects
    ) -> None:
        """As `mv` of a copy with its time leaves it, and a writer that sets the time back."""
        self.put("inbox/a", b"one")
        path, other = self.root / "inbox/a", self.root / "other"
        old, status = self.only(store), path.stat()
        other.write_bytes(b"two")
        os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
        other.rename(path)
        new = self.only(store)
        assert (new.size, new.updated) == (old.size, old.updated)
        with path.open("ab") as file:
            file.write(b"more")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert len({old.generation, new.generation, self.only(store).generation}) == 3

    def test_a_file_that_vanishes_while_others_are_listed_is_passed_over(self, store: LocalObjects) -> None:
        for name in "abc":
            self.put(f"inbox/{name}", b"x")
        versions = store.versions("inbox/")
        next(versions)
        self.delete("inbox/b")
        assert [version.name for version in versions] == ["inbox/c"]

    def test_no_link_and_no_dots_lead_out_whatever_the_generation(
        self, store: LocalObjects, tmp_path: Path
    ) -> None:
        (self.root / "inbox").mkdir(parents=True)
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "secret").write_text("x")
        (self.root / "inbox/link").symlink_to(outside / "secret")
        (self.root / "inbox/folder").symlink_to(outside)
        status = (outside / "secret").stat()
        for name in ("inbox/link", "inbox/folder/secret", f"../{outside.name}/secret"):
            assert (self.root / name).read_text() == "x"
            with pytest.raises(FileNotFoundError, match="deleted or replaced"):
                store.open_version(Version(name, generation_of(status), 1, datetime.now(UTC)))

    def test_a_name_that_is_no_utf8_is_listed_and_opened(self, store: LocalObjects) -> None:
        self.put(os.fsdecode(b"inbox/gr\xf6\xdfe.csv"), b"x")
        with store.open_version(self.only(store)) as stream:
            assert stream.read() == b"x"
