"""Scores of forecasts of whole days, ours and every feed's: sums that a leaderboard is made of.

Belongs here: which cycles reach into a day. Does not: any score (core.verification.daily), or showing them
(see report).
"""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from weather_platform.core.contracts.days import DAILY_SCORE
from weather_platform.core.days.lengths import LENGTH
from weather_platform.core.partitions import DAY
from weather_platform.defs import daily_predictions, features, forecast_errors, locations, observations
from weather_platform.defs.calibrated import calibrated_check, calibrated_check_spec
from weather_platform.defs.common import contract_check, contract_check_spec, described
from weather_platform.defs.follow import follows
from weather_platform.defs.partitions import by_day, keys_of, window
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame, IbisTable
from weather_platform.infra.platform import Platform

KEY = dg.AssetKey("daily_verification")


def build(settings: Settings) -> dg.Definitions:
    """The `daily_verification` asset."""
    reach = window(timedelta(hours=settings.horizon_hours) + LENGTH, DAY)
    back = window(LENGTH, DAY)
    agreement = forecast_errors.AGREEMENT_KEY

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        ins={
            "daily": dg.AssetIn(daily_predictions.KEY, partition_mapping=reach, dagster_type=IbisTable),
            "features": dg.AssetIn(features.KEY, partition_mapping=reach, dagster_type=IbisTable),
            "observations": dg.AssetIn(observations.KEY, partition_mapping=back, dagster_type=IbisTable),
            "agreement": dg.AssetIn(agreement, partition_mapping=back, dagster_type=IbisTable),
            "locations": dg.AssetIn(locations.KEY, dagster_type=DataFrame),
        },
        **by_day(settings),
        automation_condition=follows(agreement, daily_predictions.KEY, needs=(agreement,)),
        check_specs=[contract_check_spec(KEY), calibrated_check_spec(KEY)],
        **described(DAILY_SCORE, settings, group="verification", kinds={"pandas", "parquet"}),
    )
    def daily_verification(
        context: dg.AssetExecutionContext,
        platform: dg.ResourceParam[Platform],
        daily: IbisTable,
        features: IbisTable,
        locations: DataFrame,
        **truth: IbisTable,
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.core.contracts.errors import TRUTH_AGREEMENT
        from weather_platform.core.tables.schema import conform
        from weather_platform.core.verification.daily import daily_scores

        keys = keys_of(context)
        rows = daily_scores(
            daily,
            features,
            truth["observations"],
            locations,
            start=DAY.start(keys[0]),
            end=DAY.end(keys[-1]),
            variables=settings.targets,
            agreement=conform(truth["agreement"].execute(), TRUTH_AGREEMENT),
        )
        yield dg.Output(rows)
        yield contract_check(KEY, rows, DAILY_SCORE)
        yield calibrated_check(platform, KEY, DAILY_SCORE, keys, rows)

    return dg.Definitions(assets=[daily_verification])
