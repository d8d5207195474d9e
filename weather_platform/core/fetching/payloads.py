"""A reply as it is kept: one object that holds the bytes as served and says where they came from.

The object is two zstd frames (RFC 8878): a skippable frame with a JSON header, then one compressed frame.
`zstd -d` skips the header and gives the exact bytes back; the manifest table is derived from the headers,
so no second store can disagree with the objects. Belongs here: the format and the header. Does not: where
objects are (infra.stores.payload_store).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import orjson
import zstandard

from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.spec import Asked

SKIPPABLE_MAGIC = (0x184D2A50).to_bytes(4, "little")
_HEADER_START = len(SKIPPABLE_MAGIC) + 4
MAX_HEADER_BYTES = 1_000_000
_LEVEL = 3


class DamagedPayloadError(ValueError):
    """A stored object that is not a payload, or whose bytes are not those that its header describes."""


class Damaged(NamedTuple):
    """A reply that is kept and cannot be read: it is set aside as one that cannot be parsed is."""

    cycle: datetime
    object: str
    reason: str


@dataclass(frozen=True)
class Meta:
    """A row of the manifest, and beyond it the coordinates that the places had when they were asked for.

    `url` holds what was asked without any secret. Times are aware UTC, `cycle` the nominal start of the
    partition.
    """

    provider: str
    cycle: datetime
    request: str
    role: str
    places: tuple[Place, ...]
    url: str
    status: int
    fetched_at: datetime
    sha256: str
    bytes: int
    quota_weight: float

    @property
    def object(self) -> str:
        """Name of the object in the store."""
        return object_name(self.provider, self.cycle, self.request)

    def row(self) -> dict[str, Any]:
        """The columns of the manifest contract."""
        row = {name: getattr(self, name) for name in _COLUMNS}
        return row | {
            "location_ids": ",".join(place.location_id for place in self.places),
            "object": self.object,
        }

    def asked(self) -> Asked:
        """What a parser may know of the request."""
        return Asked(self.places, self.fetched_at, params=_params(self.url))


_COLUMNS = (
    "provider",
    "cycle",
    "request",
    "role",
    "url",
    "status",
    "fetched_at",
    "sha256",
    "bytes",
    "quota_weight",
)


@lru_cache(maxsize=4096)  # every cycle asks at the same addresses
def _params(url: str) -> Mapping[str, str]:
    return MappingProxyType(dict(parse_qsl(urlsplit(url).query)))


def object_name(provider: str, cycle: datetime, request: str) -> str:
    """Name of the object that holds the reply to a request."""
    return f"payloads/{provider}/{CYCLE.key(cycle)}/{request}"


def digest(body: bytes) -> dict[str, Any]:
    """The header fields that follow from the body."""
    return {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)}


def pack(meta: Meta, body: bytes) -> bytes:
    """The object of a reply; the same reply always gives the same bytes."""
    fields = vars(meta) | {"places": [vars(place) for place in meta.places]}
    header = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
    size = len(header).to_bytes(4, "little")
    return b"".join((SKIPPABLE_MAGIC, size, header, zstandard.ZstdCompressor(level=_LEVEL).compress(body)))


def read_meta(data: bytes) -> Meta:
    """The header of an object, of which the beginning is enough. Raises DamagedPayloadError."""
    end = header_end(data)
    try:
        fields: Mapping[str, Any] = orjson.loads(data[_HEADER_START:end])
        times = {
            name: datetime.fromisoformat(fields[name]).astimezone(UTC) for name in ("cycle", "fetched_at")
        }
        places = tuple(Place(**place) for place in fields["places"])
        return Meta(**{**fields, **times, "places": places})
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise DamagedPayloadError(f"the header cannot be read: {error!r}") from error


def unpack(data: bytes, max_bytes: int) -> tuple[Meta, bytes]:
    """Header and bytes as served. Raises DamagedPayloadError where they disagree or exceed `max_bytes`."""
    meta = read_meta(data)
    if meta.bytes > max_bytes:
        raise DamagedPayloadError(f"the body has {meta.bytes} bytes, more than the {max_bytes} allowed")
    try:
        # A stream, since `decompress` trusts the size that the frame itself claims.
        with zstandard.ZstdDecompressor().stream_reader(data[header_end(data) :]) as reader:
            body = reader.read(meta.bytes + 1)
    except zstandard.ZstdError as error:
        raise DamagedPayloadError(f"the body cannot be decompressed: {error}") from error
    if digest(body)["sha256"] != meta.sha256:
        raise DamagedPayloadError("the body is not what was stored: its SHA-256 differs from the header's")
    return meta, body


def header_end(data: bytes) -> int:
    """Where the header ends, by an object's first eight bytes. Raises DamagedPayloadError."""
    if not data.startswith(SKIPPABLE_MAGIC):
        raise DamagedPayloadError("the object does not begin with a payload header")
    size = int.from_bytes(data[len(SKIPPABLE_MAGIC) : _HEADER_START], "little")
    if size > MAX_HEADER_BYTES:
        raise DamagedPayloadError(f"the header claims {size} bytes, more than the {MAX_HEADER_BYTES} allowed")
    return _HEADER_START + size
