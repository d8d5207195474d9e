"""Our forecast of whole days: the lowest, highest and mean value or the sum, with ranges, from what was
predicted of their hours.

Belongs here: what of the past a cycle may use. Does not: how days are made of hours (core.days).
"""

from collections.abc import Iterator

import dagster as dg

from weather_platform.core.contracts.days import DAILY_PREDICTION
from weather_platform.core.days.lengths import MEMORY_WINDOW
from weather_platform.core.partitions import CYCLE
from weather_platform.defs import error_memory, locations, predictions
from weather_platform.defs.common import contract_check, contract_check_spec, described
from weather_platform.defs.follow import follows
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import by_cycle, keys_of, window
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame

KEY = dg.AssetKey("daily_predictions")


def build(settings: Settings) -> dg.Definitions:
    """The `daily_predictions` asset."""

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        ins={
            "predictions": dg.AssetIn(predictions.KEY, dagster_type=DataFrame),
            "error_memory": dg.AssetIn(
                error_memory.KEY, partition_mapping=window(MEMORY_WINDOW, CYCLE), dagster_type=DataFrame
            ),
            "locations": dg.AssetIn(locations.KEY, dagster_type=DataFrame),
        },
        **by_cycle(settings),
        automation_condition=follows(predictions.KEY, needs=(predictions.KEY,)),
        check_specs=[contract_check_spec(KEY)],
        **described(DAILY_PREDICTION, settings, group="predictions", kinds={"pandas", "parquet"}),
    )
    def daily_predictions(
        context: dg.AssetExecutionContext,
        predictions: DataFrame,
        error_memory: DataFrame,
        locations: DataFrame,
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.core.days.daily import of_cycles

        starts = [CYCLE.start(name) for name in keys_of(context)]
        rows = of_cycles(starts, predictions, locations, error_memory, settings.targets)
        yield dg.Output(rows, metadata=of_run(context, {"days": int(rows["starts_at"].nunique())}))
        yield contract_check(KEY, rows, DAILY_PREDICTION)

    return dg.Definitions(assets=[daily_predictions])
