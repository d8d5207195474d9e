"""What could be known when a cycle was fetched, one row per variable, place and valid time.

Belongs here: how far back a cycle looks. Does not: any feature (core.features). Reading is bounded: the
forecasts of this cycle and of the day before, and the last weeks of daily sums and observations, however much
history lies behind.
"""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from weather_platform.core.contracts.learned import FEATURES
from weather_platform.core.features.lookback import LAG
from weather_platform.core.partitions import CYCLE
from weather_platform.defs import (
    feed_health,
    forecast_errors,
    forecasts,
    locations,
    observations,
    payloads,
    uploaded_forecasts,
)
from weather_platform.defs.common import contract_check, contract_check_spec, described, knowable_check
from weather_platform.defs.follow import follows
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import by_cycle, keys_of, window
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.io_manager import HOURS_BEFORE
from weather_platform.infra.lazy_types import DataFrame, IbisTable

KEY = dg.AssetKey("features")
# 28 complete days, one more for the day that is still open at a cycle, and the day of cycles before it.
_LOOK_BACK = timedelta(days=29) + LAG


def build(settings: Settings) -> dg.Definitions:
    """The `features` asset."""
    back = window(_LOOK_BACK, CYCLE)
    day_before = {HOURS_BEFORE: LAG // timedelta(hours=1)}
    ins = {
        "locations": dg.AssetIn(locations.KEY, dagster_type=DataFrame),
        "error_sums": dg.AssetIn(forecast_errors.SUMS_KEY, partition_mapping=back, dagster_type=DataFrame),
        "observations": dg.AssetIn(observations.KEY, partition_mapping=back, dagster_type=IbisTable),
        "feed_health": dg.AssetIn(feed_health.KEY, metadata=day_before, dagster_type=IbisTable),
    }
    for provider in payloads.in_use(settings):
        ins[provider.name] = dg.AssetIn(forecasts.key(provider), metadata=day_before, dagster_type=IbisTable)
    ins["uploaded"] = dg.AssetIn(uploaded_forecasts.KEY, metadata=day_before, dagster_type=IbisTable)

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        ins=ins,
        **by_cycle(settings),
        automation_condition=follows(*map(forecasts.key, payloads.in_use(settings)), uploaded_forecasts.KEY),
        check_specs=[
            contract_check_spec(KEY),
            dg.AssetCheckSpec(
                "knowable",
                asset=KEY,
                description="The first cycle's rows are what errors and truth known at its start make.",
            ),
        ],
        **described(FEATURES, settings, group="features", kinds={"pandas", "ibis", "parquet"}),
    )
    def features(
        context: dg.AssetExecutionContext,
        locations: DataFrame,
        error_sums: DataFrame,
        observations: IbisTable,
        **feeds: IbisTable,
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        import ibis

        from weather_platform.core.features.build import build as build_features
        from weather_platform.core.features.knowable import at_fault
        from weather_platform.core.trust.trusted import trusted

        starts = [CYCLE.start(name) for name in keys_of(context)]
        health = feeds.pop("feed_health")
        given = (
            trusted(ibis.union(*feeds.values()), health, settings.targets),
            error_sums,
            observations,
            locations,
        )
        horizon = settings.horizon_hours
        rows = build_features(starts, *given, variables=settings.targets, horizon_hours=horizon)
        early = at_fault(rows, *given, variables=settings.targets, horizon_hours=horizon)
        present = float(rows["feeds_present"].mean()) if len(rows) else 0.0
        yield dg.Output(rows, metadata=of_run(context, {"feeds_present_mean": present}))
        yield contract_check(KEY, rows, FEATURES)
        yield knowable_check(KEY, early, len(rows))

    return dg.Definitions(assets=[features])
