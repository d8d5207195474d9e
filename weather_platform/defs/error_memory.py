"""How long errors last: how good forecasts of whole days were, had they lasted so or so many hours.

Belongs here: which cycles reach into a day. Does not: counting or choosing (core.days.memory).
"""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from weather_platform.core.contracts.days import ERROR_MEMORY
from weather_platform.core.days.lengths import LENGTH
from weather_platform.core.partitions import DAY
from weather_platform.defs import locations, observations, predictions
from weather_platform.defs.common import contract_check, contract_check_spec, described, in_markdown
from weather_platform.defs.follow import follows
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import by_day, keys_of, window
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame, IbisTable

KEY = dg.AssetKey("error_memory")


def build(settings: Settings) -> dg.Definitions:
    """The `error_memory` asset."""
    reach = window(timedelta(hours=settings.horizon_hours) + LENGTH, DAY)

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        ins={
            "predictions": dg.AssetIn(predictions.KEY, partition_mapping=reach, dagster_type=IbisTable),
            "observations": dg.AssetIn(
                observations.KEY, partition_mapping=window(LENGTH, DAY), dagster_type=IbisTable
            ),
            "locations": dg.AssetIn(locations.KEY, dagster_type=DataFrame),
        },
        **by_day(settings),
        automation_condition=follows(observations.KEY, predictions.KEY, needs=(observations.KEY,)),
        check_specs=[contract_check_spec(KEY)],
        **described(ERROR_MEMORY, settings, group="predictions", kinds={"pandas", "parquet"}),
    )
    def error_memory(
        context: dg.AssetExecutionContext,
        predictions: IbisTable,
        observations: IbisTable,
        locations: DataFrame,
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.core.days.memory import mean_crps, memory_sums

        keys = keys_of(context)
        rows = memory_sums(
            predictions,
            observations,
            locations,
            start=DAY.start(keys[0]),
            end=DAY.end(keys[-1]),
            variables=settings.targets,
        )
        by_hours = mean_crps(rows).rename(columns="{:g} h".format).reset_index()
        yield dg.Output(rows, metadata=of_run(context, {"mean_crps": in_markdown(by_hours, ".3f")}))
        yield contract_check(KEY, rows, ERROR_MEMORY)

    return dg.Definitions(assets=[error_memory])
