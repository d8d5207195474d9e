"""Daily summaries of stations near the places, one partition a year, from 1929 on.

Belongs here: when a year is fetched. Does not: the transports (infra.reading.daily_reader), what the columns
mean (core.history). Days are the archive's own and are not spread over hours, so that the table is one of its
own. A year that cannot be had in whole keeps the rows that it has.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.truth import DAILY
from weather_platform.core.history.scraped import Scraped
from weather_platform.core.history.scraped_archives import GSOD
from weather_platform.defs import stations
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

    from weather_platform.infra.reading.daily_reader import DailyYears


def key(archive: Scraped) -> dg.AssetKey:
    """Key of an archive's daily summaries."""
    return dg.AssetKey(["daily", archive.name])


def asset(archive: Scraped, settings: Settings) -> dg.AssetsDefinition:
    """An archive's `daily/<archive>`."""

    @dg.asset(
        key=key(archive),
        description=said(__doc__, archive.title),
        ins={"matches": dg.AssetIn(stations.MATCHES_KEY)},
        **by_year(),
        pool=f"archive_{archive.name}",
        check_specs=[
            contract_check_spec(key(archive)),
            complete_check_spec(key(archive), "Every year was read in whole."),
        ],
        **described(DAILY, settings, group="archives", kinds={_transport(archive, settings), "parquet"}),
    )
    def daily(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform], matches: DataFrame
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        wanted = matches.loc[matches["used"] & (matches["archive"] == archive.name), "station_id"]
        keys = keys_of(context)
        read = _read(archive, platform, keys, sorted(set(wanted)))
        rows = _rows(platform, key(archive).to_user_string(), keys, read)
        counts = {
            "rows_read": sum(part.read for part in read.found),
            "rows_set_aside": sum(part.set_aside for part in read.found),
            "rows_left_out": sum(sum(part.left_out.values()) for part in read.found),
            "stations": int(rows["station_id"].nunique()),
        }
        yield dg.Output(rows, metadata=of_run(context, counts))
        yield contract_check(key(archive), rows, DAILY)
        yield complete_check(key(archive), read.problems)

    return daily


def _transport(archive: Scraped, settings: Settings) -> str:
    return "bigquery" if archive.form == GSOD.form and settings.gsod_project is not None else "http"


def _read(archive: Scraped, platform: Platform, keys: Sequence[str], wanted: Sequence[str]) -> "DailyYears":
    from weather_platform.infra.reading.daily_reader import DailyYears, by_bigquery, by_https

    settings = platform.settings
    if not wanted:
        return DailyYears(problems=["no station of it is near a place; materialize station_matches first"])
    if settings.gsod_project is None or archive.form != GSOD.form:
        return asyncio.run(by_https(archive, platform, keys, wanted))
    from weather_platform.infra.reading.gsod_bigquery import open_client

    return by_bigquery(open_client(settings.gsod_project), keys, wanted, settings.gsod_max_bytes)


def _rows(platform: Platform, table: str, keys: Sequence[str], read: "DailyYears") -> "pd.DataFrame":
    """Rows of the years that were read in whole, and of the others those that are stored."""
    import pandas as pd

    from weather_platform.core.contracts.archives import FILE_QUARANTINE
    from weather_platform.core.tables.schema import conform, empty

    kept = platform.warehouse.read(table, DAILY, read.missing) if read.missing else empty(DAILY)
    found = pd.concat([empty(DAILY), *(part.rows for part in read.found)], ignore_index=True)
    asked = found["year"].isin([key for key in keys if key not in read.missing])
    rows = pd.concat([kept, found[asked]], ignore_index=True).drop_duplicates(list(DAILY.key), keep="last")
    aside = pd.concat([empty(FILE_QUARANTINE), *(part.quarantine for part in read.found)], ignore_index=True)
    if names := sorted(set(aside["object"])):
        platform.warehouse.replace(f"quarantine/{table}", FILE_QUARANTINE, aside, names)
    return conform(rows, DAILY).reset_index(drop=True)
