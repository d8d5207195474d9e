"""What an archive is whose files stand in directory listings: a value that says where, and how to read them.

Belongs here: the type that every such archive fills, which needs no pandas. Does not: which there are
(scraped_archives), fetching (crawl), reading files (format).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from weather_platform.core.contracts.truth import DAILY
from weather_platform.core.history.format import named
from weather_platform.core.history.formats import FORMATS
from weather_platform.core.providers.spec import Auth, Request

if TYPE_CHECKING:
    from weather_platform.core.history.station_lists import StationRows


@dataclass(frozen=True)
class StationList:
    """Where an archive's list of stations is, and its `reader` as a format's (`module:function`): it takes
    the list, the archive's name and the lists `beside` it, which say more of the same stations, returns
    StationRows, and raises ObservationFileError.
    """

    path: str
    reader: str
    beside: tuple[str, ...] = ()

    def read(self, data: bytes, archive: str, *beside: bytes) -> "StationRows":
        """Stations of a list. Raises ObservationFileError for what is none."""
        return cast("Callable[..., StationRows]", named(self.reader))(data, archive, *beside)


@dataclass(frozen=True)
class Scraped:
    """An archive of one file per station and year. One entry in scraped_archives makes it known.

    `folders` are the paths of a year's listings, with {year}; without it they are one for all years. `file`
    matches the names of their files, which are unique over all folders, with a group `station`. `form` names
    the file format (see formats), which says whether rows are of reports or of days; `stations` says where
    the list is. `latency` is how long after its time a value is there, `per_minute` how many requests are
    polite. The other fields are those of a Provider, so that one HTTP client serves both.
    """

    name: str
    title: str
    base_url: str
    folders: tuple[str, ...]
    file: re.Pattern[str]
    form: str
    stations: StationList
    attribution: str
    latency: timedelta
    per_minute: float = 60.0
    max_bytes: int = 64_000_000
    begins: bytes = b""
    also_retried: tuple[int, ...] = ()
    concurrency: int = 2
    timeout_seconds: float = 60.0
    auth: Auth | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    follow: Callable[[Request, bytes], Request | None] | None = None

    def station_of(self, name: str) -> str | None:
        """The station that a file's name tells; None for files that are not of this archive."""
        found = self.file.fullmatch(name)
        return found["station"] if found else None

    def paths(self, year: str) -> list[str]:
        """The paths of a year's listings."""
        return [folder.format(year=year) for folder in self.folders]

    @property
    def daily(self) -> bool:
        """Whether its rows are summaries of days, which have tables of their own."""
        return FORMATS[self.form].contract is DAILY

    @property
    def by_year(self) -> bool:
        """Whether every year has folders of its own."""
        return all("{year}" in folder for folder in self.folders)
