"""Whether the last week is still like the weeks before: our scores, the feeds' bias, what models are fed; and
a new training where it is not.

Belongs here: which days are read, the check, and when a training is asked for. Does not: any signal
(core.verification.drift), or training (see model).
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.errors import ERROR_SUM
from weather_platform.core.contracts.learned import FEATURES
from weather_platform.core.contracts.scores import DRIFT, SCORE
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.defs import champions, features, forecast_errors, model, verification
from weather_platform.defs.common import contract_check, contract_check_spec, described
from weather_platform.defs.follow import follows
from weather_platform.defs.partitions import by_day, keys_of
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

KEY = dg.AssetKey("drift")
# Since a day's end: what a reanalysis tells of it comes six days late. No longer than the cool-down, lest one
# day ask for a second training.
_NEWEST_WITHIN = timedelta(days=7)
_EVERY_SECONDS = 3600


def build(settings: Settings) -> dg.Definitions:
    """The `drift` asset and the sensor `retraining`."""

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        deps=[verification.KEY, forecast_errors.SUMS_KEY, features.KEY],
        **by_day(settings),
        automation_condition=follows(
            verification.KEY,
            forecast_errors.SUMS_KEY,
            needs=(verification.KEY, forecast_errors.SUMS_KEY),
        ),
        check_specs=[
            contract_check_spec(KEY),
            dg.AssetCheckSpec(
                "steady", asset=KEY, description="The last week is like the four weeks before it."
            ),
        ],
        **described(DRIFT, settings, group="verification", kinds={"pandas", "parquet"}),
    )
    def drift(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform]
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.core.verification.drift import worst

        keys = keys_of(context)
        rows = _drift(platform, keys)
        newest = rows[rows["day"] == DAY.start(keys[-1])]
        yield dg.Output(rows)
        yield contract_check(KEY, rows, DRIFT)
        yield dg.AssetCheckResult(
            check_name="steady",
            asset_key=KEY,
            passed=not newest["breached"].any(),
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"breaches": dg.MarkdownMetadataValue("\n".join(f"- {it}" for it in worst(newest)))},
        )

    return dg.Definitions(assets=[drift], sensors=[retraining(settings)])


def _drift(platform: Platform, keys: list[str]) -> "pd.DataFrame":
    """Signals of each day, from one reading of all that they look back on."""
    from weather_platform.core.features.lookback import PLATFORM
    from weather_platform.core.verification.drift import LOOK_BACK, drift
    from weather_platform.core.verification.stability import FEATURES_WATCHED

    start, end = DAY.start(keys[0]) - LOOK_BACK, DAY.end(keys[-1])
    warehouse, in_days = platform.warehouse, DAY.keys(start, end)
    watched = ["variable", "cycle", *FEATURES_WATCHED]
    fed = warehouse.read("features", FEATURES, CYCLE.keys(start, end), watched)
    scores = warehouse.expression("verification", SCORE, in_days)
    sums = warehouse.expression("forecast_error_sums", ERROR_SUM, in_days)
    first = warehouse.keys("forecast_error_sums")[:1]
    settled = DAY.start(first[0]) + timedelta(days=PLATFORM.days) if first else None
    return drift(scores, sums, fed, [DAY.start(key) for key in keys], settled=settled)


def retraining(
    settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> dg.SensorDefinition:
    """The sensor that asks for a training of variables whose newest signals show a breach. `clock` tells the
    time (aware); the cursor remembers when each variable was last asked for."""

    history = [] if settings.separate_roles else [champions.KEY]  # as in the job `train`

    @dg.sensor(
        name="retraining",
        job_name="train",
        minimum_interval_seconds=_EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for a training of each variable that drifted, once a week at most.",
    )
    def sensor(
        context: dg.SensorEvaluationContext, platform: dg.ResourceParam[Platform]
    ) -> dg.SensorResult | dg.SkipReason:
        from weather_platform.core.verification.drift import due, newest, worst

        now = clock()
        recent = [key for key in platform.warehouse.keys("drift") if DAY.end(key) >= now - _NEWEST_WITHIN]
        if not recent:
            return dg.SkipReason("no day of the last seven was looked at for drift")
        told = newest(platform.warehouse.read("drift", DRIFT, recent))
        asked = {name: datetime.fromisoformat(at) for name, at in json.loads(context.cursor or "{}").items()}
        # Days that were scored before a setting left a variable out still tell of it.
        variables = [name for name in due(told, asked, now) if name in settings.targets]
        if not variables:
            return dg.SkipReason("nothing drifted, or it was asked for within the week")
        cursor = {**asked, **dict.fromkeys(variables, now)}
        return dg.SensorResult(
            run_requests=[_request([*map(model.key, variables), *history], worst(told), now)],
            cursor=json.dumps({name: at.isoformat() for name, at in cursor.items()}),
        )

    return sensor


def _request(assets: list[dg.AssetKey], why: list[str], now: datetime) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=f"drift {now.isoformat()}",
        asset_selection=assets,
        tags={"weather/drift": "; ".join(why)[:250]},
    )
