"""The one resource that assets are given: settings and the stores that they name.

Belongs here: which implementation a profile takes, opened on first use. Does not: what is done with it.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from weather_platform.infra.settings import Settings
from weather_platform.infra.shelf import LocalShelf, Shelf

if TYPE_CHECKING:
    from google.cloud.storage import Bucket

    from weather_platform.infra.model_registry import ModelRegistry
    from weather_platform.infra.objects import ObjectStore
    from weather_platform.infra.payload_store import PayloadStore
    from weather_platform.infra.upload_store import UploadStore
    from weather_platform.infra.warehouse.base import Warehouse

Progress = Callable[[str, int, int], None]


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Where nobody watches."""


class Platform:
    """Stores opened lazily, so that listing definitions opens none. `progress(what, done, total)` is told
    of long work.
    """

    def __init__(self, settings: Settings, progress: Progress = no_progress) -> None:
        self.settings = settings
        self.progress = progress

    @cached_property
    def objects(self) -> "ObjectStore":
        """Uploads and reports, and payloads where they have no bucket of their own."""
        if self.settings.profile == "gcp":
            from weather_platform.infra.gcs_objects import GcsObjects

            return GcsObjects(self._bucket(self.settings.bucket))
        from weather_platform.infra.local_objects import LocalObjects

        return LocalObjects(self.settings.data_dir / "objects")

    @cached_property
    def raw(self) -> "ObjectStore":
        """Payloads: on Google Cloud in a bucket that nobody may delete from, where the settings name one."""
        if self.settings.profile == "gcp" and self.settings.raw_bucket:
            from weather_platform.infra.gcs_objects import GcsObjects

            return GcsObjects(self._bucket(self.settings.raw_bucket))
        return self.objects

    @cached_property
    def warehouse(self) -> "Warehouse":
        """Tables."""
        if self.settings.profile == "gcp":
            from weather_platform.infra.bigquery.open import open_warehouse

            return open_warehouse(self.settings)
        from weather_platform.infra.warehouse.parquet import ParquetWarehouse

        return ParquetWarehouse(self.settings.data_dir / "warehouse")

    @cached_property
    def _shelf(self) -> "Shelf":
        if self.settings.profile == "gcp":
            from weather_platform.infra.gcs_shelf import GcsShelf

            return GcsShelf(self._bucket(self.settings.bucket))
        return LocalShelf(self.settings.data_dir)

    def _bucket(self, name: str | None) -> "Bucket":
        from weather_platform.infra.gcp_clients import storage_client

        settings = self.settings
        client = storage_client(str(settings.gcp_project), settings.storage_endpoint)
        return client.bucket(name)

    @cached_property
    def payloads(self) -> "PayloadStore":
        """Replies as served."""
        from weather_platform.infra.payload_store import PayloadStore

        return PayloadStore(self.raw)

    @cached_property
    def uploads(self) -> "UploadStore":
        """Files as users gave them, and the ledger of them."""
        from weather_platform.infra.upload_store import UploadStore

        return UploadStore(self.objects)

    @cached_property
    def models(self) -> "ModelRegistry":
        """Model versions."""
        from weather_platform.infra.model_registry import ModelRegistry

        return ModelRegistry(self.settings)

    def write_report(self, html: str) -> str:
        """Put the report where people look for it; returns where that is."""
        return self.publish("report/index.html", html.encode())

    def publish(self, name: str, data: bytes) -> str:
        """Put something where people and monitors look for its newest version, whole or not at all; returns
        where that is: a path or a gs:// address. Unlike objects, what is published is replaced.
        """
        return self._shelf.put(name, data)

    def published(self, name: str) -> bytes | None:
        """What was last published under that name; None where nothing was."""
        return self._shelf.get(name)

    def now(self, cycle: datetime) -> datetime:
        """The time at which a cycle is being fetched: the wall clock, or the simulated one in the sandbox."""
        return self.settings.sandbox_now(cycle) if self.settings.simulated else datetime.now(UTC)
