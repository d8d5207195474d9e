"""The one resource that assets are given: settings and the stores that they name.

Belongs here: the stores by name, opened on first use. Does not: which profile has which (infra.homes.home),
or what is done with them.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.homes.home import Home, home_of

if TYPE_CHECKING:
    from weather_platform.infra.models.registry import ModelRegistry
    from weather_platform.infra.objects.base import ObjectStore
    from weather_platform.infra.stores.payload_store import PayloadStore
    from weather_platform.infra.stores.upload_store import UploadStore
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
    def home(self) -> Home:
        """What all of it is kept in."""
        return home_of(self.settings)

    @property
    def objects(self) -> "ObjectStore":
        """Uploads and reports, and payloads where they have no bucket of their own."""
        return self.home.objects

    @property
    def raw(self) -> "ObjectStore":
        """Payloads."""
        return self.home.raw

    @property
    def warehouse(self) -> "Warehouse":
        """Tables."""
        return self.home.warehouse

    @cached_property
    def payloads(self) -> "PayloadStore":
        """Replies as served."""
        from weather_platform.infra.stores.payload_store import PayloadStore

        return PayloadStore(self.raw)

    @cached_property
    def uploads(self) -> "UploadStore":
        """Files as users gave them, and the ledger of them."""
        from weather_platform.infra.stores.upload_store import UploadStore

        return UploadStore(self.objects)

    @cached_property
    def models(self) -> "ModelRegistry":
        """Model versions."""
        from weather_platform.infra.models.registry import ModelRegistry

        return ModelRegistry(self.settings)

    def write_report(self, html: str) -> str:
        """Put the report where people look for it; returns where that is."""
        return self.publish("report/index.html", html.encode())

    def publish(self, name: str, data: bytes) -> str:
        """Put something where people and monitors look for its newest version, whole or not at all; returns
        where that is: a path or a gs:// address. Unlike objects, what is published is replaced.
        """
        return self.home.shelf.put(name, data)

    def published(self, name: str) -> bytes | None:
        """What was last published under that name; None where nothing was."""
        return self.home.shelf.get(name)

    def now(self, cycle: datetime) -> datetime:
        """The time at which a cycle is being fetched: the wall clock, or the simulated one in the sandbox."""
        return self.settings.sandbox_now(cycle) if self.settings.simulated else datetime.now(UTC)
