"""Where a deployment keeps all that it has: a home for each profile.

Belongs here: what a home is, and which profile has which. Does not: any store (the modules of the homes open
them), what is asked of the world outside (settings.simulated), or which settings a profile needs (settings).
"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.homes.cloud import CloudHome
from weather_platform.infra.homes.folder import FolderHome

if TYPE_CHECKING:
    from weather_platform.infra.objects.base import ObjectStore
    from weather_platform.infra.objects.shelf import Shelf
    from weather_platform.infra.warehouse.base import Warehouse


class Home(Protocol):
    """Stores are opened on first use, and what is told opens none."""

    @property
    def objects(self) -> "ObjectStore":
        """Uploads and reports, and payloads where they have no place of their own."""

    @property
    def raw(self) -> "ObjectStore":
        """Payloads."""

    @property
    def warehouse(self) -> "Warehouse":
        """Tables."""

    @property
    def shelf(self) -> "Shelf":
        """What is published."""

    @property
    def artifacts(self) -> str | None:
        """Where MLflow is to keep the files of models, where no server decides that; None for its own
        default."""

    @property
    def folder(self) -> Path | None:
        """The folder that all of it lies in; None where what this machine keeps is gone with it."""

    @property
    def where(self) -> str:
        """Tables and objects in a line, for people."""

    @property
    def places(self) -> dict[str, str]:
        """Report, tables and payloads, for people."""

    def prune_half_written(self, now: datetime, *, dry: bool) -> int:
        """Delete what was left half-written, where nobody else does; returns how many went, or would."""


HOMES: dict[str, type[FolderHome] | type[CloudHome]] = {
    "sandbox": FolderHome,
    "live": FolderHome,
    "gcp": CloudHome,
}


def home_of(settings: Settings) -> Home:
    """The home of a deployment with these settings."""
    return HOMES[settings.profile](settings)
