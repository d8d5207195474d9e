"""Stations of the archives in use, and which of them are near each place.

Belongs here: when lists are fetched and matched. Does not: their formats (core.history.station_lists), or
the rule of nearness (core.history.matching).
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.archives import LISTING, STATION, STATION_MATCH
from weather_platform.core.history.scraped import Scraped
from weather_platform.core.history.scraped_archives import GSOD
from weather_platform.defs import locations
from weather_platform.defs.common import (
    complete_check,
    complete_check_spec,
    contract_check,
    contract_check_spec,
    described,
    in_markdown,
)
from weather_platform.defs.listings import listing_key
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

KEY = dg.AssetKey("stations")
MATCHES_KEY = dg.AssetKey("station_matches")


def assets(archives: Sequence[Scraped], settings: Settings) -> list[dg.AssetsDefinition]:
    """`stations` and `station_matches`."""
    return [_stations(archives, settings), _matches(archives, settings)]


def _stations(archives: Sequence[Scraped], settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=KEY,
        description=said(__doc__, ", ".join(archive.title for archive in archives)),
        check_specs=[
            contract_check_spec(KEY),
            complete_check_spec(KEY, "Every archive's list was read."),
        ],
        **described(STATION, settings, group="archives", kinds={"csv", "parquet"}),
    )
    def stations(
        platform: dg.ResourceParam[Platform],
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        rows, problems = _lists(archives, platform)
        by_archive = {str(name): len(part) for name, part in rows.groupby("archive")}
        yield dg.Output(rows, metadata={"by_archive": dg.MetadataValue.json(by_archive)})
        yield contract_check(KEY, rows, STATION)
        yield complete_check(KEY, problems)

    return stations


def _lists(archives: Sequence[Scraped], platform: Platform) -> "tuple[pd.DataFrame, list[str]]":
    """Stations of every archive; of one whose list cannot be had those that were known before."""
    import pandas as pd

    from weather_platform.core.history.crawl import CrawlError
    from weather_platform.core.observations.table import ObservationFileError
    from weather_platform.core.tables.schema import conform, empty

    known = platform.warehouse.read(KEY.to_user_string(), STATION)
    parts, problems = [empty(STATION)], []
    for archive in archives:
        try:
            parts.append(_list(archive, platform.settings))
        except (CrawlError, ObservationFileError) as error:
            problems.append(f"{archive.title}: {error}")
            parts.append(known[known["archive"] == archive.name])
    return conform(pd.concat(parts, ignore_index=True), STATION).reset_index(drop=True), problems


def _list(archive: Scraped, settings: Settings) -> "pd.DataFrame":
    """An archive's stations, from where its data come from."""
    from weather_platform.infra.web.crawling import crawler

    if archive.form == GSOD.form and settings.gsod_project is not None:
        from weather_platform.infra.reading.gsod_bigquery import open_client, read_stations

        client = open_client(settings.gsod_project)
        return read_stations(client, archive.name, settings.gsod_max_bytes).rows

    async def fetch() -> list[bytes]:
        paths = (archive.stations.path, *archive.stations.beside)
        async with crawler(archive, settings) as site:
            return [(await site.get(path)).body or b"" for path in paths]

    listed, *beside = asyncio.run(fetch())
    return archive.stations.read(listed, archive.name, *beside).rows


def _matches(archives: Sequence[Scraped], settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=MATCHES_KEY,
        description="Which stations are near each place, which of them are used, and why others are not. "
        "Made after an archive's listing, it passes over stations that have no file there.",
        ins={"stations": dg.AssetIn(KEY), "locations": dg.AssetIn(locations.KEY)},
        check_specs=[
            contract_check_spec(MATCHES_KEY),
            dg.AssetCheckSpec("every_place", asset=MATCHES_KEY, description="Every place has a station."),
        ],
        **described(STATION_MATCH, settings, group="archives", kinds={"scikitlearn", "parquet"}),
    )
    def station_matches(
        platform: dg.ResourceParam[Platform], stations: DataFrame, locations: DataFrame
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        import pandas as pd

        from weather_platform.core.history.matching import Limits, alive, match
        from weather_platform.core.tables.schema import conform, empty

        limits = Limits(settings.match_distance_km, settings.match_height_m, settings.match_stations)
        listed = [platform.warehouse.read(listing_key(each).to_user_string(), LISTING) for each in archives]
        files = pd.concat([empty(LISTING), *listed], ignore_index=True)
        living = alive(stations, pd.Timestamp(settings.first_day, tz="UTC"), files)
        parts = [match(part, locations, limits) for _, part in living.groupby("archive")]
        rows = conform(pd.concat([empty(STATION_MATCH), *parts], ignore_index=True), STATION_MATCH)
        rows = rows.reset_index(drop=True)
        shown = rows[["archive", "place", "rank", "station", "distance_km", "height_difference_m", "reason"]]
        yield dg.Output(rows, metadata={"matches": in_markdown(shown.head(60), ".1f")})
        yield contract_check(MATCHES_KEY, rows, STATION_MATCH)
        without = sorted(set(locations["location_id"]) - set(rows.loc[rows["used"], "location_id"]))
        yield dg.AssetCheckResult(
            check_name="every_place",
            asset_key=MATCHES_KEY,
            passed=not without,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"places_without": without[:100]},
        )

    return station_matches
