"""A version of a file that others may replace at any time, opened so that every byte is of that version.

Belongs here: what tells two versions of a file apart, and a stream that notices a change. Does not: listing
(infra.objects.local).
"""

import hashlib
import io
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from weather_platform.infra.objects.base import UnreadableError, Version


def generation_of(status: os.stat_result) -> str:
    """What differs between two versions of a file: inode, size, and modification time in ns."""
    return f"{status.st_ino:x}-{status.st_size:x}-{status.st_mtime_ns:x}"


def closed(name: str) -> Version:
    """What is there and may not be looked at, a folder by a name that ends in a slash. Its generation follows
    from the name alone, since nothing else is known.
    """
    generation = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
    return Version(name, generation, 0, datetime.min.replace(tzinfo=UTC))


def open_regular(root: Path, version: Version) -> BinaryIO:
    """The file of that version below `root`. Raises FileNotFoundError where it is not there, is another
    version, is no regular file, or lies behind a link, and UnreadableError where its permissions forbid it.
    """
    if version.name.endswith("/"):
        raise UnreadableError(f"{version.name!r} may not be looked into: its permissions forbid it")
    parts = version.name.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise _gone(version)
    try:
        descriptor = _open_below(root, parts)
    except PermissionError as error:
        raise UnreadableError(f"{version.name!r} may not be read: its permissions forbid it") from error
    except OSError as error:  # absent, a link, or a folder: as long as there is no such file, it is gone
        raise _gone(version) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or generation_of(status) != version.generation:
        os.close(descriptor)
        raise _gone(version)
    return io.BufferedReader(_UnchangedFile(descriptor, version), 1 << 20)


def _open_below(root: Path, parts: list[str]) -> int:
    """Open part by part, each relative to the one before, so that no link on the way is followed."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = below
        # Not to wait for a writer where someone put a pipe.
        return os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    finally:
        os.close(folder)


class _UnchangedFile(io.FileIO):
    """A file whose end can only be read while it is still the version that was opened."""

    def __init__(self, descriptor: int, version: Version) -> None:
        super().__init__(descriptor, "rb")
        self._version = version

    def _changed(self) -> bool:
        return generation_of(os.fstat(self.fileno())) != self._version.generation

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = super().readinto(buffer) or 0
        if not count and self._changed():
            raise _gone(self._version)
        return count

    def readall(self) -> bytes:
        data = super().readall()
        if self._changed():
            raise _gone(self._version)
        return data


def _gone(version: Version) -> FileNotFoundError:
    return FileNotFoundError(f"{version.name!r} was deleted or replaced since it was listed")
