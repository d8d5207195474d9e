"""Partition keys and the instants they stand for: six-hourly cycles and days, always UTC.

Everything that turns a time into a partition key, or back, is here. Keys sort in time order and carry
their zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Grain:
    """A regular division of time that starts at the epoch."""

    name: str
    length: timedelta
    key_format: str

    def floor(self, time: datetime) -> datetime:
        """Start of the window that holds `time` (timezone-aware; raises ValueError otherwise)."""
        if time.tzinfo is None:
            raise ValueError(f"{time!r} has no time zone; give an aware datetime")
        return EPOCH + (time - EPOCH) // self.length * self.length

    def key(self, time: datetime) -> str:
        """Key of the window that holds `time`."""
        return self.floor(time).strftime(self.key_format)

    def start(self, key: str) -> datetime:
        """First instant of the window named by `key`. Raises ValueError for a key that is not of this
        grain.
        """
        start = datetime.strptime(key, self.key_format).replace(tzinfo=UTC)
        if self.key(start) != key:
            raise ValueError(f"{key!r} is not a {self.name} key; the nearest is {self.key(start)!r}")
        return start

    def end(self, key: str) -> datetime:
        """First instant after the window named by `key`."""
        return self.start(key) + self.length

    def keys(self, start: datetime, end: datetime) -> list[str]:
        """Keys of every window that overlaps [start, end), in time order."""
        return [time.strftime(self.key_format) for time in self._starts(start, end)]

    def _starts(self, start: datetime, end: datetime) -> Iterator[datetime]:
        time = self.floor(start)
        while time < end:
            yield time
            time += self.length


CYCLE = Grain("cycle", timedelta(hours=6), "%Y-%m-%dT%HZ")
DAY = Grain("day", timedelta(days=1), "%Y-%m-%d")
