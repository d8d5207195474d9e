"""Files that were fetched from archives, as served, and which versions of them have been read.

Belongs here: names of the objects. Does not: fetching, or what the files hold.

    scraped/<archive>/files/<name>@<version>    the reply with its manifest (core.fetching.payloads)
    scraped/<archive>/read/<name>@<version>     empty: its rows are stored

A file is fetched only where its version is not kept, so that a run that was killed goes on where it was; it
counts as read only once its rows are stored, so that nothing is skipped.
"""

from weather_platform.core.fetching.payloads import Meta, pack, unpack
from weather_platform.core.history.due import Due
from weather_platform.infra.objects.base import ObjectStore
from weather_platform.infra.stores.payload_store import MAX_BODY_BYTES, MAX_OBJECT_BYTES


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

    def _name(self, kind: str, file: Due) -> str:
        return f"{self._folder}/{kind}/{file.name}@{file.version}"
