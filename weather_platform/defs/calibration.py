"""How our quantiles and chances held, counted by day: what reliability diagrams are made of.

Belongs here: which cycles reach into a day. Does not: counting (core.verification.calibration), or drawing
(core.report).
"""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from weather_platform.core.contracts.scores import CALIBRATION
from weather_platform.core.partitions import DAY
from weather_platform.defs import observations, predictions
from weather_platform.defs.common import contract_check, contract_check_spec, described
from weather_platform.defs.follow import follows
from weather_platform.defs.partitions import by_day, keys_of, window
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame, IbisTable

KEY = dg.AssetKey("calibration")
_EVE = timedelta(days=1)


def build(settings: Settings) -> dg.Definitions:
    """The `calibration` asset."""
    reach = window(timedelta(hours=settings.horizon_hours), DAY)

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        ins={
            "predictions": dg.AssetIn(predictions.KEY, partition_mapping=reach, dagster_type=IbisTable),
            "observations": dg.AssetIn(
                observations.KEY, partition_mapping=window(_EVE, DAY), dagster_type=IbisTable
            ),
        },
        **by_day(settings),
        automation_condition=follows(observations.KEY, predictions.KEY, needs=(observations.KEY,)),
        check_specs=[contract_check_spec(KEY)],
        **described(CALIBRATION, settings, group="verification", kinds={"pandas", "parquet"}),
    )
    def calibration(
        context: dg.AssetExecutionContext, predictions: IbisTable, observations: IbisTable
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.core.verification.calibration import calibration_sums

        keys = keys_of(context)
        rows = calibration_sums(
            predictions,
            observations,
            start=DAY.start(keys[0]),
            end=DAY.end(keys[-1]),
            variables=settings.targets,
        )
        yield dg.Output(rows)
        yield contract_check(KEY, rows, CALIBRATION)

    return dg.Definitions(assets=[calibration])
