"""Scores of every feed, baseline and of our prediction by variable, lead and place: sums that the
leaderboard is made of.

Belongs here: which cycles reach into a day. Does not: any score (core.verification), or showing them (see
report).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.defs import features, forecast_errors, observations, predictions
from weather_platform.defs.calibrated import calibrated_check, calibrated_check_spec
from weather_platform.defs.common import as_list, contract_check, contract_check_spec, described
from weather_platform.defs.follow import follows
from weather_platform.defs.partitions import by_day, keys_of, window
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame, IbisTable
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

KEY = dg.AssetKey("verification")
_EVE = timedelta(days=1)


def build(settings: Settings) -> dg.Definitions:
    """The `verification` asset."""
    reach = window(timedelta(hours=settings.horizon_hours), DAY)

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        ins={
            "predictions": dg.AssetIn(predictions.KEY, partition_mapping=reach, dagster_type=IbisTable),
            "features": dg.AssetIn(features.KEY, partition_mapping=reach, dagster_type=IbisTable),
            "observations": dg.AssetIn(
                observations.KEY, partition_mapping=window(_EVE, DAY), dagster_type=IbisTable
            ),
            "agreement": dg.AssetIn(forecast_errors.AGREEMENT_KEY, dagster_type=IbisTable),
        },
        **by_day(settings),
        automation_condition=follows(
            forecast_errors.AGREEMENT_KEY, predictions.KEY, needs=(forecast_errors.AGREEMENT_KEY,)
        ),
        check_specs=[
            contract_check_spec(KEY),
            calibrated_check_spec(KEY),
        ],
        **described(SCORE, settings, group="verification", kinds={"pandas", "parquet"}),
    )
    def verification(
        context: dg.AssetExecutionContext,
        platform: dg.ResourceParam[Platform],
        predictions: IbisTable,
        features: IbisTable,
        **truth: IbisTable,
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.core.contracts.errors import TRUTH_AGREEMENT
        from weather_platform.core.tables.schema import conform

        keys = keys_of(context)
        observations = truth["observations"]
        agreement = conform(truth["agreement"].execute(), TRUTH_AGREEMENT)
        scored = _scores(
            platform, keys, predictions, features, observations=observations, agreement=agreement
        )
        yield dg.Output(scored, metadata=_refused(agreement))
        yield contract_check(KEY, scored, SCORE)
        yield calibrated_check(platform, KEY, SCORE, keys, scored)

    return dg.Definitions(assets=[verification])


def _scores(
    platform: Platform,
    keys: list[str],
    predictions: IbisTable,
    features: IbisTable,
    *,
    observations: IbisTable,
    agreement: "pd.DataFrame",
) -> "pd.DataFrame":
    from weather_platform.core.verification.score import scores
    from weather_platform.infra.reference import ideal_blend

    made = sorted(CYCLE.key(cycle) for cycle in predictions.select("cycle").distinct().execute()["cycle"])
    return scores(
        predictions,
        features,
        observations,
        start=DAY.start(keys[0]),
        end=DAY.end(keys[-1]),
        variables=platform.settings.targets,
        ideal=ideal_blend(platform.settings, made),
        agreement=agreement,
    )


def _refused(agreement: "pd.DataFrame") -> dict[str, dg.MetadataValue]:
    """What was left out, and why: feeds are not scored against a truth that is their own output."""
    from weather_platform.core.observations.refused_truth import refused_lines

    lines = refused_lines(agreement)
    return {"not_scored": dg.MarkdownMetadataValue(as_list(lines))} if lines else {}
