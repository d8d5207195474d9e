"""Hourly truth of the places out of the files of stations near them, one partition a day.

Belongs here: when hours are made of reports. Does not: which report stands for an hour (core.history.hours).
"""

from collections.abc import Iterator

import dagster as dg

from weather_platform.core.contracts.truth import OBSERVATION, STATION_REPORT
from weather_platform.core.history.scraped import Scraped
from weather_platform.core.partitions import DAY
from weather_platform.defs import station_files, stations
from weather_platform.defs.common import contract_check, contract_check_spec, described
from weather_platform.defs.late import tell_lacking
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import by_day, keys_of
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame, IbisTable


def key(archive: Scraped) -> dg.AssetKey:
    """Key of the hours of an archive."""
    return dg.AssetKey(["history", archive.name])


def asset(archive: Scraped, settings: Settings) -> dg.AssetsDefinition:
    """An archive's `history/<archive>`."""

    @dg.asset(
        key=key(archive),
        description=said(__doc__, archive.title),
        ins={
            "reports": dg.AssetIn(
                station_files.files_key(archive),
                partition_mapping=dg.AllPartitionMapping(),
                dagster_type=IbisTable,
            ),
            "matches": dg.AssetIn(stations.MATCHES_KEY),
        },
        **by_day(settings),
        check_specs=[contract_check_spec(key(archive))],
        **described(OBSERVATION, settings, group="truth", kinds={"pandas", "parquet"}),
    )
    def hours(
        context: dg.AssetExecutionContext, reports: IbisTable, matches: DataFrame
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        import pandas as pd

        from weather_platform.core.history.hours import hourly, span
        from weather_platform.core.tables.schema import conform

        keys = keys_of(context)
        first, after = span(pd.Timestamp(DAY.start(keys[0])), pd.Timestamp(DAY.end(keys[-1])))
        near = matches[matches["archive"] == archive.name]
        ids = sorted(set(near.loc[near["used"], "station_id"]))
        wanted = reports.filter(
            (reports.time >= first.to_pydatetime()) & (reports.time < after.to_pydatetime())
        )
        found = conform(wanted.filter(wanted.station_id.isin(ids or [""])).execute(), STATION_REPORT)
        rows = hourly(found, near, archive.name, archive.latency)
        # A file may be written later than the archive says. Without any station nothing is waited for.
        there = set(rows["time"].dt.floor("D")) if ids else set(map(DAY.start, keys))
        tell_lacking(context, [name for name in keys if DAY.start(name) not in there])
        told = {"reports": len(found), "places": int(rows["location_id"].nunique())}
        yield dg.Output(rows, metadata=of_run(context, told))
        yield contract_check(key(archive), rows, OBSERVATION)

    return hours
