"""Payloads in the object store: one write-once object per request, and the manifest that is read back from
them.

Belongs here: which objects are a cycle's. Does not: their format (core.fetching.payloads), or files and
buckets (infra.objects.base).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from weather_platform.core.contracts.forecast import MANIFEST
from weather_platform.core.fetching.payloads import (
    Damaged,
    DamagedPayloadError,
    Meta,
    header_end,
    object_name,
    pack,
    read_meta,
    unpack,
)
from weather_platform.core.partitions import CYCLE
from weather_platform.infra.objects.base import ObjectExistsError, ObjectStore

if TYPE_CHECKING:
    import pandas as pd

MAX_BODY_BYTES = 64_000_000
# zstd makes nothing larger than this beyond the body itself, header included.
MAX_OBJECT_BYTES = MAX_BODY_BYTES + 2_000_000
# As many as most headers have, twenty places in them; a longer one is asked for once more, as long as it is.
_HEADER_BYTES = 16_384


class OtherReplyError(ValueError):
    """A reply that is not the one which is kept of its time and places."""


class PayloadStore:
    """Replies as served, by provider and cycle."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def save(self, meta: Meta, body: bytes) -> bool:
        """Keep a reply. True if it is new. Raises ObjectExistsError where another reply stands under its
        name.
        """
        return self._objects.create(meta.object, pack(meta, body))

    def keep(self, meta: Meta, body: bytes) -> bool:
        """Keep a reply that somebody has. True if it is new, False where its bytes are kept, whatever their
        file was called. Raises OtherReplyError where others are.
        """
        try:
            return self.save(meta, body)
        except ObjectExistsError as error:
            try:
                kept, _ = self._unpacked(meta.object)
            except DamagedPayloadError as damage:
                raise OtherReplyError(str(damage)) from damage
            if kept.sha256 == meta.sha256:
                return False
            raise OtherReplyError(
                f"another reply of that time and place is kept as {meta.object}, and what was served is "
                "never corrected; if that one is wrong, remove it and read this file again"
            ) from error

    def has(self, provider: str, cycle: datetime, request: str) -> bool:
        """Whether a request's reply is kept."""
        return self._objects.exists(object_name(provider, cycle, request))

    def requests(self, provider: str, cycle: datetime) -> set[str]:
        """Names of the requests whose replies are kept."""
        return {name.rsplit("/", 1)[1] for name in self._names(provider, cycle)}

    def body(self, provider: str, cycle: datetime, request: str) -> bytes | None:
        """A reply that is kept, None where there is none. Raises DamagedPayloadError naming the object."""
        name = object_name(provider, cycle, request)
        return self._unpacked(name)[1] if self._objects.exists(name) else None

    def cycles(self, provider: str, since: datetime | None = None) -> list[str]:
        """Keys of the cycles of which anything is kept, sorted; from the one of the time `since` on, without
        listing what is older.
        """
        folder = f"payloads/{provider}/"
        # Keys sort as their times do.
        start = "" if since is None else f"{folder}{CYCLE.key(CYCLE.floor(since))}/"
        return sorted({name.split("/")[2] for name in self._objects.names(folder, start)})

    def manifest(self, provider: str, cycles: Sequence[datetime]) -> "pd.DataFrame":
        """Rows of the MANIFEST contract; a damaged header has none (`read` tells of it)."""
        return self._manifest(name for cycle in cycles for name in self._names(provider, cycle))

    def manifest_since(self, provider: str, time: datetime) -> "pd.DataFrame":
        """As `manifest`, of all that was written since then, whatever its cycle; no other is opened."""
        versions = self._objects.versions(f"payloads/{provider}/")
        return self._manifest(version.name for version in versions if version.updated >= time)

    def read(
        self, provider: str, cycles: Sequence[datetime], damaged: list[Damaged]
    ) -> Iterator[tuple[Meta, bytes]]:
        """Header and bytes of every reply of the cycles; those that cannot be read are added to `damaged`,
        for the caller to set aside: one of them keeps no other back.
        """
        for cycle in cycles:
            for name in self._names(provider, cycle):
                try:
                    yield self._unpacked(name)
                except DamagedPayloadError as error:
                    damaged.append(Damaged(cycle, name, str(error)))

    def _manifest(self, names: Iterable[str]) -> "pd.DataFrame":
        import pandas as pd

        from weather_platform.core.tables.schema import conform, empty

        rows = [meta.row() for meta in map(self._meta_or_none, names) if meta is not None]
        return conform(pd.DataFrame(rows), MANIFEST) if rows else empty(MANIFEST)

    def _unpacked(self, name: str) -> tuple[Meta, bytes]:
        try:
            return unpack(self._objects.read(name, MAX_OBJECT_BYTES), MAX_BODY_BYTES)
        except DamagedPayloadError as error:
            raise _named(name, error) from error

    def _meta_or_none(self, name: str) -> Meta | None:
        try:
            data = self._objects.beginning(name, _HEADER_BYTES)
            if (end := header_end(data)) > len(data) >= _HEADER_BYTES:
                data = self._objects.beginning(name, end)
            return read_meta(data)
        except DamagedPayloadError:
            return None

    def _names(self, provider: str, cycle: datetime) -> Iterator[str]:
        return self._objects.names(f"payloads/{provider}/{CYCLE.key(cycle)}/")


def _named(name: str, error: DamagedPayloadError) -> DamagedPayloadError:
    return DamagedPayloadError(
        f"object {name!r}: {error}; remove it, and it is asked for again where it still can be (of an "
        "archive always, of a provider until the cycle is over), or import a copy (weather-platform import)"
    )
