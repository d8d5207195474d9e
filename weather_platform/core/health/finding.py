"""What a look at one part of the platform found.

Belongs here: the type, and how findings of two looks differ. Does not: looking (infra.watch.vitals), or
telling anyone (infra.watch.channels).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How bad it is: a warning can wait for a working day, an error loses forecasts or predictions."""

    OK = 0
    WARNING = 1
    ERROR = 2


@dataclass(frozen=True)
class Finding:
    """`area` names the page of docs/runbook, `subject` the feed, variable or store; both stay the same from
    look to look. `remedy` is empty where all is well.
    """

    area: str
    subject: str
    level: Level
    what: str
    remedy: str = ""

    @property
    def key(self) -> str:
        """Identity from one look to the next."""
        return f"{self.area}/{self.subject}"


@dataclass(frozen=True)
class News:
    """`raised` are new or have got worse; `over` are keys of findings that were open and are well again."""

    raised: tuple[Finding, ...]
    over: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.raised or self.over)


@dataclass(frozen=True)
class Look:
    """What was found; where it is not `whole`, something could not be read, and of what lacks nothing is
    known."""

    findings: tuple[Finding, ...]
    whole: bool = True


def open_levels(look: Look, before: Mapping[str, int]) -> dict[str, int]:
    """What is not well, by key: what a later look is compared with. What was not looked at is as it was
    `before`.
    """
    seen = {finding.key for finding in look.findings}
    unseen = {} if look.whole else {key: level for key, level in before.items() if key not in seen}
    return unseen | {one.key: int(one.level) for one in look.findings if one.level > Level.OK}


def news(before: Mapping[str, int], look: Look) -> News:
    """What changed since a look that found `before` (see `open_levels`)."""
    raised = tuple(one for one in look.findings if one.level > before.get(one.key, Level.OK))
    still = open_levels(look, before)
    return News(raised, tuple(sorted(key for key in before if key not in still)))
