"""Daily summaries of some years and stations, out of files or, of GSOD, out of BigQuery's tables.

Belongs here: what is fetched and kept of an archive's files, and which years could not be had. Does not: the
queries (gsod_bigquery), or the rows' meaning (core.history).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from weather_platform.core.fetching.payloads import DamagedPayloadError
from weather_platform.core.history.crawl import Crawler, CrawlError
from weather_platform.core.history.due import Due, version_of
from weather_platform.core.history.format import File, FileRows
from weather_platform.core.history.formats import FORMATS
from weather_platform.core.history.listing import Entry, ListingError, read_listing
from weather_platform.core.history.scraped import Scraped
from weather_platform.core.observations.table import ObservationFileError
from weather_platform.infra.reading.station_reader import fetch_file
from weather_platform.infra.stores.scraped_store import ScrapedStore
from weather_platform.infra.web.crawling import crawler

if TYPE_CHECKING:
    from google.cloud import bigquery

    from weather_platform.infra.platform import Platform


@dataclass
class DailyYears:
    """What was read, what is wrong with the rest, and the years that nothing could be read of."""

    found: list[FileRows] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(self, years: Sequence[str], part: FileRows | str) -> None:
        """A part of these years, or what is wrong with it: then they are not whole."""
        if isinstance(part, FileRows):
            self.found.append(part)
        else:
            self.problems.append(part)
            self.missing += [year for year in years if year not in self.missing]


def by_bigquery(
    client: "bigquery.Client", years: Sequence[str], stations: Sequence[str], max_bytes: int
) -> DailyYears:
    """Years out of the public tables. A year that cannot be had is named; the others are read."""
    from google.api_core.exceptions import GoogleAPICallError

    from weather_platform.infra.reading.gsod_bigquery import TooManyBytesError, read_year

    read = DailyYears()
    for year in years:
        try:
            read.add([year], read_year(client, int(year), stations, max_bytes))
        except (GoogleAPICallError, TooManyBytesError) as error:
            read.add([year], f"{year}: {error}")
    return read


async def by_https(
    archive: Scraped, platform: "Platform", years: Sequence[str], stations: Sequence[str]
) -> DailyYears:
    """Years out of an archive's files: those that its listing has of these stations.

    Files are kept as served by version, so that a run that was killed goes on where it was. A file of all
    years of a station is read once.
    """
    read, store = DailyYears(), ScrapedStore(platform.objects, archive.name)
    groups = [[year] for year in years] if archive.by_year else [list(years)]
    async with crawler(archive, platform.settings) as site:
        for number, group in enumerate(groups, start=1):
            try:
                entries = await _listed(site, archive, group[0], set(stations))
            except (CrawlError, ListingError) as error:
                read.add(group, f"{group[0]}: {error}")
                continue
            for entry in entries:
                name = f"{group[0]}-{entry.name}" if archive.by_year else entry.name
                file = Due(name, version_of(entry.modified, entry.bytes))
                read.add(group, await _one(site, archive, store, file, entry.url))
            platform.progress(f"fetch {archive.title}", number, len(groups))
    return read


async def _listed(site: Crawler, archive: Scraped, year: str, stations: set[str]) -> list[Entry]:
    entries = []
    for path in archive.paths(year):
        page = await site.get(path)
        entries += read_listing(page.body or b"", archive.base_url + path)
    return [entry for entry in entries if archive.station_of(entry.name) in stations]


async def _one(site: Crawler, archive: Scraped, store: ScrapedStore, file: Due, url: str) -> FileRows | str:
    """Rows of a file, or what is wrong with it."""
    try:
        await fetch_file(site, archive, store, file, url)
        return FORMATS[archive.form].read(File(store.load(file), file.name))
    except (CrawlError, DamagedPayloadError, ObservationFileError) as error:
        return f"{file.name}: {error}"
