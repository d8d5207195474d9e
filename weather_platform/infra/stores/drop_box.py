"""The drop box: a prefix of the object store that people put files into, and the taking in of what is new.

Belongs here: how far one look goes. Does not: what an upload is (core.uploads.ledger), or when somebody looks
(defs.uploads).
"""

import time
from collections.abc import Mapping
from typing import NamedTuple

from weather_platform.core.uploads.naming import FOLDER_MAPPING, MAPPING_SUFFIX
from weather_platform.infra.objects.base import ObjectStore, UnreadableError, Version
from weather_platform.infra.stores.upload_store import MAX_FILE_BYTES, MAX_MAPPING_BYTES, Taken, UploadStore

DROP_BOX = "drop_box/"
BEFORE_ALL = "drop_box"  # a cursor that every name comes after, that of the closed drop box too
_UNREAD, _OPEN = "-unread", "open"
_FORBIDDEN = "its permissions forbid to read it; give the user that the platform runs as the right to"


class Budget(NamedTuple):
    """What one look may cost: names listed within half the time, then whichever is used up first."""

    listed: int = 50_000
    files: int = 500
    bytes: int = 1_000_000_000
    seconds: float = 20.0


class Looked(NamedTuple):
    """Where the next look begins (empty: at the beginning), and how many versions this one took in."""

    cursor: str
    taken: int


def look(objects: ObjectStore, store: UploadStore, cursor: str, budget: Budget) -> Looked:
    """Take in versions whose names come after the cursor and that the ledger does not have.

    Mappings first, those of folders before all, so that no file is read without the one that lies behind it
    in the alphabet; the cursor moves on when all that was listed is taken in. A version is in the store
    before it is in the ledger, so that an end at any moment loses nothing. One that vanishes meanwhile is
    passed over; if it was replaced, the next look finds what replaced it. One that may not be read is told
    once, and tried at each look; so is a folder, which is told again when it is open or gone.
    """
    seen, began = store.ledger().seen, time.monotonic()
    new: list[Version] = []
    listed: set[str] = set()
    for version in objects.versions(DROP_BOX, cursor):
        listed.add(version.name)
        if seen.get(version.name) != version.generation:
            new.append(version)
        if len(listed) == budget.listed or time.monotonic() - began >= budget.seconds / 2:
            end = version.name
            break
    else:
        end = ""
    taken: list[Taken] = []
    tried = size = 0
    for version in sorted(new, key=_turn):
        spent = (len(taken), size, time.monotonic() - began)
        if any(used >= allowed for used, allowed in zip(spent, budget[1:], strict=True)):
            break
        tried += 1
        if (item := _take(store, version)) is not None and seen.get(item.name) != item.generation:
            taken.append(item)
            size += item.size
    taken += _opened(seen, listed, cursor, end)
    if taken:
        store.record(taken)
    return Looked(cursor if tried < len(new) else end, len(taken))


def _turn(version: Version) -> tuple[bool, str, bool]:
    """Sorts mappings of folders before all, and every other before the file that it is for."""
    name = version.name
    return (
        name.rpartition("/")[2] != FOLDER_MAPPING,
        name.removesuffix(MAPPING_SUFFIX),
        not name.endswith(MAPPING_SUFFIX),
    )


def _opened(seen: Mapping[str, str], listed: set[str], after: str, end: str) -> list[Taken]:
    """Folders between two names that were closed when they were last seen, and are no more: nothing lies in
    their place, so that they are at fault no longer.
    """
    return [
        Taken(name, _OPEN, 0, "")
        for name, generation in seen.items()
        if name.endswith("/") and generation != _OPEN and name not in listed
        if name > after and (not end or name <= end)
    ]


def _take(store: UploadStore, version: Version) -> Taken | None:
    try:
        mapping = version.name.endswith(MAPPING_SUFFIX)
        return store.take(version, MAX_MAPPING_BYTES if mapping else MAX_FILE_BYTES)
    except FileNotFoundError:
        return None
    except UnreadableError:
        # Not of the version's own generation: permissions change none, and it is new until it can be read.
        return Taken(version.name, version.generation + _UNREAD, version.size, "", _FORBIDDEN)
