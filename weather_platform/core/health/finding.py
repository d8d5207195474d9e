"""What a look at one part of the platform found.

Belongs here: the type, and how findings of two looks differ. Does not: looking (infra.watch.vitals), or
telling anyone (infra.watch.alerts).
"""

from collections.abc import Iterable, Mapping
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


def open_levels(findings: Iterable[Finding]) -> dict[str, int]:
    """What is not well, by key: what a later look is compared with."""
    return {finding.key: int(finding.level) for finding in findings if finding.level > Level.OK}


def news(before: Mapping[str, int], findings: Iterable[Finding]) -> News:
    """What changed since a look that found `before` (see `open_levels`)."""
    found = list(findings)
    raised = tuple(finding for finding in found if finding.level > before.get(finding.key, Level.OK))
    still = open_levels(found)
    return News(raised, tuple(sorted(key for key in before if key not in still)))
