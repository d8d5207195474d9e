"""Files that were fetched from archives, as served, and which versions of them have been read, or failed.

Belongs here: names of the objects. Does not: fetching, or what the files hold.

    scraped/<archive>/files/<name>@<version>    the reply with its manifest (core.fetching.payloads)
    scraped/<archive>/read/<name>@<version>     empty: its rows are stored
    scraped/<archive>/failed/<name>@<version>@<time>    empty: it could not be had then

A file is fetched only where its version is not kept, so that a run that was killed goes on where it was; it
counts as read only once its rows are stored, so that nothing is skipped.
"""

from datetime import UTC, datetime

from weather_platform.core.fetching.payloads import Meta, pack, unpack
from weather_platform.core.history.due import Due, Failed
from weather_platform.infra.objects.base import ObjectStore
from weather_platform.infra.stores.payload_store import MAX_BODY_BYTES, MAX_OBJECT_BYTES

_TIME = "%Y%m%dT%H%M%SZ"


class ScrapedStore:
    """Fetched files of one archive."""

    def __init__(self, objects: ObjectStore, archive: str) -> None:
        self._objects = objects
        self._folder = f"scraped/{archive}"

    def has(self, file: Due) -> bool:
        """Whether this version was fetched."""
        return self._objects.exists(self._name("files", file))

    def save(self, file: Due, meta: Meta, body: bytes) -> None:
        """Keep a version as served."""
        self._objects.create(self._name("files", file), pack(meta, body))

    def load(self, file: Due) -> bytes:
        """Its bytes as served. Raises FileNotFoundError, or DamagedPayloadError."""
        packed = self._objects.read(self._name("files", file), MAX_OBJECT_BYTES)
        return unpack(packed, MAX_BODY_BYTES)[1]

    def mark_read(self, file: Due) -> None:
        """Remember that its rows are stored."""
        self._objects.create(self._name("read", file), b"")

    def read(self) -> set[Due]:
        """Every version whose rows were stored."""
        names = (name.rsplit("/", 1)[1] for name in self._objects.names(f"{self._folder}/read/"))
        return {Due(*name.rsplit("@", 1)) for name in names}

    def mark_failed(self, file: Due, at: datetime) -> None:
        """Remember that it could not be had at a time (aware)."""
        self._objects.create(f"{self._name('failed', file)}@{at.astimezone(UTC):{_TIME}}", b"")

    def failed(self) -> dict[Due, Failed]:
        """Every version that could not be had, be it read later or not."""
        found: dict[Due, Failed] = {}
        for name in self._objects.names(f"{self._folder}/failed/"):
            *file, time = name.rsplit("/", 1)[1].rsplit("@", 2)
            at, key = datetime.strptime(time, _TIME).replace(tzinfo=UTC), Due(*file)
            times, last = found.get(key, Failed(0, at))
            found[key] = Failed(times + 1, max(last, at))
        return found

    def _name(self, kind: str, file: Due) -> str:
        return f"{self._folder}/{kind}/{file.name}@{file.version}"
