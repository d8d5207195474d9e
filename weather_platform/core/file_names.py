"""What the name of a file tells of it: when it was made, and of which place.

Belongs here: names, as text with slashes. Does not: what is in a file.
"""

import re
from datetime import UTC, datetime

_STAMP = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})[T_-]?(\d{2})(\d{2})(\d{2})?Z")
YEARS = range(1900, 2201)  # tables hold some more, and others are nobody's
_SUFFIXES = (".json", ".geojson", ".txt", ".gz", ".zst")


def stamp_of(name: str) -> datetime | None:
    """The UTC time in a file name, as in `sky_20260720T090040Z.jpg` or `2026-07-20T0900Z`; None without."""
    found = _STAMP.search(name.rpartition("/")[2])
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC) if year in YEARS else None
    except ValueError:
        return None


def place_of(name: str) -> str | None:
    """What follows the time in a file name, as `pier` in `20260720T090040Z_pier.jpg`; None without."""
    stem = name.rpartition("/")[2].split(".")[0]
    found = _STAMP.search(stem)
    return (stem[found.end() :].strip("_- ") or None) if found else None


def reply_stem(name: str) -> str:
    """The file name of a reply without `.json`, `.gz` and the like."""
    stem = name.rpartition("/")[2]
    while suffix := next((suffix for suffix in _SUFFIXES if stem.lower().endswith(suffix)), ""):
        stem = stem[: -len(suffix)]
    return stem


def reply_place(name: str) -> str:
    """The location id that the file name of a reply ends with: what follows its stamp, or all of it where
    there is no stamp.
    """
    stem = reply_stem(name)
    found = _STAMP.search(stem)
    return stem[found.end() :].lstrip("_-") if found and stem[found.end() :].strip("_-") else stem


def before_stamp(name: str) -> str:
    """What the file name of a reply begins with, as `pier` in `pier_20260720T090040Z.json`."""
    return _STAMP.split(reply_stem(name))[0].rstrip("_-")


def parsed_time(text: str) -> datetime:
    """An ISO 8601 time with its zone, as UTC. Raises ValueError that says what to write."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text!r} has no zone; write for instance {time.isoformat()}Z")
    if time.year not in YEARS:
        raise ValueError(f"{text!r} is not of the years {YEARS[0]} to {YEARS[-1]}")
    return time.astimezone(UTC)
