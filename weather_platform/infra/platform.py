"""The one resource that assets are given: settings and the stores that they name.

Belongs here: which implementation a profile takes, opened on first use. Does not: what is done with it.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from weather_platform.infra.settings import Settings

if TYPE_CHECKING:
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
        """Payloads, uploads and reports."""
        from weather_platform.infra.local_objects import LocalObjects

        return LocalObjects(self.settings.data_dir / "objects")

    @cached_property
    def warehouse(self) -> "Warehouse":
        """Tables."""
        from weather_platform.infra.warehouse.parquet import ParquetWarehouse

        return ParquetWarehouse(self.settings.data_dir / "warehouse")

    @cached_property
    def payloads(self) -> "PayloadStore":
        """Replies as served."""
        from weather_platform.infra.payload_store import PayloadStore

        return PayloadStore(self.objects)

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

    def write_report(self, html: str) -> Path:
        """Put the report where people look for it; returns its path."""
        return self.publish("report/index.html", html.encode())

    def publish(self, name: str, data: bytes) -> Path:
        """Put something where people and monitors look for its newest version, whole or not at all; returns
        its path. Unlike objects, what is published is replaced.
        """
        path = self.settings.data_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.tmp")
        unfinished.write_bytes(data)
        unfinished.replace(path)
        return path.resolve()

    def published(self, name: str) -> bytes | None:
        """What was last published under that name; None where nothing was."""
        path = self.settings.data_dir / name
        return path.read_bytes() if path.exists() else None

    def now(self, cycle: datetime) -> datetime:
        """The time at which a cycle is being fetched: the wall clock, or the simulated one in the sandbox."""
        return self.settings.sandbox_now(cycle) if self.settings.simulated else datetime.now(UTC)
