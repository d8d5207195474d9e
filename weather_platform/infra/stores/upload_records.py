"""Records of the ledger of uploads: how one is added, and what is known of one that was damaged.

Belongs here: names of the objects and their lines. Does not: what follows from entries
(core.uploads.ledger), or the files that they are of (infra.stores.upload_store).

    uploads/ledger/00000042          one record: a line of JSON for each version taken in at once, after a
                                     copy of the lines of the record before it
    uploads/ledger/00000100.all      all lines up to that record, so that few objects are read

Records are numbered without a gap and written once: of two writers with one number the second takes the next.
A record that cannot be read stops no other: the next one's copy stands in for it. Of the newest, which has no
next one, those lines count that can be read; files of the others are new again while they lie in the drop
box, and their uploads get the keys they had, since keys are counted.
"""

import json
import threading
from collections.abc import Mapping, Sequence

from weather_platform.core.uploads.ledger import Entry, Ledger, fold
from weather_platform.infra.objects.base import ObjectExistsError, ObjectStore

_FOLDER, _SUMMARY = "uploads/ledger", ".all"
_MAX_RECORD_BYTES = 1_000_000_000
_RECORDS_PER_SUMMARY = 100


class UploadRecords:
    """The records of a store, folded into a ledger that grows."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._lock = threading.RLock()  # several sensors of one process may look at once
        self._damaged: dict[str, str] = {}
        self._forget()

    def _forget(self) -> None:
        self._damaged.clear()
        self._number = 0
        self._ledger = Ledger()
        self._newest: list[Entry] = []

    def ledger(self) -> Ledger:
        """What follows from all records. Those read once are not read again, unless one is damaged: it may
        have been mended.
        """
        with self._lock:
            if self._damaged:
                self._forget()
            numbers, summaries = self._listed()
            if self._number == 0 and summaries:
                self._number, entries = self._summarized(summaries)
                self._ledger = fold(entries)
                self._newest = [entry for entry in entries if entry.batch == self._number]
            for number in range(self._number + 1, max(numbers, default=0) + 1):
                self._newest = self._entries(number)
                self._ledger.add(self._newest)
                self._number = number
            return self._ledger

    def damaged(self) -> dict[str, str]:
        """What is wrong with each object that cannot be read, and what is known of it, by its name: as of the
        last look, since each costs a listing.
        """
        with self._lock:
            if self._number == 0:
                self.ledger()
            return dict(self._damaged)

    def add(self, lines: Sequence[Mapping[str, object]]) -> None:
        """Add one record, whole or not at all."""
        with self._lock:
            while not self._create(lines):
                pass
            number = self._number + 1
            self.ledger()
            if number % _RECORDS_PER_SUMMARY == 0 and not self._damaged:
                self._summarize(number)

    def _create(self, lines: Sequence[Mapping[str, object]]) -> bool:
        """Whether the next number was still to be had."""
        self.ledger()
        copied = [entry._asdict() for entry in self._newest]
        data = "".join(json.dumps(line) + "\n" for line in [*copied, *lines]).encode()
        try:
            # Another writer's equal bytes are another record all the same: False is no success either.
            return self._objects.create(_name(self._number + 1), data)
        except ObjectExistsError:
            return False

    def _listed(self) -> tuple[list[int], list[int]]:
        """Numbers of records and of summaries, in order."""
        names = sorted(name.rpartition("/")[2] for name in self._objects.names(f"{_FOLDER}/"))
        numbers = [int(name) for name in names if not name.endswith(_SUMMARY)]
        return numbers, [int(name.removesuffix(_SUMMARY)) for name in names if name.endswith(_SUMMARY)]

    def _entries(self, number: int) -> list[Entry]:
        """Entries of a record; of one that is damaged, or was removed for it, what is known of them."""
        name = _name(number)
        lines, wrong = self._lines(name, number)
        own = [line for line in lines if line.batch == number]
        if not wrong:
            return own
        after, _ = self._lines(_name(number + 1), number + 1)
        copied = [line for line in after if line.batch == number]
        if self._objects.exists(name):
            known = f"{len(own)} of its lines can be read"
            if copied:
                known = f"the next record has a copy of what was known of it: {len(copied)} lines"
            self._damaged[name] = f"{name} is no record of uploads ({wrong}); {known}"
        return copied or own

    def _summarized(self, summaries: Sequence[int]) -> tuple[int, list[Entry]]:
        """The newest summary that can be read: its number, and its entries. Records say the same."""
        for number in reversed(summaries):
            name = _name(number) + _SUMMARY
            entries, wrong = self._lines(name, number)
            if not wrong:
                return number, entries
            self._damaged[name] = f"{name} is no summary of uploads ({wrong}); the records say the same"
        return 0, []

    def _lines(self, name: str, number: int) -> tuple[list[Entry], str]:
        """Every line that can be read, and what is wrong with the object (empty: nothing)."""
        try:
            data = self._objects.read(name, _MAX_RECORD_BYTES)
        except FileNotFoundError:
            return [], "it is gone"
        entries, wrong = [], "" if data.endswith(b"\n") else "it was cut short"
        for line in data.splitlines():
            try:
                entries.append(Entry(**{"batch": number, **json.loads(line)}))
            except (ValueError, TypeError) as error:
                wrong = wrong or str(error)
        return entries, wrong

    def _summarize(self, number: int) -> None:
        """Follows from the records alone, so that whoever writes it writes the same."""
        last, entries = self._summarized(self._listed()[1])
        for later in range(last + 1, number + 1):
            entries += self._entries(later)
        data = "".join(json.dumps(entry._asdict()) + "\n" for entry in entries).encode()
        self._objects.create(_name(number) + _SUMMARY, data)


def _name(number: int) -> str:
    return f"{_FOLDER}/{number:08d}"
