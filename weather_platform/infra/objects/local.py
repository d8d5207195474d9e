"""Objects as files below one folder.

Belongs here: what makes a file a write-once object. Does not: what the bytes mean.

An object appears by a hard link, which refuses to replace, of a finished temporary file beside it; a writer
that is killed leaves at most the temporary file, whose name no object can have (see half_written). Nothing is
fsynced: a killed process loses nothing by that, the 15 000 replies of a backfill would take minutes with it,
and what a power cut can spoil (the last seconds before it) is found by the hash that every payload carries.

Versions of files that others put there are told apart by inode, size and modification time, and opened part
by part from the root without following a link, so that no name leads out of it. None of their names is ours
to pass over, be it `STATIO~1.csv`.
"""

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from weather_platform.infra.objects.base import ObjectExistsError, Version, check_name, check_prefix
from weather_platform.infra.objects.half_written import is_unfinished, unfinished
from weather_platform.infra.objects.version_file import closed, generation_of, open_regular


class LocalObjects:
    """`ObjectStore` over the folder `root`, which is made with the first object."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def create(self, name: str, data: bytes) -> bool:
        """Write an object atomically. True if it is new, False if it was there with the same bytes.

        Raises ObjectExistsError if it was there with other bytes.
        """
        path = self._path(name)
        if path.exists() or not self._link_new(path, name, io.BytesIO(data)):
            return self._must_equal(name, path, data)
        return True

    def read(self, name: str, max_bytes: int) -> bytes:
        """The bytes. Raises FileNotFoundError, or ValueError where it is larger than `max_bytes`."""
        with self._path(name).open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if size > max_bytes:
                raise ValueError(f"object {name!r} has {size} bytes, more than the {max_bytes} allowed here")
            return file.read()

    def beginning(self, name: str, count: int) -> bytes:
        """The first `count` bytes, fewer where there are no more. Raises FileNotFoundError."""
        with self._path(name).open("rb") as file:
            return file.read(count)

    def names(self, prefix: str, start: str = "") -> Iterator[str]:
        """Names under a folder-like prefix (ending in a slash, or empty for every object), sorted, from the
        name `start` on.
        """
        check_prefix(prefix)
        folder = self._path(prefix[:-1]) if prefix else self._root
        return _names_below(folder, prefix, start)

    def exists(self, name: str) -> bool:
        """Whether an object of that name was completely written."""
        return self._path(name).is_file()

    def versions(self, prefix: str, after: str = "") -> Iterator[Version]:
        """Files under a folder-like prefix by name, those up to and including `after` left out; no links."""
        if not prefix.endswith("/"):
            raise ValueError(f"object prefix {prefix!r} must end in a slash")
        return _versions_below(self._path(prefix[:-1]), prefix, after)

    def open_version(self, version: Version) -> BinaryIO:
        """A stream of that version's bytes. Raises FileNotFoundError where it was deleted or replaced, and
        UnreadableError where its permissions forbid it.
        """
        return open_regular(self._root, version)

    def copy_version(self, version: Version, name: str) -> bool:
        """Make an object of that version's bytes. True if it is new, False if one of that name was there.

        Raises FileNotFoundError where the version was deleted or replaced, and UnreadableError.
        """
        path = self._path(name)
        with self.open_version(version) as source:
            return not path.exists() and self._link_new(path, name, source)

    @staticmethod
    def _link_new(path: Path, name: str, source: BinaryIO) -> bool:
        """Write a stream to an object that appears whole. False where another writer was first."""
        temporary = unfinished(path)
        file = _open_new(temporary, name)
        try:
            with file:
                shutil.copyfileobj(source, file, 1 << 20)
            path.hardlink_to(temporary)
        except FileExistsError:
            return False
        finally:
            temporary.unlink()
        return True

    def _path(self, name: str) -> Path:
        check_name(name)
        return self._root / name

    @staticmethod
    def _must_equal(name: str, path: Path, data: bytes) -> bool:
        if path.is_dir():
            raise ValueError(f"object name {name!r} is a folder of other objects")
        if path.read_bytes() != data:
            raise ObjectExistsError(f"object {name!r} exists with other content; objects are written once")
        return False


def _open_new(path: Path, name: str) -> BinaryIO:
    """Open a file that does not exist; its folder is made when found missing, which is once per folder."""
    try:
        return path.open("xb")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("xb")
    except NotADirectoryError as error:
        raise ValueError(f"object name {name!r} lies below another object") from error


def _names_below(folder: Path, prefix: str, start: str) -> Iterator[str]:
    """In the order of whole names: a folder sorts as if its slash were part of it."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        parts = sorted(f"{entry.name}/" if entry.is_dir() else entry.name for entry in entries)
    for part in parts:
        name = prefix + part
        if part.endswith("/"):
            if name > start or start.startswith(name):
                yield from _names_below(folder / part, name, start)
        elif name >= start and not is_unfinished(part):
            yield name


def _versions_below(folder: Path, prefix: str, after: str) -> Iterator[Version]:
    """In the order of `_names_below`."""
    try:
        with os.scandir(folder) as scanned:
            entries = sorted(
                (f"{e.name}/" if e.is_dir(follow_symlinks=False) else e.name, e) for e in scanned
            )
    except (FileNotFoundError, NotADirectoryError):
        return
    except PermissionError:
        if prefix > after:
            yield closed(prefix)
        return
    for part, entry in entries:
        name = prefix + part
        if part.endswith("/"):
            if name > after or after.startswith(name):
                yield from _versions_below(Path(entry.path), name, after)
        elif name > after and entry.is_file(follow_symlinks=False):
            with suppress(FileNotFoundError):
                yield _version(name, entry)


def _version(name: str, entry: os.DirEntry[str]) -> Version:
    try:
        stat = entry.stat(follow_symlinks=False)
    except PermissionError:  # a folder that may be listed, and not entered
        return closed(name)
    return Version(name, generation_of(stat), stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))
