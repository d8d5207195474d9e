"""What is published, in a GCS bucket: objects that are replaced, with the type that a browser wants.

Belongs here: the newest report and heartbeat. Does not: write-once objects (infra.objects.gcs).
"""

import mimetypes
from typing import TYPE_CHECKING

from weather_platform.infra.google.errors import naming_role, retry

if TYPE_CHECKING:
    from google.cloud.storage import Bucket


class GcsShelf:
    """`Shelf` over a bucket."""

    def __init__(self, bucket: "Bucket") -> None:
        self._bucket = bucket

    def put(self, name: str, data: bytes) -> str:
        """Replace the object: a reader sees the old or the new one. Returns its gs:// address."""
        where = f"gs://{self._bucket.name}/{name}"
        with naming_role(f"replace {where}", "roles/storage.objectUser on the bucket"):
            blob = self._bucket.blob(name)
            blob.cache_control = "no-cache"
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            # Safe to repeat: the same bytes under the same name.
            blob.upload_from_string(data, content_type=kind, retry=retry())
        return where

    def get(self, name: str) -> bytes | None:
        """The object's bytes; None where there is none."""
        from google.api_core.exceptions import NotFound

        with naming_role(f"read gs://{self._bucket.name}/{name}", "roles/storage.objectViewer on the bucket"):
            try:
                data: bytes = self._bucket.blob(name).download_as_bytes(retry=retry())
            except NotFound:
                return None
        return data
