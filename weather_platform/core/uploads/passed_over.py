"""What is told of rows that are no place's of the panel, or of nothing that the mapping names, and of columns
whose names say nothing.

Belongs here: their numbers and names, for people to read. Does not: rows that are wrong (those are set
aside), or counting (core.observations.upload). A file of a whole network passes most of its rows over, and is
right to; a name that is misspelt looks the same, so it is told.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from weather_platform.core.observations.upload import Summary

# Of a file's counts: rows that are kept for places that nobody forecasts.
OUTSIDE = "rows_outside_panel"
_MOST_NAMES = 5


def passed_over(summary: Summary) -> dict[str, Any]:
    """Counts of such rows where there are any, and a note that names them."""
    of = {
        OUTSIDE: ("places that are not in the panel", summary.places_outside_panel),
        "rows_of_unknown_stations": ("stations that the mapping does not name", summary.unknown_stations),
        "rows_of_unmapped_codes": ("codes that the mapping does not name", summary.unmapped_codes),
    }
    counts: dict[str, Any] = {name: sum(rows.values()) for name, (_, rows) in of.items() if rows}
    notes = [_note(what, rows) for what, rows in of.values() if rows]
    if summary.rows_elsewhere:
        counts["rows_elsewhere"] = summary.rows_elsewhere
        notes.append(f"{_rows(summary.rows_elsewhere)} at positions that are no place's nearest")
    if summary.readings_between:
        counts["readings_between"] = summary.readings_between
        notes.append(f"{summary.readings_between} readings between steps, for which the nearest stand")
    return counts | ({"note": "; ".join(notes)} if notes else {})


def columns_not_used(names: Sequence[str], used: Collection[str]) -> dict[str, str]:
    """Those of a file's columns that nothing is read from, where there are any."""
    others = [name for name in names if name.strip() and name not in used]
    return {"columns_not_used": _few(others)} if others else {}


def _note(what: str, rows: Mapping[str, int]) -> str:
    names = sorted(rows, key=lambda name: (-rows[name], name))
    return f"{_rows(sum(rows.values()))} of {what}: {_few(names)}"


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" * (len(names) > _MOST_NAMES)
    return f"{', '.join(names[:_MOST_NAMES])}{more}"


def _rows(count: int) -> str:
    return f"{count} row{'s' * (count != 1)}"
