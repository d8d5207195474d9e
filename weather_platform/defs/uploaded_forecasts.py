"""Forecasts that users dropped as files, beside those of the providers: features, errors and scores take them
as feeds of their own.

Belongs here: when a cycle is made. Does not: which file speaks in it (core.uploads.feeds), or reading files
(core.uploads.forecasts). Whoever reads an upload brings the cycles up to date that it has a say in; what lies
below them follows as it follows a provider's (defs.follow).
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.uploads import FORECASTS
from weather_platform.core.partitions import CYCLE
from weather_platform.defs.common import contract_check, contract_check_spec, described, knowable_check
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import by_cycle, cycles, keys_of
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform

KEY = dg.AssetKey(["forecasts", "uploaded"])


def build(settings: Settings) -> dg.Definitions:
    """The `forecasts/uploaded` asset."""

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        # Any upload may hold rows of any cycle.
        deps=[dg.AssetDep(dg.AssetKey(FORECASTS), partition_mapping=dg.AllPartitionMapping())],
        **by_cycle(settings),
        check_specs=[
            contract_check_spec(KEY),
            dg.AssetCheckSpec(
                "knowable", asset=KEY, description="No row is of a time before it could be known."
            ),
        ],
        **described(FORECAST, settings, group="forecasts", kinds={"parquet", "pandas"}),
    )
    def uploaded(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.infra.reading.dropped_forecasts import bring_up_to_date, rows_of, stored

        starts, before = [CYCLE.start(key) for key in keys_of(context)], stored(platform.warehouse)
        rows = rows_of(platform.warehouse, starts)
        early = rows[(rows["valid_time"] < rows["fetched_at"]) | (rows["issue_time"] > rows["fetched_at"])]
        feeds = ", ".join(sorted(rows["feed"].unique()))
        told = {"feeds": feeds or "none: no upload speaks in these cycles"}
        yield dg.Output(rows, metadata=of_run(context, told))
        # It is stored by now; an upload that came in between has brought these cycles up to date for nothing.
        if stored(platform.warehouse) != before:
            bring_up_to_date(platform.warehouse, starts)
        yield contract_check(KEY, rows, FORECAST)
        yield knowable_check(KEY, early, len(rows))

    return dg.Definitions(assets=[uploaded])


class Changed:
    """Cycles in which some uploads have a say, before they are replaced and after."""

    def __init__(self, platform: Platform, uploads: Sequence[str]) -> None:
        from weather_platform.infra.reading.dropped_forecasts import touched

        self._platform, self._uploads = platform, uploads
        self._before = touched(platform.warehouse, uploads)

    def cycles(self) -> Iterator[dg.AssetMaterialization]:
        """Bring them up to date, once what is new is stored; those before the first day are no partitions."""
        from weather_platform.infra.reading.dropped_forecasts import bring_up_to_date, touched

        every = {*self._before, *touched(self._platform.warehouse, self._uploads)}
        there = set(cycles(self._platform.settings).get_partition_keys()) if every else set()
        changed = sorted(cycle for cycle in every if CYCLE.key(cycle) in there)
        bring_up_to_date(self._platform.warehouse, changed)
        for cycle in changed:
            yield dg.AssetMaterialization(KEY, partition=CYCLE.key(cycle))
