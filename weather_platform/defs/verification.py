"""Scores of every feed, baseline and of our prediction by variable and lead, the leaderboard made of them, and the report.

Belongs here: which cycles reach into a day, and where the report goes. Does not: any score (core.verification) or drawing
(core.report).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.learned import SCORE
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.defs import features, observations, predictions
from weather_platform.defs.common import contract_check, contract_check_spec, described
from weather_platform.defs.partitions import DAYS_PER_RUN, days, keys_of, one_run, window
from weather_platform.infra.lazy_types import DataFrame, IbisTable
from weather_platform.infra.platform import Platform
from weather_platform.infra.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

KEY = dg.AssetKey("verification")
_EVE = timedelta(days=1)


def build(settings: Settings) -> dg.Definitions:
    """The `verification` asset."""
    reach = window(timedelta(hours=settings.horizon_hours), DAY)

    @dg.asset(
        key=KEY,
        description=__doc__,
        ins={
            "predictions": dg.AssetIn(predictions.KEY, partition_mapping=reach),
            "features": dg.AssetIn(features.KEY, partition_mapping=reach),
            "observations": dg.AssetIn(observations.KEY, partition_mapping=window(_EVE, DAY)),
        },
        partitions_def=days(settings),
        backfill_policy=one_run(DAYS_PER_RUN),
        check_specs=[
            contract_check_spec(KEY),
            dg.AssetCheckSpec("calibrated", asset=KEY, description="The 80 % and 90 % intervals hold what they say, within 3 points."),
        ],
        **described(SCORE, settings, group="verification", kinds={"pandas", "html"}),
    )
    def verification(
        context: dg.AssetExecutionContext,
        platform: dg.ResourceParam[Platform],
        predictions: DataFrame,
        features: DataFrame,
        observations: IbisTable,
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.core.verification.leaderboard import leaderboard

        keys = keys_of(context)
        scored = _scores(platform, keys, predictions, features, observations)
        table = leaderboard(_with_other_days(platform, keys, scored))
        yield dg.Output(scored, metadata=_metadata(platform, table))
        yield contract_check(KEY, scored, SCORE)
        yield _calibrated(table)

    return dg.Definitions(assets=[verification])


def _scores(
    platform: Platform, keys: list[str], predictions: "pd.DataFrame", features: "pd.DataFrame", observations: IbisTable
) -> "pd.DataFrame":
    from weather_platform.core.verification.score import scores
    from weather_platform.infra.reference import ideal_blend

    made = sorted(CYCLE.key(cycle) for cycle in predictions["cycle"].drop_duplicates())
    return scores(
        predictions,
        features,
        observations,
        start=DAY.start(keys[0]),
        end=DAY.end(keys[-1]),
        ideal=ideal_blend(platform.settings, made),
    )


def _with_other_days(platform: Platform, keys: list[str], scored: "pd.DataFrame") -> "pd.DataFrame":
    """The leaderboard is of every day that was ever scored."""
    import pandas as pd

    others = [key for key in platform.warehouse.keys("verification") if key not in set(keys)]
    return pd.concat([platform.warehouse.read("verification", SCORE, others), scored], ignore_index=True)
