"""Uploads of one run, read from the store.

Belongs here: which of them are read, and what they replace. Does not: what a file holds (core.uploads.read),
or what is done with the rows (defs.uploads).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from weather_platform.core.uploads.ledger import Ledger, Upload
from weather_platform.core.utf16 import as_utf8

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.core.fetching.payloads import Meta
    from weather_platform.core.uploads.spec import Reading
    from weather_platform.infra.platform import Platform
    from weather_platform.infra.stores.payload_store import PayloadStore
    from weather_platform.infra.stores.upload_store import UploadStore


@dataclass
class ReadRun:
    """Readings by key; `replaced` are keys outside the run whose rows go, since what replaced them was
    read; `replies` are those that were kept.
    """

    readings: "dict[str, Reading]" = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    replies: "list[Meta]" = field(default_factory=list)


def read_uploads(
    platform: "Platform",
    keys: Sequence[str],
    panel: "pd.DataFrame",
    told: Callable[[int], None],
    refused: Callable[[str], str],
) -> ReadRun:
    """Read uploads in their order; `told` is told how many are done. `refused` says why no reply of a
    provider may be kept, if none may.

    An upload that was replaced, or whose content counts under another name, has no rows. What a name held
    before goes when its new upload could be read; until then those rows stay.
    """
    store = platform.uploads
    from weather_platform.core.uploads.read import unreadable

    ledger, run = store.ledger(), ReadRun()
    for done, key in enumerate(keys, start=1):
        reading = _reading(store, ledger, key, panel)
        for name, data in reading.objects.items():
            store.keep_form(name, data)
        if reading.reply is not None:
            meta, body = reading.reply
            if why := refused(meta.provider) or _kept(platform.payloads, meta, body):
                reading = unreadable(key, why)
            else:
                run.replies.append(meta)
        run.readings[key] = reading = replace(reading, objects={}, reply=None)
        if reading.readable and key in ledger.uploads:
            run.replaced |= set(ledger.before(key)) - set(keys)
        told(done)
    return run


def _kept(payloads: "PayloadStore", meta: "Meta", body: bytes) -> str:
    """Keep a reply; why it cannot be, or nothing."""
    from weather_platform.infra.stores.payload_store import OtherReplyError

    try:
        payloads.keep(meta, body)
    except OtherReplyError as error:
        return str(error)
    return ""


def _reading(store: "UploadStore", ledger: Ledger, key: str, panel: "pd.DataFrame") -> "Reading":
    from weather_platform.core.uploads.read import no_rows, read_file, unreadable
    from weather_platform.core.uploads.spec import File

    upload = ledger.uploads.get(key)
    if upload is None:
        return no_rows("nothing of that name was taken in here")
    if not ledger.counts(key):
        return no_rows(_why_not(ledger, upload))
    if upload.refused:
        return unreadable(key, upload.refused)
    if not upload.content:
        return no_rows("a folder that could not be looked into, and can be now or is gone")
    if upload.mapping_name and not upload.mapping:
        return unreadable(
            key,
            f"{upload.mapping_name} is too large for a mapping, which is a page of text, or its permissions "
            "forbid to read it",
        )
    text = as_utf8(store.mapping(upload)).decode(errors="replace") if upload.mapping else ""
    taken_at = datetime.fromisoformat(upload.taken_at) if upload.taken_at else None
    file = File(key, upload.name, store.load(upload), text, upload.mapping_name, panel, taken_at)
    return read_file(file)


def _why_not(ledger: Ledger, upload: Upload) -> str:
    newest = ledger.newest[upload.name]
    return f"replaced by {newest}" if newest != upload.key else f"the same as {upload.duplicate_of}"
