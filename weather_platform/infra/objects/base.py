"""Objects by name: one interface over a folder or a bucket.

Belongs here: naming, atomicity, bounds, and the versions of objects that others write. Does not: what the
bytes mean (see core.fetching.payloads), or which versions are new to anyone.

Our own objects are written once, under names that cannot lead elsewhere. Below a prefix that people drop
files into, objects have any name and are replaced at will; those are only listed, opened and copied, always
by a `Version` that a listing gave, never by a name that was put together.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, NamedTuple, Protocol

_SEGMENT = re.compile(r"[A-Za-z0-9._=+@-]{1,200}")


class ObjectExistsError(Exception):
    """An object of that name exists with other content: write-once objects are never replaced."""


class UnreadableError(Exception):
    """An object that others wrote is there, and this process may not read it."""


def check_name(name: str) -> None:
    """Raise ValueError for a name that no object of ours may have."""
    for segment in name.split("/"):
        if not _SEGMENT.fullmatch(segment) or segment in (".", ".."):
            raise ValueError(
                f"object name {name!r}: {segment!r} is no valid part; use 1-200 letters, digits, ._=+@-"
            )


def check_prefix(prefix: str) -> None:
    """Raise ValueError for a prefix that names no folder of objects."""
    if prefix and not prefix.endswith("/"):
        raise ValueError(f"object prefix {prefix!r} must end in a slash")


class Version(NamedTuple):
    """One version of an object that others wrote.

    `name` is the whole name, prefix included, as the store has it: any text. `generation` differs between
    any two versions of a name (a bucket's generation; a file's inode, size and modification time in ns).
    `updated` is aware UTC.
    """

    name: str
    generation: str
    size: int
    updated: datetime


class ObjectStore(Protocol):
    """Names of own objects are slash-separated, relative, of letters, digits and `._=+@-` only; anything else
    raises ValueError.
    """

    def create(self, name: str, data: bytes) -> bool:
        """Write an object atomically. True if it is new, False if it was there with the same bytes.

        Raises ObjectExistsError if it was there with other bytes.
        """

    def read(self, name: str, max_bytes: int) -> bytes:
        """The bytes. Raises FileNotFoundError, or ValueError where it is larger than `max_bytes`."""

    def beginning(self, name: str, count: int) -> bytes:
        """The first `count` bytes, fewer where there are no more; the rest is not fetched. Raises
        FileNotFoundError.
        """

    def names(self, prefix: str, start: str = "") -> Iterator[str]:
        """Names under a folder-like prefix (ending in a slash), sorted, from the name `start` on: those
        before it are not listed.
        """

    def exists(self, name: str) -> bool:
        """Whether an object of that name was completely written."""

    def versions(self, prefix: str, after: str = "") -> Iterator[Version]:
        """The newest version of every object under a folder-like prefix, sorted by name (code points, which
        is the order of UTF-8 bytes), those up to and including the name `after` left out.

        Lazy: memory holds a page of a bucket's listing or a folder's entries. Of a bucket: `list_blobs` with
        `prefix`, `start_offset=after` (inclusive, so the first is passed over) and `fields` limited to name,
        generation, size and updated. What no one can open as an object (a link, a pipe, a "folder" object
        whose name ends in a slash) is left out. A folder of files that may not be looked into is a version,
        whose name ends in a slash: what lies in it is not known.
        """

    def open_version(self, version: Version) -> BinaryIO:
        """A stream of exactly that version's bytes, to be closed. Raises FileNotFoundError where it was
        deleted or replaced, also while it is read: then the read that meets the end raises. Raises
        UnreadableError where it is there and may not be read.

        Of a bucket: a blob of that name and generation.
        """

    def copy_version(self, version: Version, name: str) -> bool:
        """Make a write-once object of that version's bytes, without holding them in memory. True if it is
        new, False if an object of that name was there, which is not compared: name it by its content.

        Raises FileNotFoundError where the version was deleted or replaced, and UnreadableError; then nothing
        is made. Of a bucket: a rewrite with `source_generation` and `if_generation_match=0`.
        """
