"""Write-once objects by name: one interface over a folder and, later, a bucket.

Belongs here: naming, atomicity, bounds. Does not: what the bytes mean (see core.payloads).
"""

from collections.abc import Iterator
from typing import Protocol


class ObjectExistsError(Exception):
    """An object of that name exists with other content: write-once objects are never replaced."""


class ObjectStore(Protocol):
    """Names are slash-separated, relative, of letters, digits and `._=+@-` only; anything else raises
    ValueError.
    """

    def create(self, name: str, data: bytes) -> bool:
        """Write an object atomically. True if it is new, False if it was there with the same bytes.

        Raises ObjectExistsError if it was there with other bytes.
        """

    def read(self, name: str, max_bytes: int) -> bytes:
        """The bytes. Raises FileNotFoundError, or ValueError where it is larger than `max_bytes`."""

    def names(self, prefix: str) -> Iterator[str]:
        """Names under a folder-like prefix (ending in a slash), sorted."""

    def exists(self, name: str) -> bool:
        """Whether an object of that name was completely written."""
