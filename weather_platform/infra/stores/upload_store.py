"""Files that users gave, kept as they came, and the ledger of them.

Belongs here: names of the objects, and how a record is added and read back. Does not: what follows from the
records (core.uploads.ledger), which files are new (infra.stores.drop_box), or what they hold (core.uploads).

    uploads/files/<sha256>           the bytes of a file or of a mapping
    uploads/forms/<sha256>           what a preprocessor made of one (a smaller picture)
    uploads/ledger/00000042          one record: a line of JSON for each version taken in at once
    uploads/ledger/00000100.all      all lines up to that record, so that few objects are read

Records are numbered without a gap and written once: of two writers with one number the second takes the next.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from weather_platform.core.uploads.ledger import Entry, Ledger, Upload, fold
from weather_platform.core.uploads.naming import MAPPING_SUFFIX
from weather_platform.infra.objects.base import ObjectExistsError, ObjectStore, Version

_FILES, _LEDGER = "uploads/files", "uploads/ledger"
MAX_FILE_BYTES = 1_000_000_000
MAX_MAPPING_BYTES = 1_000_000
_MAX_RECORD_BYTES = 1_000_000_000
_RECORDS_PER_SUMMARY = 100
_SUMMARY = ".all"
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
        self._lock = threading.Lock()
        self._number = 0
        self._ledger = Ledger()

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
        lines = "".join(json.dumps(item._asdict() | time) + "\n" for item in taken).encode()
        while True:
            self.ledger()
            number = self._number + 1
            try:
                # Another writer's equal bytes are another record all the same: False is no success either.
                if self._objects.create(f"{_LEDGER}/{number:08d}", lines):
                    break
            except ObjectExistsError:
                continue
        self.ledger()
        if number % _RECORDS_PER_SUMMARY == 0:
            self._summarize(number)

    def ledger(self) -> Ledger:
        """What follows from all records. The ledger grows by later calls; records read once are not read
        again.
        """
        with self._lock:  # several sensors of one process may look at once
            names = sorted(self._objects.names(f"{_LEDGER}/"))
            if self._number == 0 and (summaries := [name for name in names if name.endswith(_SUMMARY)]):
                self._ledger = fold(self._entries(summaries[-1]))
                self._number = _number(summaries[-1])
            for name in names:
                if not name.endswith(_SUMMARY) and _number(name) > self._number:
                    self._ledger.add(self._entries(name))
                    self._number = _number(name)
            return self._ledger

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

    def _entries(self, name: str) -> list[Entry]:
        """Entries of a record or a summary."""
        lines = self._objects.read(name, _MAX_RECORD_BYTES).splitlines()
        try:
            return [Entry(**{"batch": _number(name), **json.loads(line)}) for line in lines]
        except (ValueError, TypeError) as error:
            raise ValueError(f"object {name!r} is no record of uploads: {error}") from error

    def _summarize(self, number: int) -> None:
        """Follows from the records alone, so that whoever writes it writes the same."""
        names = [f"{_LEDGER}/{i:08d}" for i in range(1, number + 1)]
        last = f"{_LEDGER}/{number - _RECORDS_PER_SUMMARY:08d}{_SUMMARY}"
        if self._objects.exists(last):
            names = [last, *names[-_RECORDS_PER_SUMMARY:]]
        lines = [json.dumps(entry._asdict()) for name in names for entry in self._entries(name)]
        self._objects.create(f"{_LEDGER}/{number:08d}{_SUMMARY}", ("\n".join(lines) + "\n").encode())


def _number(name: str) -> int:
    return int(name.rpartition("/")[2].removesuffix(_SUMMARY))
