"""Fetching an archive's files and reading their rows, for a run of some of them.

Belongs here: what is fetched and what is kept already. Does not: which files are due (core.history.due),
their formats, or where the rows go.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from weather_platform.core.contracts.archives import FILE_QUARANTINE
from weather_platform.core.contracts.truth import STATION_REPORT
from weather_platform.core.fetching.payloads import DamagedPayloadError, Meta, digest
from weather_platform.core.history.crawl import Crawler, CrawlError
from weather_platform.core.history.due import Due, version_of
from weather_platform.core.history.format import File, FileRows
from weather_platform.core.history.formats import FORMATS
from weather_platform.core.history.scraped import Scraped
from weather_platform.core.observations.table import ObservationFileError
from weather_platform.core.partitions import CYCLE
from weather_platform.core.tables.schema import conform, empty
from weather_platform.infra.stores.scraped_store import ScrapedStore
from weather_platform.infra.web.crawling import crawler

if TYPE_CHECKING:
    from weather_platform.infra.platform import Platform


@dataclass(frozen=True)
class ReadFiles:
    """Rows of the files that could be had, what is wrong with the others, and a count of what was read."""

    rows: pd.DataFrame
    problems: list[str]
    counts: dict[str, Any]
    done: list[Due]
    store: ScrapedStore

    def remember(self) -> None:
        """Once the rows are stored: these versions are read."""
        for file in self.done:
            self.store.mark_read(file)


async def read_files(
    archive: Scraped, platform: "Platform", names: Sequence[str], listed: pd.DataFrame
) -> ReadFiles:
    """Fetch whatever of the files is not kept in its listed version, and read all of them.

    A file that cannot be fetched keeps the rows that it has; one that cannot be read has none, and is not
    fetched again until it changes. What is set aside goes to the table `quarantine/station_files/<archive>`.
    """
    store, table = ScrapedStore(platform.objects, archive.name), f"station_files/{archive.name}"
    # Where several years' listings have a file, the newest counts.
    lines = {str(line["name"]): line for line in listed.sort_values("year").to_dict("records")}
    found: list[FileRows] = []
    parts, problems, done = [empty(STATION_REPORT)], [], []
    async with crawler(archive, platform.settings) as site:
        for number, name in enumerate(names, start=1):
            try:
                file = await _fetched(site, archive, store, name, lines)
                read = FORMATS[archive.form].read(File(store.load(file), name))
            except (CrawlError, DamagedPayloadError) as error:
                problems.append(f"{name}: {error}")
                parts.append(platform.warehouse.read(table, STATION_REPORT, [name]))
            except ObservationFileError as error:
                problems.append(f"{name}: {error}")
                done.append(file)
            else:
                found.append(read)
                done.append(file)
            platform.progress(f"read {archive.title}", number, len(names))
    aside = [empty(FILE_QUARANTINE), *(part.quarantine for part in found)]
    platform.warehouse.replace(
        f"quarantine/{table}", FILE_QUARANTINE, pd.concat(aside, ignore_index=True), sorted(names)
    )
    rows = pd.concat([*parts, *(part.rows for part in found)], ignore_index=True)
    counts = _counts(found, problems)
    return ReadFiles(conform(rows, STATION_REPORT).reset_index(drop=True), problems, counts, done, store)


async def _fetched(
    site: Crawler, archive: Scraped, store: ScrapedStore, name: str, lines: Mapping[str, Mapping[Any, Any]]
) -> Due:
    """The listed version of a file, kept. Raises CrawlError."""
    if name not in lines:
        raise CrawlError("no listing has it; materialize the year's listing first")
    line = lines[name]
    file = Due(name, version_of(line["modified"], line["bytes"]))
    await fetch_file(site, archive, store, file, line["url"])
    return file


async def fetch_file(site: Crawler, archive: Scraped, store: ScrapedStore, file: Due, url: str) -> None:
    """Fetch a version of a file, unless it is kept. Raises CrawlError."""
    if store.has(file):
        return
    page = await site.get(url)
    body, now = page.body or b"", datetime.now(UTC)
    meta = Meta(
        provider=archive.name,
        cycle=CYCLE.floor(now),
        request=file.name,
        role="archive",
        places=(),
        url=url,
        status=200,
        fetched_at=now,
        quota_weight=1.0,
        **digest(body),
    )
    store.save(file, meta, body)


def _counts(found: Sequence[FileRows], problems: Sequence[str]) -> dict[str, Any]:
    left_out: Counter[str] = Counter()
    for part in found:
        left_out.update(part.left_out)
    return {
        "files_read": len(found),
        "files_missing": len(problems),
        "rows_read": sum(part.read for part in found),
        "rows_set_aside": sum(part.set_aside for part in found),
        "rows_left_out": dict(left_out),
    }
