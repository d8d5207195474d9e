"""Every version of a dropped file that was ever taken in, and what follows from it: the uploads.

Belongs here: what an upload is, which one counts, and what it replaces, as a pure function of the entries.
Does not: where entries are kept (infra.stores.upload_store), or how files are found (infra.stores.drop_box).

The entries are the only state. They are numbered and never changed, so a killed process, a reset cursor or a
file that is gone from the drop box cannot lose or repeat anything: the same entries give the same uploads.

An upload is one content of one name with one mapping. Its key, `<safe name>@<ordinal>-<8 hex digits of
content and mapping>`, is a partition. The newest upload of a name counts; where two names hold the same
content and say the same of it, the first of them does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from weather_platform.core.uploads.naming import FOLDER_MAPPING, MAPPING_SUFFIX, said_by, upload_key


class Entry(NamedTuple):
    """A version that was taken in. `batch` is the number of the record that it came with.

    `sha256` is that of its bytes; it is empty where they were not kept, and `refused` says why. Both are
    empty of a folder (a name that ends in a slash) that was refused before, and is open or gone.
    `taken_at` is in ISO 8601, and empty in records that are older than it.
    """

    batch: int
    name: str
    generation: str
    size: int
    sha256: str
    refused: str = ""
    taken_at: str = ""


@dataclass(frozen=True)
class Upload:
    """One content of one name.

    `content` and `mapping` are SHA-256 (empty: none). `previous` is the key of what the name held before,
    `duplicate_of` that of another name's upload with the same content, whose rows count instead.
    """

    key: str
    name: str
    size: int
    content: str
    refused: str
    mapping: str
    mapping_name: str
    previous: str
    duplicate_of: str
    taken_at: str = ""

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes two uploads the same, whatever their names."""
        return self.content, self.mapping, self.refused


@dataclass
class Ledger:
    """`uploads` by key in order; `newest` key by name; `seen` the last generation taken in by name."""

    uploads: dict[str, Upload] = field(default_factory=dict)
    newest: dict[str, str] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    _entries: dict[str, Entry] = field(default_factory=dict)
    _mappings: dict[str, str] = field(default_factory=dict)
    # Names that hold a content now, first come first.
    _holders: dict[tuple[str, str, str, str], dict[str, None]] = field(default_factory=dict)

    def counts(self, key: str) -> bool:
        """Whether the upload's rows are those that count: it is its name's newest, and the first of its
        content.
        """
        upload = self.uploads[key]
        return self.newest[upload.name] == key and not upload.duplicate_of

    def before(self, key: str) -> Iterator[str]:
        """Keys that the name had before this upload, newest first."""
        while key := self.uploads[key].previous:
            yield key

    def add(self, entries: Iterable[Entry]) -> None:
        """Take note of one record's entries, all at once, so that a file meets the mapping beside it."""
        touched: dict[str, None] = {}
        for entry in entries:
            self.seen[entry.name] = entry.generation
            if entry.name.endswith(MAPPING_SUFFIX):
                self._mappings[entry.name] = entry.sha256
                touched |= dict.fromkeys(self._governed_by(entry.name))
            else:
                self._entries[entry.name] = entry
                touched[entry.name] = None
        for name in touched:
            self._settle(name)

    def _governed_by(self, mapping: str) -> list[str]:
        if mapping.rpartition("/")[2] == FOLDER_MAPPING:
            folder = mapping.removesuffix(FOLDER_MAPPING)
            return [name for name in self._entries if name.startswith(folder)]
        name = mapping.removesuffix(MAPPING_SUFFIX)
        return [name] if name in self._entries else []

    def _mapping_of(self, name: str) -> str:
        """Name of the mapping: the one beside the file, else the nearest folder's; empty where none is."""
        beside = name + MAPPING_SUFFIX
        folder = name
        while beside not in self._mappings:
            folder, slash, _ = folder.rpartition("/")
            if not slash:
                return ""
            beside = f"{folder}/{FOLDER_MAPPING}"
        return beside

    def _settle(self, name: str) -> None:
        """Give the name a new upload where what it holds is no longer what its newest one is."""
        entry, mapping = self._entries[name], self._mapping_of(name)
        refused = f"{entry.refused} ({entry.generation})" if entry.refused else ""
        identity = (entry.sha256, self._mappings.get(mapping, ""), refused)
        old = self.uploads.get(self.newest.get(name, ""))
        if old is not None and old.identity == identity:
            return
        self._create(name, identity, mapping)
        if old is not None:
            holders = self._holders[*old.identity, said_by(name)]
            del holders[name]
            heir = next(iter(holders), None)
            if heir is not None and not old.duplicate_of:
                self._create(heir, old.identity, self.uploads[self.newest[heir]].mapping_name)

    def _create(self, name: str, identity: tuple[str, str, str], mapping: str) -> None:
        holders = self._holders.setdefault((*identity, said_by(name)), {})
        first = next(iter(holders), name)
        holders.setdefault(name)
        content, mapping_hash, refused = identity
        key = upload_key(name, len(self.uploads) + 1, identity)
        self.uploads[key] = Upload(
            key=key,
            name=name,
            size=self._entries[name].size,
            content=content,
            refused=refused,
            mapping=mapping_hash,
            mapping_name=mapping,
            previous=self.newest.get(name, ""),
            duplicate_of="" if first == name else self.newest[first],
            taken_at=self._entries[name].taken_at,
        )
        self.newest[name] = key


def fold(entries: Iterable[Entry]) -> Ledger:
    """The ledger of entries in the order of their batches."""
    ledger = Ledger()
    for _, batch in groupby(entries, key=lambda entry: entry.batch):
        ledger.add(batch)
    return ledger
