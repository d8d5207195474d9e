"""Which listed files are to be read: the new ones and the changed ones, of stations that a place needs.

Belongs here: what a version of a file is, and the comparison of a listing with a ledger. Does not: where the
ledger is kept, or the asking for runs.
"""

from collections.abc import Container, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd


# How long a file is left alone that could not be had: doubled each time, so that a listing's dead link is
# asked for once a day.
_FIRST_WAIT, _LONGEST_WAIT = timedelta(hours=1), timedelta(days=1)


class Due(NamedTuple):
    """A file and the version of it that is to be read."""

    name: str
    version: str


class Failed(NamedTuple):
    """How often a version could not be had, and when last (aware)."""

    times: int
    last: datetime


def version_of(modified: "datetime | None", size: float | None) -> str:
    """What tells two versions of a file apart on a listing: `20260301T1159-4194304`."""
    import pandas as pd  # noqa: PLC0415 - the code location lists sensors without it

    when = "unknown" if modified is None or pd.isna(modified) else f"{modified:%Y%m%dT%H%M}"
    return f"{when}-{0 if size is None or pd.isna(size) else int(size)}"


def due(
    listing: "pd.DataFrame",
    stations: Iterable[str],
    read: Container[Due],
    failed: Mapping[Due, Failed],
    now: datetime,
) -> list[Due]:
    """Files of `listing` (LISTING) of these stations whose version was not read yet, and did not fail too
    lately, in order of year and name.
    """
    wanted = listing[listing["station_id"].isin(set(stations))].sort_values(["year", "name"])
    found = [
        Due(name, version_of(modified, size))
        for name, modified, size in zip(wanted["name"], wanted["modified"], wanted["bytes"], strict=True)
    ]
    return [each for each in found if each not in read and not _is_left_alone(failed.get(each), now)]


def _is_left_alone(failed: Failed | None, now: datetime) -> bool:
    if failed is None:
        return False
    doublings = min(failed.times - 1, 10)  # more make no difference
    return now < failed.last + min(_FIRST_WAIT * 2**doublings, _LONGEST_WAIT)
