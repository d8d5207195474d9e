"""The drop box: a prefix of the object store that people put files into, and the taking in of what is new.

Belongs here: how far one look goes. Does not: what an upload is (core.uploads.ledger), or when somebody looks
(defs.uploads).
"""

import time
from typing import NamedTuple

from weather_platform.core.uploads.ledger import MAPPING_SUFFIX
from weather_platform.infra.objects import ObjectStore, Version
from weather_platform.infra.upload_store import MAX_FILE_BYTES, MAX_MAPPING_BYTES, Taken, UploadStore

DROP_BOX = "drop_box/"


class Budget(NamedTuple):
    """What one look may cost; it is over with the first that is used up."""

    listed: int = 50_000
    files: int = 500
    bytes: int = 1_000_000_000
    seconds: float = 20.0


class Looked(NamedTuple):
    """Where the next look goes on (empty: at the beginning), and how many versions this one took in."""

    cursor: str
    taken: int


def look(objects: ObjectStore, store: UploadStore, cursor: str, budget: Budget) -> Looked:
    """Take in versions whose names come after the cursor and that the ledger does not have.

    A version is in the store before it is in the ledger, so that an end at any moment loses nothing. One
    that vanishes meanwhile is passed over; if it was replaced, the next look finds what replaced it.
    """
    began, seen, size = time.monotonic(), store.ledger().seen, 0
    taken: list[Taken] = []
    for listed, version in enumerate(objects.versions(DROP_BOX, cursor), start=1):
        cursor = version.name
        if seen.get(version.name) != version.generation and (new := _take(store, version)):
            taken.append(new)
            size += new.size
        spent = (listed, len(taken), size, time.monotonic() - began)
        if any(used >= allowed for used, allowed in zip(spent, budget, strict=True)):
            break
    else:
        cursor = ""
    if taken:
        store.record(taken)
    return Looked(cursor, len(taken))


def _take(store: UploadStore, version: Version) -> Taken | None:
    try:
        mapping = version.name.endswith(MAPPING_SUFFIX)
        return store.take(version, MAX_MAPPING_BYTES if mapping else MAX_FILE_BYTES)
    except FileNotFoundError:
        return None
