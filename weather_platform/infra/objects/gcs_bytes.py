"""The bytes of an object of a GCS bucket: into memory up to a limit, or as a stream of one version.

Belongs here: how bytes come. Does not: which object, or what is retried (see gcs).
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.cloud.storage import Blob


class TooLargeError(Exception):
    """More bytes came than are allowed."""


class Bounded(io.BytesIO):
    """Bytes in memory, up to a limit."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self._max_bytes = max_bytes

    def write(self, data: Any) -> int:
        """Keep the bytes. Raises TooLargeError where the limit is passed."""
        if self.tell() + len(data) > self._max_bytes:
            raise TooLargeError
        return super().write(data)


class VersionStream(io.RawIOBase):
    """A blob of a fixed generation, read in ranges."""

    def __init__(self, blob: "Blob", size: int, asked: dict[str, Any]) -> None:
        self._blob, self._size, self._asked, self._position = blob, size, asked, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes. Raises FileNotFoundError where the version was deleted or replaced meanwhile."""
        count = min(len(buffer), self._size - self._position)
        if count <= 0:
            return 0
        last = self._position + count - 1
        with absent(str(self._blob.name)):
            data = self._blob.download_as_bytes(start=self._position, end=last, checksum=None, **self._asked)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


@contextmanager
def absent(name: str) -> Iterator[None]:
    """Raises FileNotFoundError in the place of GCS's own error."""
    from google.api_core.exceptions import NotFound

    try:
        yield
    except NotFound as error:
        raise FileNotFoundError(f"no object {name!r} (of that version), or no such bucket") from error
