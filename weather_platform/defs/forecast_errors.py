"""Each forecast beside its truth by day of valid time, and the daily sums that every recent bias is made of.

Belongs here: which cycles reach into a day. Does not: how pairs are made or summed (core.errors).
"""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from weather_platform.core.contracts.learned import ERROR_SUM, FORECAST_ERROR
from weather_platform.core.partitions import DAY
from weather_platform.defs import forecasts, observations, payloads
from weather_platform.defs.common import described
from weather_platform.defs.partitions import DAYS_PER_RUN, days, keys_of, one_run, window
from weather_platform.infra.lazy_types import IbisTable
from weather_platform.infra.settings import Settings

KEY = dg.AssetKey("forecast_errors")
SUMS_KEY = dg.AssetKey("forecast_error_sums")
# Precipitation is summed over the three hours before a valid time, so midnight needs the day before.
_EVE = timedelta(days=1)


def build(settings: Settings) -> dg.Definitions:
    """The `forecast_errors` and `forecast_error_sums` assets."""
    reach = window(timedelta(hours=settings.horizon_hours), DAY)
    ins = {
        provider.name: dg.AssetIn(forecasts.key(provider), partition_mapping=reach, dagster_type=IbisTable)
        for provider in payloads.in_use(settings)
    }
    ins["observations"] = dg.AssetIn(
        observations.KEY, partition_mapping=window(_EVE, DAY), dagster_type=IbisTable
    )

    @dg.asset(
        key=KEY,
        description=__doc__,
        ins=ins,
        partitions_def=days(settings),
        backfill_policy=one_run(DAYS_PER_RUN),
        **described(FORECAST_ERROR, settings, group="errors", kinds={"ibis", "parquet"}),
    )
    def forecast_errors(context: dg.AssetExecutionContext, **tables: IbisTable) -> IbisTable:
        import ibis

        from weather_platform.core.errors import forecast_errors as pairs

        truth = tables.pop("observations")
        keys = keys_of(context)
        rows = ibis.union(*tables.values())
        # Some providers answer further ahead than asked, so a range of days holds cycles that reach into a
        # day from further back than the day by itself looks.
        rows = rows.filter(rows.lead_hours <= settings.horizon_hours)
        return pairs(rows, truth, DAY.start(keys[0]), DAY.end(keys[-1]))

    @dg.asset(
        key=SUMS_KEY,
        description=__doc__,
        ins={"errors": dg.AssetIn(KEY)},
        partitions_def=days(settings),
        backfill_policy=one_run(DAYS_PER_RUN),
        check_specs=[
            dg.AssetCheckSpec(
                "measured_truth", asset=SUMS_KEY, description="No truth is a feed's own output."
            )
        ],
        **described(ERROR_SUM, settings, group="errors", kinds={"ibis", "parquet"}),
    )
    def forecast_error_sums(errors: IbisTable) -> Iterator[dg.Output[IbisTable] | dg.AssetCheckResult]:
        from weather_platform.core.errors import error_sums

        yield dg.Output(error_sums(errors))
        yield _measured_truth(errors)

    return dg.Definitions(assets=[forecast_errors, forecast_error_sums])


def _measured_truth(errors: IbisTable) -> dg.AssetCheckResult:
    """Look at the first day of lead only: there a copy shows best, and it is a fifth of the rows."""
    from weather_platform.core.observations.suspicion import suspicious_truth

    columns = ["feed", "variable", "location_id", "forecast", "observed", "error"]
    found = suspicious_truth(errors.filter(errors.lead_hours < 24).select(columns).execute())
    return dg.AssetCheckResult(
        check_name="measured_truth",
        asset_key=SUMS_KEY,
        passed=found.empty,
        metadata={
            "reasons": dg.MarkdownMetadataValue("\n".join(f"- {reason}" for reason in found["reason"]))
        },
    )
