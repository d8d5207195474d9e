"""Each forecast beside its truth by day of valid time, and the daily sums that every recent bias is made of.

Belongs here: which cycles reach into a day. Does not: how pairs are made or summed (core.features.errors).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.errors import ERROR_SUM, FORECAST_ERROR, TRUTH_AGREEMENT
from weather_platform.core.partitions import DAY
from weather_platform.defs import feed_health, forecasts, observations, payloads, uploaded_forecasts
from weather_platform.defs.common import as_list, described
from weather_platform.defs.follow import follows
from weather_platform.defs.partitions import by_day, keys_of, window
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame, IbisTable

if TYPE_CHECKING:
    import pandas as pd

KEY = dg.AssetKey("forecast_errors")
SUMS_KEY = dg.AssetKey("forecast_error_sums")
AGREEMENT_KEY = dg.AssetKey("truth_agreement")
# Precipitation is summed over the three hours before a valid time, so midnight needs the day before.
_EVE = timedelta(days=1)
_AGREEMENT_BACK = timedelta(days=29)


def build(settings: Settings) -> dg.Definitions:
    """The `forecast_errors`, `truth_agreement` and `forecast_error_sums` assets."""
    return dg.Definitions(assets=[_errors(settings), _agreement(settings), _sums(settings)])


def _reach(settings: Settings) -> dg.TimeWindowPartitionMapping:
    """The cycles that reach into a day."""
    return window(timedelta(hours=settings.horizon_hours), DAY)


def _errors(settings: Settings) -> dg.AssetsDefinition:
    said = (*(forecasts.key(provider) for provider in payloads.in_use(settings)), uploaded_forecasts.KEY)
    ins = {
        provider.name: dg.AssetIn(
            forecasts.key(provider), partition_mapping=_reach(settings), dagster_type=IbisTable
        )
        for provider in payloads.in_use(settings)
    }
    ins["uploaded"] = dg.AssetIn(
        uploaded_forecasts.KEY, partition_mapping=_reach(settings), dagster_type=IbisTable
    )
    ins["observations"] = dg.AssetIn(
        observations.KEY, partition_mapping=window(_EVE, DAY), dagster_type=IbisTable
    )

    @dg.asset(
        key=KEY,
        description="Each forecast beside its truth, by variable, on the common grid, by day of valid time.",
        ins=ins,
        **by_day(settings),
        automation_condition=follows(observations.KEY, *said, needs=(observations.KEY,)),
        **described(FORECAST_ERROR, settings, group="errors", kinds={"ibis", "parquet"}),
    )
    def forecast_errors(context: dg.AssetExecutionContext, **tables: IbisTable) -> IbisTable:
        import ibis

        from weather_platform.core.features.errors import forecast_errors as pairs

        truth = tables.pop("observations")
        keys = keys_of(context)
        rows = ibis.union(*tables.values())
        # Some providers answer further ahead than asked, so a range of days holds cycles that reach into a
        # day from further back than the day by itself looks.
        rows = rows.filter(rows.lead_hours <= settings.horizon_hours)
        return pairs(rows, truth, DAY.start(keys[0]), DAY.end(keys[-1]), settings.targets)

    return forecast_errors


def _agreement(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=AGREEMENT_KEY,
        description="How nearly each truth agrees with each feed: one that is a feed's own output, or whose "
        "gaps were filled with it, is refused as truth for that feed in sums of errors and in verification.",
        ins={"errors": dg.AssetIn(KEY, partition_mapping=window(_AGREEMENT_BACK, DAY))},
        # Read nowhere here: the day whose truth it is about, which automation waits for.
        deps=[observations.KEY],
        **by_day(settings),
        automation_condition=follows(KEY, needs=(observations.KEY,)),
        check_specs=[
            dg.AssetCheckSpec(
                "measured_truth", asset=AGREEMENT_KEY, description="No truth is a feed's own output."
            ),
            dg.AssetCheckSpec(
                "times_of_truth",
                asset=AGREEMENT_KEY,
                description="No truth fits what feeds say of other hours: its times were read in their zone.",
            ),
            dg.AssetCheckSpec(
                "units_of_truth",
                asset=AGREEMENT_KEY,
                description="No truth fits what feeds say in another unit: it was read in its own.",
            ),
        ],
        **described(TRUTH_AGREEMENT, settings, group="errors", kinds={"ibis", "parquet"}),
    )
    def truth_agreement(
        context: dg.AssetExecutionContext, errors: IbisTable
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.core.observations.suspicion import agreement, rolling
        from weather_platform.core.trust.misread_truth import misread_truth
        from weather_platform.core.trust.shifted_truth import shifted_truth

        # The first day of lead only: there a copy shows best, and it is a fifth of the rows.
        near = errors.filter(errors.lead_hours < 24)
        daily = agreement(near).execute()
        keys = keys_of(context)
        rows = rolling(daily, DAY.start(keys[0]), len(DAY.keys(DAY.start(keys[0]), DAY.end(keys[-1]))))
        rows = rows[rows["day"].isin([DAY.start(key) for key in keys])]
        yield dg.Output(rows)
        yield _measured_truth(rows)
        yield _warning("times_of_truth", shifted_truth(near))
        yield _warning("units_of_truth", misread_truth(near))

    return truth_agreement


def _sums(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=SUMS_KEY,
        description="Daily sums of errors by feed, variable, place, lead and time of day, which every recent "
        "bias is made of; without forecasts that `feed_health` disbelieves and truth that is refused for "
        "a feed.",
        ins={
            "errors": dg.AssetIn(KEY),
            "agreement": dg.AssetIn(AGREEMENT_KEY, dagster_type=IbisTable),
            "feed_health": dg.AssetIn(
                feed_health.KEY, partition_mapping=_reach(settings), dagster_type=IbisTable
            ),
        },
        **by_day(settings),
        automation_condition=follows(KEY, AGREEMENT_KEY, needs=(KEY, AGREEMENT_KEY)),
        **described(ERROR_SUM, settings, group="errors", kinds={"ibis", "parquet"}),
    )
    def forecast_error_sums(errors: IbisTable, agreement: IbisTable, feed_health: IbisTable) -> IbisTable:
        from weather_platform.core.features.errors import error_sums
        from weather_platform.core.trust.trusted import trusted_errors

        return error_sums(trusted_errors(errors, feed_health, settings.targets), agreement)

    return forecast_error_sums


def _measured_truth(rows: "pd.DataFrame") -> dg.AssetCheckResult:
    """The newest day's refusals stand for all: it looks back the furthest."""
    refused = rows[rows["refused"] & (rows["day"] == rows["day"].max())]
    return dg.AssetCheckResult(
        check_name="measured_truth",
        asset_key=AGREEMENT_KEY,
        passed=refused.empty,
        metadata={
            "refused": len(refused),
            "reasons": dg.MarkdownMetadataValue(as_list(refused["reason"].tolist())),
        },
    )


def _warning(check: str, found: "pd.DataFrame") -> dg.AssetCheckResult:
    """That a zone or a unit is wrong is for people to say, and nothing is left out."""
    lines = found["reason"].tolist()
    return dg.AssetCheckResult(
        check_name=check,
        asset_key=AGREEMENT_KEY,
        passed=not lines,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"reasons": dg.MarkdownMetadataValue(as_list(lines))} if lines else {},
    )
