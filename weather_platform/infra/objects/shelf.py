"""What is published: the newest report, the heartbeat. One small file each, replaced whole.

Belongs here: the interface and the folder. Does not: write-once objects (infra.objects.base).
"""

from pathlib import Path
from typing import Protocol

from weather_platform.infra.objects.half_written import replace


class Shelf(Protocol):
    """Names are relative and ours: `report/index.html`."""

    def put(self, name: str, data: bytes) -> str:
        """Replace what is there, atomically. Returns where it is, for people."""

    def get(self, name: str) -> bytes | None:
        """What is there; None where nothing is."""


class LocalShelf:
    """Files below a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, data: bytes) -> str:
        """Replace the file, by renaming a finished one onto it. Returns its path."""
        path = self._root / name
        replace(path, data)
        return str(path.resolve())

    def get(self, name: str) -> bytes | None:
        """The file's bytes; None where there is none."""
        path = self._root / name
        return path.read_bytes() if path.exists() else None
