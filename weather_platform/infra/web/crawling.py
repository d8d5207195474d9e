"""A crawler of an archive's site by the settings: whom it says it is, and how it retries.

Belongs here: the client. Does not: what is asked (core.history.crawl).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from weather_platform.core.fetching.reply import PATIENCE
from weather_platform.core.history.crawl import Crawler
from weather_platform.core.history.scraped import Scraped
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.web.http import client


@asynccontextmanager
async def crawler(archive: Scraped, settings: Settings) -> AsyncIterator[Crawler]:
    """A crawler of the archive's site; its client is closed afterwards."""
    async with client(archive, settings) as http:
        yield Crawler(
            http,
            per_minute=archive.per_minute,
            max_bytes=archive.max_bytes,
            limit_seconds=archive.timeout_seconds * PATIENCE,
        )
