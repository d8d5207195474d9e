"""Files of observations as users gave them, each with the mapping that reads it, kept write-once.

Belongs here: names of the objects, and which uploads there are. Does not: what the files hold
(core.observations.upload).

    uploads/observations/<upload key>/mapping.yaml, then <upload key>/file

The mapping is written first, so that an upload whose file is there is complete.
"""

from typing import NamedTuple

from weather_platform.infra.objects import ObjectStore

_FOLDER = "uploads/observations"
MAX_FILE_BYTES = 1_000_000_000
_MAX_MAPPING_BYTES = 4_000_000


class Upload(NamedTuple):
    """The file as given, and the text of its mapping."""

    data: bytes
    mapping_text: str


class UploadStore:
    """Uploads by key (see core.observations.upload.upload_key)."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def save(self, key: str, upload: Upload) -> bool:
        """Keep an upload. True if it is new, False if the same was there; a key follows from the content."""
        self._objects.create(f"{_FOLDER}/{key}/mapping.yaml", upload.mapping_text.encode())
        return self._objects.create(f"{_FOLDER}/{key}/file", upload.data)

    def load(self, key: str) -> Upload:
        """An upload. Raises FileNotFoundError for a key that is not kept."""
        data = self._objects.read(f"{_FOLDER}/{key}/file", MAX_FILE_BYTES)
        mapping = self._objects.read(f"{_FOLDER}/{key}/mapping.yaml", _MAX_MAPPING_BYTES)
        return Upload(data, mapping.decode())

    def keys(self) -> list[str]:
        """Keys of all complete uploads, sorted."""
        names = self._objects.names(f"{_FOLDER}/")
        return sorted(name.split("/")[2] for name in names if name.endswith("/file"))
