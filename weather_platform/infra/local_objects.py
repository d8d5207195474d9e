"""Objects as files below one folder.

Belongs here: what makes a file a write-once object. Does not: what the bytes mean.

An object appears by a hard link, which refuses to replace, of a finished temporary file beside it; a writer
that is killed leaves at most the temporary file, whose name no object can have. Nothing is fsynced: a killed
process loses nothing by that, the 15 000 replies of a backfill would take minutes with it, and what a power
cut can spoil (the last seconds before it) is found by the hash that every payload carries.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from weather_platform.infra.objects import ObjectExistsError

_SEGMENT = re.compile(r"[A-Za-z0-9._=+@-]{1,200}")
_TEMPORARY = "~"  # no object's name may have it


class LocalObjects:
    """`ObjectStore` over the folder `root`, which is made with the first object."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def create(self, name: str, data: bytes) -> bool:
        """Write an object atomically. True if it is new, False if it was there with the same bytes.

        Raises ObjectExistsError if it was there with other bytes.
        """
        path = self._path(name)
        if path.exists():
            return self._must_equal(name, path, data)
        temporary = path.with_name(f"{path.name}{_TEMPORARY}{os.urandom(8).hex()}")
        file = _open_new(temporary, name)
        try:
            with file:
                file.write(data)
            path.hardlink_to(temporary)
        except FileExistsError:
            return self._must_equal(name, path, data)
        finally:
            temporary.unlink()
        return True

    def read(self, name: str, max_bytes: int) -> bytes:
        """The bytes. Raises FileNotFoundError, or ValueError where it is larger than `max_bytes`."""
        with self._path(name).open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if size > max_bytes:
                raise ValueError(f"object {name!r} has {size} bytes, more than the {max_bytes} allowed here")
            return file.read()

    def names(self, prefix: str) -> Iterator[str]:
        """Names under a folder-like prefix (ending in a slash, or empty for every object), sorted."""
        if prefix and not prefix.endswith("/"):
            raise ValueError(f"object prefix {prefix!r} must end in a slash")
        folder = self._path(prefix[:-1]) if prefix else self._root
        return iter(sorted(_files_below(folder, prefix)))

    def exists(self, name: str) -> bool:
        """Whether an object of that name was completely written."""
        return self._path(name).is_file()

    def _path(self, name: str) -> Path:
        for segment in name.split("/"):
            if not _SEGMENT.fullmatch(segment) or segment in (".", ".."):
                raise ValueError(
                    f"object name {name!r}: {segment!r} is no valid part; use 1-200 letters, digits, ._=+@-"
                )
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


def _files_below(folder: Path, prefix: str) -> Iterator[str]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files_below(Path(entry.path), f"{prefix}{entry.name}/")
            elif _TEMPORARY not in entry.name:
                yield prefix + entry.name
