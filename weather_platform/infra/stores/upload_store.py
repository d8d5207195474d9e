"""Files that users gave, kept as they came, and the ledger of them.

Belongs here: the bytes, and what is said of each in the ledger. Does not: how the ledger's records are kept
(infra.stores.upload_records), what follows from them (core.uploads.ledger), which files are new
(infra.stores.drop_box), or what they hold (core.uploads).

    uploads/files/<sha256>           the bytes of a file or of a mapping
    uploads/forms/<sha256>           what a preprocessor made of one (a smaller picture)
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from weather_platform.core.uploads.ledger import Ledger, Upload
from weather_platform.core.uploads.naming import MAPPING_SUFFIX
from weather_platform.infra.objects.base import ObjectStore, Version
from weather_platform.infra.stores.upload_records import UploadRecords

_FILES = "uploads/files"
MAX_FILE_BYTES = 1_000_000_000
MAX_MAPPING_BYTES = 1_000_000
_CHUNK = 1 << 20


class Taken(NamedTuple):
    """A version whose bytes are kept, or why they are not; `sha256` is empty then."""

    name: str
    generation: str
    size: int
    sha256: str
    refused: str = ""


class SpoiltFileError(ValueError):
    """A kept file that is not what was taken in; the text names the object and the remedy."""


def _now() -> datetime:
    return datetime.now(UTC)


class UploadStore:
    """Uploads and their ledger, in an object store."""

    def __init__(self, objects: ObjectStore, now: Callable[[], datetime] = _now) -> None:
        self._objects, self._now = objects, now
        self._records = UploadRecords(objects)

    def keep(self, name: str, data: bytes) -> Taken:
        """Keep bytes that are in memory; their hash is their generation."""
        digest = hashlib.sha256(data).hexdigest()
        self._objects.create(f"{_FILES}/{digest}", data)
        return Taken(name, digest, len(data), digest)

    def add(self, name: str, data: bytes, mapping: bytes) -> tuple[str, bool]:
        """Take in a file that is in memory, with its mapping: the upload's key, and whether it is new."""
        taken = [self.keep(name + MAPPING_SUFFIX, mapping), self.keep(name, data)]
        before = self.ledger().newest.get(name)
        if before is not None:
            upload = self.ledger().uploads[before]
            if [upload.mapping, upload.content] == [item.sha256 for item in taken]:
                return before, False
        self.record(taken)
        return self.ledger().newest[name], True

    def take(self, version: Version, max_bytes: int) -> Taken:
        """Keep a version of someone else's object, copied and never held in memory.

        Raises FileNotFoundError where it was deleted or replaced, UnreadableError where it may not be read;
        then nothing is kept of it.
        """
        if version.size > max_bytes:
            reason = f"{version.size} bytes, more than the {max_bytes} allowed; split the file"
            return Taken(version.name, version.generation, version.size, "", reason)
        digest = hashlib.sha256()
        with self._objects.open_version(version) as stream:
            while part := stream.read(_CHUNK):
                digest.update(part)
        self._objects.copy_version(version, f"{_FILES}/{digest.hexdigest()}")
        return Taken(version.name, version.generation, version.size, digest.hexdigest())

    def record(self, taken: Sequence[Taken]) -> None:
        """Add one record to the ledger, whole or not at all, with the time at which its files are known."""
        time = {"taken_at": self._now().isoformat()}
        self._records.add([item._asdict() | time for item in taken])

    def ledger(self) -> Ledger:
        """What follows from all records; it grows by later calls."""
        return self._records.ledger()

    def damaged(self) -> dict[str, str]:
        """What is wrong with each object of the ledger that cannot be read, by its name."""
        return self._records.damaged()

    def load(self, upload: Upload) -> bytes:
        """The file of an upload. Raises FileNotFoundError where it was not kept, and SpoiltFileError."""
        return self._kept(upload.content, MAX_FILE_BYTES)

    def mapping(self, upload: Upload) -> bytes:
        """The mapping of an upload that has one. Raises as `load` does."""
        return self._kept(upload.mapping, MAX_MAPPING_BYTES)

    def keep_form(self, name: str, data: bytes) -> None:
        """Keep what was made of a file, under a name that follows from its content."""
        self._objects.create(name, data)

    def _kept(self, sha256: str, max_bytes: int) -> bytes:
        name = f"{_FILES}/{sha256}"
        data = self._objects.read(name, max_bytes)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise SpoiltFileError(
                f"object {name!r} is not the file that was taken in (its SHA-256 differs): put it back from "
                "a backup, or remove it and put the file into the drop box again; then materialize its upload"
            )
        return data
