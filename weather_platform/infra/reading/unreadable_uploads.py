"""Dropped files that cannot be read: bad until they are mended, whatever else is read meanwhile.

Belongs here: which those are. Does not: reading files (core.uploads), or who is told (defs.upload_checks,
infra.watch.vitals).
"""

from typing import TYPE_CHECKING

from weather_platform.core.contracts.uploads import REJECTED

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.infra.platform import Platform

QUARANTINE_TABLE = "quarantine/uploads"


def unreadable_uploads(platform: "Platform") -> "pd.DataFrame":
    """`upload`, `reason` and `file` (its whole name) of every upload that counts and cannot be read."""
    ledger = platform.uploads.ledger()
    table = platform.warehouse.expression(QUARANTINE_TABLE, REJECTED)
    lines = table.filter(table.row < 0).select("upload", "reason").execute()
    counted = [key for key in set(lines["upload"]) & set(ledger.uploads) if ledger.counts(key)]
    standing = lines[lines["upload"].isin(counted)]
    return standing.assign(file=[ledger.uploads[key].name for key in standing["upload"]])
