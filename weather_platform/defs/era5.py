"""Hourly truth of any place on the globe out of ERA5, the reanalysis of ECMWF, as Google hosts it.

Belongs here: which days are read, and in what batches. Does not: how (core.history.era5), or where the store
is (infra.reading.era5_store). Data are there five days later. A day costs one chunk (some 2 MB) per hour and
variable, however many places there are. A day that cannot be read keeps the rows that it has.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.defs import locations
from weather_platform.defs.common import (
    complete_check,
    complete_check_spec,
    contract_check,
    contract_check_spec,
    described,
)
from weather_platform.defs.late import tell_lacking
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import by_day, keys_of
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.configuration.wrong_settings import SettingsError
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

NAME = "era5"
KEY = dg.AssetKey(["history", NAME])
_HOURS = 24


def asset(settings: Settings) -> dg.AssetsDefinition:
    """The `history/era5` asset. Raises SettingsError where the extra is not installed."""
    from weather_platform.infra.reading.era5_store import missing_packages

    if missing := missing_packages():
        raise SettingsError(
            f"WEATHER_ARCHIVES names era5, which needs {', '.join(missing)}: "
            "pip install 'weather-platform[era5]'"
        )

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        ins={"locations": dg.AssetIn(locations.KEY)},
        **by_day(settings),
        pool=f"archive_{NAME}",
        check_specs=[
            contract_check_spec(KEY),
            complete_check_spec(KEY, "Every hour asked for is in the store."),
        ],
        **described(OBSERVATION, settings, group="truth", kinds={"xarray", "parquet"}),
    )
    def era5(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform], locations: DataFrame
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        keys = keys_of(context)
        rows, missing, problems = _read(platform, locations, keys)
        hours = rows.groupby(rows["time"].dt.floor("D"))["time"].nunique()
        tell_lacking(context, [key for key in keys if hours.get(DAY.start(key), 0) < _HOURS])
        yield dg.Output(rows, metadata=of_run(context, {"hours_missing": missing}))
        yield contract_check(KEY, rows, OBSERVATION)
        yield complete_check(KEY, problems, hours_missing=missing)

    return era5


def _read(
    platform: Platform, places: "pd.DataFrame", keys: list[str]
) -> "tuple[pd.DataFrame, int, list[str]]":
    """Rows of the days, how many hours of them are missing, and what is wrong."""
    import pandas as pd

    from weather_platform.core.history.era5 import Era5Error, coverage
    from weather_platform.core.tables.schema import conform, empty
    from weather_platform.infra.reading.era5_store import Era5StoreError, open_store

    table = KEY.to_user_string()
    try:
        dataset = open_store(platform.settings.era5_url)
        there = coverage(dataset, datetime.now(UTC))
    except (Era5StoreError, Era5Error) as error:
        return platform.warehouse.read(table, OBSERVATION, keys), 0, [str(error)]
    ready = [key for key in keys if DAY.end(key) <= there.end]
    found = _days(platform, dataset, places, ready, there.final)
    kept = platform.warehouse.read(table, OBSERVATION, found.failed) if found.failed else empty(OBSERVATION)
    rows = pd.concat([kept, *found.rows], ignore_index=True)
    ends = f"ERA5 ends at {there.end:%Y-%m-%d}; ask again later"
    problems = found.problems + [f"{key}: {ends}" for key in keys if key not in ready]
    return conform(rows, OBSERVATION).reset_index(drop=True), found.missing, problems


@dataclass
class _Days:
    rows: "list[pd.DataFrame]" = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    missing: int = 0


def _days(
    platform: Platform, dataset: "xr.Dataset", places: "pd.DataFrame", keys: list[str], final: datetime
) -> _Days:
    """Day by day, so that memory is flat and one that fails loses no other."""
    import pandas as pd

    from weather_platform.core.history.era5 import Era5Error, read_hours
    from weather_platform.core.tables.schema import empty
    from weather_platform.infra.reading.era5_store import read_errors

    unreadable: tuple[type[Exception], ...] = (Era5Error, *read_errors())
    found, aside = _Days(), [empty(QUARANTINE)]
    for number, key in enumerate(keys, start=1):
        try:
            read = read_hours(dataset, places, DAY.start(key), DAY.end(key), final)
        except unreadable as error:
            found.failed.append(key)
            found.problems.append(f"{key}: {error!r:.300}")
        else:
            found.rows.append(read.rows)
            if read.hours_missing:
                found.missing += read.hours_missing
                found.problems.append(f"{key}: {read.hours_missing} hours are not in the store")
            aside.append(read.quarantine)
        platform.progress("read ERA5", number, len(keys))
    if cycles := [c for key in keys for c in CYCLE.keys(DAY.start(key), DAY.end(key))]:
        lines = pd.concat(aside, ignore_index=True)
        platform.warehouse.replace(f"quarantine/history/{NAME}", QUARANTINE, lines, cycles)
    return found
