"""What people are told: one alert, or as many as a message holds.

Belongs here: the words. Does not: what is worth telling (core.health, defs.watch), or the ways to tell it
(see channels).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

_MAX_TEXT = 4_000
_RUNBOOK = "docs/runbook"


@dataclass(frozen=True)
class Alert:
    """One thing to tell, found `at` a time (aware). `area` names its page of the runbook; `level` is `error`,
    `warning` or `over`.
    """

    area: str
    level: str
    title: str
    text: str
    at: datetime

    def plain(self) -> str:
        """Title, text, since when, and where to read on, bounded."""
        end = f"\n{self.at:%Y-%m-%d %H:%M} UTC. Runbook: {_RUNBOOK}/{self.area}.md"
        return f"[{self.level}] {self.title}\n{self.text}"[: _MAX_TEXT - len(end)] + end

    def as_json(self) -> dict[str, str]:
        """Its fields, for machines."""
        return {**vars(self), "at": self.at.isoformat()}


def plain(alerts: Sequence[Alert]) -> str:
    """Of as many as a message holds, in their order; how many more there are is said."""
    texts: list[str] = []
    left = _MAX_TEXT - len(_more(len(alerts)))
    for alert in alerts:
        text = alert.plain()
        left -= len(text) + 2
        if left < 0 and texts:
            break
        texts.append(text[: _MAX_TEXT - len(_more(len(alerts)))])
    return "\n\n".join(texts) + _more(len(alerts) - len(texts))


def _more(count: int) -> str:
    return f"\n\nAnd {count} more: see `weather-platform doctor`." if count else ""
