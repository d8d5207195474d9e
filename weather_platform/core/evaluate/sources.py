"""Names of an archive's sources, kept apart from those of methods and of columns.

Belongs here: which names are taken, and what a source is called instead. Does not: what sources say.

A source may be called whatever its archive likes. `climatology` would take the place of ours on the board,
and `observed` that of the truth.
"""

from collections.abc import Iterable

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
    names = {name: name for name in set(sources) if not _is_taken(name)}
    for name in sorted(set(sources) - set(names)):
        other = name + _APART
        while other in names.values():
            other += _APART
        names[name] = other
    return names


def _is_taken(name: str) -> bool:
    return name in _TAKEN or name.endswith((_EARLIER, _MEMBERS))
