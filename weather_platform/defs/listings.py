"""Directory listings of an archive, one partition a year.

Belongs here: when a listing is read, and what is kept of it. Does not: the pages' format
(core.history.listing), politeness (core.history.crawl), or the files that are listed (defs.station_files).
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.archives import LISTING
from weather_platform.core.history.scraped import Scraped
from weather_platform.defs.common import (
    complete_check,
    complete_check_spec,
    contract_check,
    contract_check_spec,
    described,
)
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import by_year, keys_of
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.core.history.crawl import Crawler, Page


def listing_key(archive: Scraped) -> dg.AssetKey:
    """Key of an archive's listings."""
    return dg.AssetKey(["listings", archive.name])


def build(archive: Scraped, settings: Settings) -> dg.Definitions:
    """`listings/<archive>`, its job, and the schedule that reads the year's listing every day."""
    job = dg.define_asset_job(
        f"list_{archive.name}",
        dg.AssetSelection.assets(listing_key(archive)),
        description=f"Asks {archive.name} which files it has.",
    )
    return dg.Definitions(assets=[_listing(archive, settings)], jobs=[job], schedules=[_schedule(archive)])


def _schedule(archive: Scraped) -> dg.ScheduleDefinition:
    def request(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        day: datetime = context.scheduled_execution_time
        return dg.RunRequest(run_key=f"{day:%Y-%m-%d}", partition_key=f"{day:%Y}")

    return dg.ScheduleDefinition(
        name=f"list_{archive.name}_daily",
        job_name=f"list_{archive.name}",
        description=f"Reads what {archive.title} lists for this year.",
        cron_schedule="10 6 * * *",
        execution_timezone="UTC",
        execution_fn=request,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def _listing(archive: Scraped, settings: Settings) -> dg.AssetsDefinition:
    key = listing_key(archive)

    @dg.asset(
        key=key,
        description=said(__doc__, archive.title),
        **by_year(),
        pool=f"archive_{archive.name}",
        check_specs=[
            contract_check_spec(key),
            complete_check_spec(key, "Every listing asked for was read."),
        ],
        **described(LISTING, settings, group="archives", kinds={"html", "parquet"}),
    )
    def listing(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        rows, problems = asyncio.run(_read_listings(archive, platform, keys_of(context)))
        told = {"files": len(rows), "listings_missing": len(problems)}
        yield dg.Output(rows, metadata=of_run(context, told))
        yield contract_check(key, rows, LISTING)
        yield complete_check(key, problems)

    return listing


async def _read_listings(
    archive: Scraped, platform: Platform, wanted: Sequence[str]
) -> "tuple[pd.DataFrame, list[str]]":
    """Rows of every year's listing; a page that did not change, or cannot be had, keeps its rows."""
    import pandas as pd

    from weather_platform.core.history.crawl import CrawlError
    from weather_platform.core.history.listing import ListingError
    from weather_platform.core.tables.schema import conform, empty
    from weather_platform.infra.web.crawling import crawler

    table = listing_key(archive).to_user_string()
    parts, problems = [empty(LISTING)], []
    async with crawler(archive, platform.settings) as site:
        for number, year in enumerate(wanted, start=1):
            known = platform.warehouse.read(table, LISTING, [year])
            try:
                parts.append(await _year(site, archive, year, known))
            except (CrawlError, ListingError) as error:
                problems.append(f"{year}: {error}")
                parts.append(known)
            platform.progress(f"list {archive.title}", number, len(wanted))
    return conform(pd.concat(parts, ignore_index=True), LISTING).reset_index(drop=True), problems


async def _year(site: "Crawler", archive: Scraped, year: str, known: "pd.DataFrame") -> "pd.DataFrame":
    """Rows of a year's folders. Raises CrawlError and ListingError."""
    import pandas as pd

    parts = []
    for path in archive.paths(year):
        folder = archive.base_url + path
        before = known[known["url"].str.rsplit("/", n=1).str[0] == folder.rstrip("/")]
        page = await _page(site, path, before)
        parts.append(before if page.body is None else _rows(archive, year, page, page.body, folder))
    return pd.concat(parts, ignore_index=True)


async def _page(site: "Crawler", path: str, known: "pd.DataFrame") -> "Page":
    import pandas as pd

    sent: dict[str, str] = {}
    for name in ("etag", "modified"):
        if len(known) and not pd.isna(value := known[f"page_{name}"].iloc[0]):
            sent[name] = value
    return await site.get(path, **sent)


def _rows(archive: Scraped, year: str, page: "Page", body: bytes, folder: str) -> "pd.DataFrame":
    import pandas as pd

    from weather_platform.core.history.listing import read_listing
    from weather_platform.core.tables.schema import conform

    entries = read_listing(body, folder)
    frame = pd.DataFrame(entries, columns=["name", "url", "modified", "bytes"])
    frame = frame.assign(
        archive=archive.name,
        year=year,
        station_id=pd.Series([archive.station_of(entry.name) for entry in entries], dtype="string"),
        modified=pd.to_datetime(frame["modified"], utc=True),
        bytes=frame["bytes"].astype(float),
        seen_at=pd.Timestamp(datetime.now(UTC)),
        page_etag=page.etag,
        page_modified=page.modified,
    )
    return conform(frame, LISTING)
