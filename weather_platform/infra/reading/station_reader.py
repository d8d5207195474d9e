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
from weather_platform.core.history.crawl import Crawler, CrawlError, NotAskedError
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

_LOOKED_AT = 64  # bytes, enough for the white space before a page


@dataclass(frozen=True)
class ReadFiles:
    """Rows of the files that could be had, what is wrong with the others, and a count of what was read."""

    rows: pd.DataFrame
    problems: list[str]
    counts: dict[str, Any]
    done: list[Due]
    failed: list[Due]
    store: ScrapedStore

    def remember(self) -> None:
        """Once the rows are stored: these versions are read, and those could not be had."""
        for file in self.done:
            self.store.mark_read(file)
        for file in self.failed:
            self.store.mark_failed(file, datetime.now(UTC))


async def read_files(
    archive: Scraped, platform: "Platform", names: Sequence[str], listed: pd.DataFrame
) -> ReadFiles:
    """Fetch whatever of the files is not kept in its listed version, and read all of them.

    A file that cannot be fetched keeps what it has, and is left alone for a while; one that cannot be read
    has no rows, and is not fetched again until it changes. What is set aside goes to the table
    `quarantine/station_files/<archive>`.
    """
    store, table = ScrapedStore(platform.objects, archive.name), f"station_files/{archive.name}"
    # Where several years' listings have a file, the newest counts.
    lines = {str(line["name"]): line for line in listed.sort_values("year").to_dict("records")}
    outcomes: list[_Outcome] = []
    async with crawler(archive, platform.settings) as site:
        for number, name in enumerate(names, start=1):
            outcomes.append(await _one(site, archive, store, name, lines.get(name)))
            platform.progress(f"read {archive.title}", number, len(names))
    found = [one.rows for one in outcomes if one.rows is not None]
    if had := sorted(one.name for one in outcomes if one.done):
        aside = pd.concat([empty(FILE_QUARANTINE), *(part.quarantine for part in found)], ignore_index=True)
        platform.warehouse.replace(f"quarantine/{table}", FILE_QUARANTINE, aside, had)
    not_had = [one.name for one in outcomes if one.done is None]
    kept = platform.warehouse.read(table, STATION_REPORT, not_had) if not_had else empty(STATION_REPORT)
    rows = pd.concat([kept, *(part.rows for part in found)], ignore_index=True)
    problems = [f"{one.name}: {one.problem}" for one in outcomes if one.problem]
    return ReadFiles(
        conform(rows, STATION_REPORT).reset_index(drop=True),
        problems,
        _counts(found, problems),
        [one.done for one in outcomes if one.done],
        [one.failed for one in outcomes if one.failed],
        store,
    )


@dataclass(frozen=True)
class _Outcome:
    """Of a file: its `rows`, or the `problem`; the version that was `done`, whether or not it could be read,
    or that `failed`. Neither where it was not asked for.
    """

    name: str
    rows: FileRows | None = None
    problem: str = ""
    done: Due | None = None
    failed: Due | None = None


async def _one(
    site: Crawler, archive: Scraped, store: ScrapedStore, name: str, line: Mapping[Any, Any] | None
) -> _Outcome:
    """Fetch and read the version of a file that its line of the listing tells."""
    if line is None:
        return _Outcome(name, problem="no listing has it; materialize the year's listing first")
    file = Due(name, version_of(line["modified"], line["bytes"]))
    try:
        await fetch_file(site, archive, store, file, line["url"])
        return _Outcome(name, FORMATS[archive.form].read(File(store.load(file), name)), done=file)
    except NotAskedError as error:
        return _Outcome(name, problem=str(error))
    except (CrawlError, DamagedPayloadError) as error:
        return _Outcome(name, problem=str(error), failed=file)
    except ObservationFileError as error:
        return _Outcome(name, problem=str(error), done=file)


async def fetch_file(site: Crawler, archive: Scraped, store: ScrapedStore, file: Due, url: str) -> None:
    """Fetch a version of a file, unless it is kept. Raises CrawlError, also where a page or nothing came with
    status 200: what is kept is never asked for again.
    """
    if store.has(file):
        return
    page = await site.get(url)
    body, now = page.body or b"", datetime.now(UTC)
    if body[:_LOOKED_AT].lstrip()[:1] in (b"", b"<"):
        raise CrawlError(
            f"{url}: {'a page' if body else 'nothing'} instead of the file; it is asked for again"
        )
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
