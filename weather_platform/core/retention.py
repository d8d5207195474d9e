"""How long the history of runs is kept: one age, and others for assets that are worth more or less of it.

Belongs here: the arithmetic, and how ages are written. Does not: deleting anything (infra.instance.pruning).
Rows of tables and replies are never among it: they are kept for ever.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MOST_DAYS = 36_500  # a century: for ever, and no calendar ends before it


@dataclass(frozen=True)
class Retention:
    """`days` for everything, `by_asset` days for an asset (`features`) or all below a name (`payloads`)."""

    days: int
    by_asset: Mapping[str, int] = field(default_factory=dict)

    def before(self, now: datetime) -> datetime:
        """What is older than this is too old, unless it is of an asset with an age of its own."""
        return now - timedelta(days=self.days)

    def before_of(self, asset: str, now: datetime) -> datetime:
        """The same for an asset, by the most exact of the names that hold it."""
        named = [name for name in self.by_asset if asset == name or asset.startswith(f"{name}/")]
        return now - timedelta(days=self.by_asset[max(named, key=len)] if named else self.days)


def days_by_asset(text: str) -> dict[str, int]:
    """`payloads=365, features=30` as a mapping. Raises ValueError naming the part that is not like that."""
    found: dict[str, int] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, days = (piece.strip() for piece in part.partition("="))
        if not name or not re.fullmatch("[0-9]{1,9}", days) or not 1 <= int(days) <= MOST_DAYS:
            raise ValueError(f"{part!r} is not ASSET=DAYS with 1 to {MOST_DAYS} days, as in payloads=365")
        found[name] = int(days)
    return found
