"""Objects in a GCS bucket.

Belongs here: what makes an object of a bucket a write-once one. Does not: how bytes come (see gcs_bytes), or
what they mean.

An object is created on the condition that none of its name exists (`ifGenerationMatch=0`), which GCS decides
for all writers at once; that condition also makes every write safe to repeat. Versions are GCS's generations.
Where the bucket keeps old versions, a version that was replaced can still be opened: those are its bytes.
"""

import base64
import hashlib
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from weather_platform.infra.google.errors import naming_role, retry
from weather_platform.infra.objects.base import ObjectExistsError, Version, check_name, check_prefix
from weather_platform.infra.objects.gcs_bytes import Bounded, TooLargeError, VersionStream, absent

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.storage import Blob, Bucket

_CHUNK_BYTES = 8 << 20
_TIMEOUT_SECONDS = 60
_READER, _WRITER = "roles/storage.objectViewer", "roles/storage.objectCreator"


class GcsObjects:
    """`ObjectStore` over a bucket. `again` is the policy of retries."""

    def __init__(self, bucket: "Bucket", again: "Retry | None" = None) -> None:
        self._bucket = bucket
        self._asked: dict[str, Any] = {"retry": again or retry(), "timeout": _TIMEOUT_SECONDS}

    def create(self, name: str, data: bytes) -> bool:
        """Write an object atomically. True if it is new, False if it was there with the same bytes.

        Raises ObjectExistsError if it was there with other bytes.
        """
        from google.api_core.exceptions import Forbidden, PreconditionFailed

        check_name(name)
        with self._role("create", name, _WRITER):
            try:
                self._bucket.blob(name).upload_from_string(
                    data, content_type="application/octet-stream", if_generation_match=0, **self._asked
                )
            except PreconditionFailed:
                return self._must_equal(name, data)
            except Forbidden:
                # An account that creates and never deletes may be refused a replacement before the condition
                # is looked at.
                if not self._is_seen(name):
                    raise
                return self._must_equal(name, data)
        return True

    def read(self, name: str, max_bytes: int) -> bytes:
        """The bytes. Raises FileNotFoundError, or ValueError where it is larger than `max_bytes`."""
        check_name(name)
        kept = Bounded(max_bytes)
        with self._role("read", name, _READER), absent(name):
            blob = self._bucket.blob(name)
            try:
                blob.download_to_file(kept, **self._asked)
            except TooLargeError:
                blob.reload(**self._asked)
                raise ValueError(
                    f"object {name!r} has {blob.size} bytes, more than the {max_bytes} allowed here"
                ) from None
        return kept.getvalue()

    def beginning(self, name: str, count: int) -> bytes:
        """The first `count` bytes, fewer where there are no more. Raises FileNotFoundError."""
        from google.api_core.exceptions import RequestRangeNotSatisfiable

        check_name(name)
        with self._role("read", name, _READER), absent(name):
            try:
                data = self._bucket.blob(name).download_as_bytes(
                    start=0, end=count - 1, checksum=None, **self._asked
                )
            except RequestRangeNotSatisfiable:  # of nothing there is no first byte
                return b""
        return bytes(data)

    def names(self, prefix: str, start: str = "") -> Iterator[str]:
        """Names under a folder-like prefix (ending in a slash, or empty for every object), sorted, from the
        name `start` on.
        """
        check_prefix(prefix)
        return (blob.name for blob in self._listed(prefix, start, "name"))

    def exists(self, name: str) -> bool:
        """Whether an object of that name was completely written."""
        check_name(name)
        with self._role("look for", name, _READER):
            return bool(self._bucket.blob(name).exists(**self._asked))

    def versions(self, prefix: str, after: str = "") -> Iterator[Version]:
        """The newest version of every object under a prefix by name, after the name `after`, page by page."""
        if not prefix.endswith("/"):
            raise ValueError(f"object prefix {prefix!r} must end in a slash")
        for blob in self._listed(prefix, after, "name,generation,size,updated"):
            if blob.name > after:
                yield Version(blob.name, str(blob.generation), int(blob.size or 0), blob.updated)

    def open_version(self, version: Version) -> BinaryIO:
        """A stream of that version's bytes. Raises FileNotFoundError where it was deleted or replaced."""
        found = self._of(version)
        with self._role("read", version.name, _READER), absent(version.name):
            found.reload(**self._asked)
        # Not the blob that was reloaded: it would be read by the link that GCS gave, whatever is there then.
        stream = VersionStream(self._of(version), int(found.size or 0), self._asked)
        return io.BufferedReader(stream, _CHUNK_BYTES)

    def copy_version(self, version: Version, name: str) -> bool:
        """Make an object of that version's bytes, within GCS. True if it is new, False if one of that name
        was there.

        Raises FileNotFoundError where the version was deleted or replaced.
        """
        from google.api_core.exceptions import PreconditionFailed

        if self.exists(name):
            return False
        source, token = self._of(version), None
        with self._role("copy", version.name, f"{_READER} and {_WRITER}"), absent(version.name):
            try:
                while True:  # large objects are copied in several calls
                    token, _, _ = self._bucket.blob(name).rewrite(
                        source, token=token, if_generation_match=0, **self._asked
                    )
                    if token is None:
                        return True
            except PreconditionFailed:
                return False

    def _of(self, version: Version) -> "Blob":
        if not version.name or not version.generation.isdecimal():
            raise FileNotFoundError(f"no object {version.name!r} of generation {version.generation!r}")
        return self._bucket.blob(version.name, generation=int(version.generation))

    def _listed(self, prefix: str, start: str, fields: str) -> "Iterator[Blob]":
        """Objects in order of their names; the "folders" that the console makes are none."""
        with self._role("list", prefix, _READER):
            for blob in self._bucket.list_blobs(
                prefix=prefix or None,
                start_offset=start or None,
                fields=f"items({fields}),nextPageToken",
                **self._asked,
            ):
                if not blob.name.endswith("/"):
                    yield blob

    def _is_seen(self, name: str) -> bool:
        """Whether an object is there, as far as this account may know."""
        from google.api_core.exceptions import Forbidden

        try:
            return bool(self._bucket.blob(name).exists(**self._asked))
        except Forbidden:
            return False

    def _must_equal(self, name: str, data: bytes) -> bool:
        """False, since the object is there; raises ObjectExistsError where its bytes are others."""
        blob = self._bucket.blob(name)
        blob.reload(**self._asked)
        same = blob.md5_hash == base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        if blob.size != len(data) or not same:
            raise ObjectExistsError(f"object {name!r} exists with other content; objects are written once")
        return False

    def _role(self, doing: str, name: str, role: str) -> Any:
        return naming_role(f"{doing} gs://{self._bucket.name}/{name}", f"{role} on the bucket")
