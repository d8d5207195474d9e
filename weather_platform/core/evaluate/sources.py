"""Names of an archive's sources, kept apart from those of methods and of columns.

Belongs here: which names are taken, and what a source is called instead. Does not: what sources say.

A source may be called whatever its archive likes. `climatology` would take the place of ours on the board,
`observed` that of the truth, and `a__b` that of `a/b` among the features.
"""

from collections.abc import Iterable

from weather_platform.core.feed_columns import VALUE, column_of, comes_back

# What the board lists itself, and the columns beside those of sources (see archive.wide).
BASELINES = ("equal_weight", "persistence", "climatology")
METHODS = ("ours", "emos", "bias_corrected")
_COLUMNS = (
    "location_id", "init_time", "valid_time", "lat", "lon", "elevation_m", "lead_hours", "member_sd",
    "observed",
)  # fmt: skip
_TAKEN = frozenset((*BASELINES, *METHODS, *_COLUMNS))
_EARLIER, _MEMBERS, _APART = ", earlier", ", members", " (source)"


def earlier(source: str) -> str:
    """The name of what a source said before."""
    return source + _EARLIER


def members_of(source: str) -> str:
    """The name of a source as the distribution of its members, beside their mean."""
    return source + _MEMBERS


def apart(sources: Iterable[str]) -> dict[str, str]:
    """Every source and the name that it goes by: its own, unless that is taken."""
    names: dict[str, str] = {}
    columns: set[str] = set()
    # Plain names keep their own; of two that are spelled as one column, that which is no column's.
    for name in sorted(set(sources), key=lambda name: (_is_taken(name), not comes_back(name), name)):
        other = name
        while _is_taken(other) or column_of(VALUE, other) in columns:
            other += _APART
        columns.add(column_of(VALUE, other))
        names[name] = other
    return names


def _is_taken(name: str) -> bool:
    return name in _TAKEN or name.endswith((_EARLIER, _MEMBERS))
