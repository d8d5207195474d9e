"""The partitions of assets and how those of one grain lie in those of another."""

import math
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from weather_platform.core.partitions import CYCLE, DAY, Grain
from weather_platform.infra.configuration.settings import Settings

# A run holds one range in memory; a longer backfill is split into runs of at most so many partitions, of a
# panel of up to so many places as the built-in one has, and of fewer where there are more (at_once). A year
# (of 366 days) is six runs of cycles and three of days, so that none is left over which is hardly worth its
# start.
_PLACES_PER_RUN = 20
CYCLES_PER_RUN = 4 * 61
DAYS_PER_RUN = 122
UPLOADS_PER_RUN = 200
STATION_FILES_PER_RUN = 100
_YEARS_PER_RUN = 10
_MOST = {CYCLE: CYCLES_PER_RUN, DAY: DAYS_PER_RUN}
_MOST_BYTES = 64_000_000  # as many as a file of places may have


def cycles(settings: Settings) -> dg.TimeWindowPartitionsDefinition:
    """Six-hourly cycles (UTC). A cycle exists from its start, since that is when it is fetched."""
    return dg.TimeWindowPartitionsDefinition(
        cron_schedule="0 */6 * * *",
        start=settings.first_day.strftime(CYCLE.key_format.replace("%H", "00")),
        fmt=CYCLE.key_format,
        timezone="UTC",
        end_offset=1,
    )


def by_cycle(settings: Settings) -> dict[str, Any]:
    """Arguments of `@dg.asset` for one of cycles (six-hourly, UTC)."""
    return {"partitions_def": cycles(settings), "backfill_policy": one_run(at_once(CYCLE, settings))}


def by_day(settings: Settings) -> dict[str, Any]:
    """Arguments of `@dg.asset` for one of days (UTC). Today exists too: its truth arrives hour by hour."""
    days = dg.DailyPartitionsDefinition(
        start_date=settings.first_day.strftime(DAY.key_format),
        fmt=DAY.key_format,
        timezone="UTC",
        end_offset=1,
    )
    return {"partitions_def": days, "backfill_policy": one_run(at_once(DAY, settings))}


def by_year() -> dict[str, Any]:
    """Arguments of `@dg.asset` for one of years since 1929, the first of NOAA's daily summaries; the current
    one too."""
    years = dg.TimeWindowPartitionsDefinition(
        cron_schedule="0 0 1 1 *", start="1929", fmt="%Y", timezone="UTC", end_offset=1
    )
    return {"partitions_def": years, "backfill_policy": one_run(_YEARS_PER_RUN)}


def station_files(archive: str) -> dg.DynamicPartitionsDefinition:
    """One partition per file that an archive lists and a place needs."""
    return dg.DynamicPartitionsDefinition(name=f"station_files_{archive}")


def uploads() -> dg.DynamicPartitionsDefinition:
    """One partition per upload (see core.uploads.ledger)."""
    return dg.DynamicPartitionsDefinition(name="uploads")


def at_once(grain: Grain, settings: Settings) -> int:
    """So many partitions as a run may have of this panel: what a run holds in memory grows with its
    places. A file that cannot be read counts for none; `locations` tells what is wrong."""
    files = filter(None, (settings.locations_file, settings.lattice_file))
    return max(1, _MOST[grain] * _PLACES_PER_RUN // max(sum(map(_lines, files)), _PLACES_PER_RUN))


def _lines(file: Path) -> int:
    """About one for each place, without pandas, which the start of every process would wait for."""
    try:
        with file.open("rb") as opened:
            return opened.read(_MOST_BYTES).count(b"\n")
    except OSError:
        return 0


def one_run(max_partitions: int) -> dg.BackfillPolicy:
    """A range in one run: a partition then costs a tenth of a run of its own."""
    return dg.BackfillPolicy.multi_run(max_partitions_per_run=max_partitions)


def window(before: timedelta, downstream: Grain) -> dg.TimeWindowPartitionMapping:
    """Upstream partitions from `before` ahead of the downstream window to its end; none from before the first
    day.

    Dagster counts the offset in downstream partitions, whatever the grain of the upstream.
    """
    return dg.TimeWindowPartitionMapping(
        start_offset=-math.ceil(before / downstream.length),
        end_offset=0,
        allow_nonexistent_upstream_partitions=True,
    )


def keys_of(context: dg.AssetExecutionContext) -> list[str]:
    """The partition keys of this run, in time order."""
    return sorted(context.partition_keys)
