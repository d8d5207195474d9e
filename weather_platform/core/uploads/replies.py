"""Raw replies of a provider that were kept elsewhere: files below `replies/<provider>/` of the drop box.

Belongs here: whose reply a file is, when it was fetched and for which places. Does not: what is noted of it
(core.parsing.replies), or keeping and parsing it (infra.reading.parsed_cycles).

The name says both, as `20260720T090040Z_pier.json.gz` does, or the file's mapping, which for replies is a
list:

    fetched_at: 2026-07-20T09:00:40Z     # of every file that is not listed
    location_id: pier                    # or several, in the order in which they were asked for: [pier, mole]
    files:
      morning.json: {fetched_at: 2026-07-20T06:00:00Z, location_id: mole}
"""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from weather_platform.core.contracts.uploads import REJECTED
from weather_platform.core.file_names import before_stamp, parsed_time, reply_place, stamp_of
from weather_platform.core.observations.mapping import StrictModel
from weather_platform.core.observations.mapping_file import MappingError, mapping_fields, validated
from weather_platform.core.observations.unpack import UnpackError, unpack
from weather_platform.core.panel.places_file import places_of
from weather_platform.core.parsing.replies import kept_reply
from weather_platform.core.places import Place
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import PayloadError, Provider
from weather_platform.core.tables.schema import empty
from weather_platform.core.uploads.naming import folders_of
from weather_platform.core.uploads.spec import File, Kind, Reading, UploadError

_FOLDER = "replies"
_MOST_RATIO, _FREE_BYTES = 100, 8_000_000


def _time(value: object) -> object:
    return parsed_time(value) if isinstance(value, str) else value


def _names(value: object) -> object:
    return [value] if isinstance(value, str) else value


class _Line(StrictModel):
    fetched_at: Annotated[datetime | None, BeforeValidator(_time)] = None
    location_id: Annotated[list[str], BeforeValidator(_names)] = Field(default_factory=list)


class _List(_Line):
    files: dict[str, _Line] = Field(default_factory=dict)


def takes(file: File) -> bool:
    """Whether it lies below `replies/`."""
    return folders_of(file.name)[:1] == [_FOLDER]


def _has_list(file: File) -> bool:
    """Whether its mapping lies below `replies/` too."""
    return folders_of(file.mapping_name)[:1] == [_FOLDER]


def read(file: File) -> Reading:
    """No rows, and one reply to be kept. Raises UploadError."""
    provider = _provider(file)
    line = _line(file)
    fetched_at = line.fetched_at or stamp_of(file.name)
    if fetched_at is None:
        raise UploadError(
            "when was it fetched? Name it like 20260720T090040Z_pier.json, or write fetched_at into "
            f"{file.name.rpartition('/')[2]}.yaml beside it"
        )
    if file.taken_at is not None and fetched_at > file.taken_at:
        raise UploadError(f"fetched at {fetched_at:%Y-%m-%d %H:%M:%SZ}, later than the file was taken in")
    ids = line.location_id or [_named(file)]
    body, asked = _body(file, provider), _places(file, ids)
    try:
        meta = kept_reply(
            provider,
            file.name.rpartition("/")[2],
            body,
            fetched_at,
            asked=asked,
            location_id="_".join(ids),
        )
    except PayloadError as error:
        raise UploadError(str(error)) from error
    counts: dict[str, object] = {"kind": f"reply of {provider.name}", "rows_read": 0, "rows_set_aside": 0}
    if not asked:
        counts["note"] = (
            f"its place {ids[0]!r} is not in the panel; its rows are kept, and used once the panel has it"
        )
    return Reading({}, empty(REJECTED), counts, reply=(meta, body))


def _provider(file: File) -> Provider:
    name = next(iter(folders_of(file.name)[1:]), "")
    if name not in PROVIDERS:
        raise UploadError(
            f"no provider {name!r}; put it into {_FOLDER}/<provider>/, where provider is one of "
            f"{', '.join(PROVIDERS)}"
        )
    return PROVIDERS[name]


def _line(file: File) -> _Line:
    """What the list says of this file; a mapping of a folder above is one of tables."""
    if not file.mapping or not _has_list(file):
        return _Line()
    try:
        every = validated(_List, mapping_fields(file.mapping, file.mapping_name), file.mapping_name)
    except MappingError as error:
        raise UploadError(f"no list of replies: {error}; write fetched_at, location_id, files") from error
    own = every.files.get(file.name.rpartition("/")[2], _Line())
    return _Line(
        fetched_at=own.fetched_at or every.fetched_at, location_id=own.location_id or every.location_id
    )


def _named(file: File) -> str:
    """The place in the file's name: behind the stamp, or before it where only that is one of the panel."""
    behind, before = reply_place(file.name), before_stamp(file.name)
    known = set(file.panel["location_id"])
    return before if before in known and behind not in known else behind


def _places(file: File, ids: list[str]) -> tuple[Place, ...]:
    """The panel's places of these names; none where one reply is of a place that the panel does not have."""
    panel = {place.location_id: place for place in places_of(file.panel)}
    lacking = [name for name in ids if name not in panel]
    if lacking and len(ids) > 1:
        raise UploadError(f"location_id {', '.join(lacking)}: no place of the panel; add it there")
    return () if lacking else tuple(panel[name] for name in ids)


def _body(file: File, provider: Provider) -> bytes:
    allowed = min(provider.max_bytes, max(_FREE_BYTES, _MOST_RATIO * len(file.data)))
    try:
        body = unpack(file.data, allowed)
    except UnpackError as error:
        raise UploadError(str(error)) from error
    if len(body) > provider.max_bytes:
        raise UploadError(f"{len(body)} bytes, more than any reply of {provider.title} has")
    return body


REPLY = Kind("reply", takes, read)
