"""Our own calibrated forecast of a cycle: quantiles per place, variable and valid time, with the version that
made them.

Belongs here: which model version a cycle may use. Does not: how it predicts (core.model.predictions). A
version trained on anything later than the cycle is never used for it, so a backfill of the past is as honest
as a live run.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.contracts.learned import PREDICTION
from weather_platform.core.partitions import CYCLE
from weather_platform.defs import features, model
from weather_platform.defs.common import as_list, contract_check, contract_check_spec, described, in_markdown
from weather_platform.defs.follow import follows
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import by_cycle, keys_of
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.core.model.trained import Trained

KEY = dg.AssetKey("predictions")
_READABLE = "models_readable"


def build(settings: Settings) -> dg.Definitions:
    """The `predictions` asset."""

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        ins={"features": dg.AssetIn(features.KEY)},
        deps=[model.key(variable) for variable in settings.targets],
        **by_cycle(settings),
        automation_condition=follows(features.KEY, needs=(features.KEY,)),
        check_specs=[
            contract_check_spec(KEY),
            dg.AssetCheckSpec(
                _READABLE, asset=KEY, description="Every model that should serve can be read from its files."
            ),
        ],
        **described(PREDICTION, settings, group="predictions", kinds={"scikitlearn", "parquet"}),
    )
    def predictions(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform], features: DataFrame
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        rows, unread = _predict(platform, features, keys_of(context))
        made_by = rows.groupby(["variable", "model_version"]).size().rename("rows").reset_index()
        yield dg.Output(rows, metadata=of_run(context, {"made_by": in_markdown(made_by)}))
        yield contract_check(KEY, rows, PREDICTION)
        yield dg.AssetCheckResult(
            check_name=_READABLE,
            asset_key=KEY,
            passed=not unread,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"unread": dg.MarkdownMetadataValue(as_list(unread))} if unread else {},
            description=unread[0] if unread else "every model that should serve was read",
        )

    return dg.Definitions(assets=[predictions])


def _predict(
    platform: Platform, features: "pd.DataFrame", keys: list[str]
) -> "tuple[pd.DataFrame, list[str]]":
    """Predict cycle by cycle with the newest promoted version of each variable that the cycle may use, in
    batches by version; and what is wrong with versions that cannot be read, for which the blend stands in.
    """
    import pandas as pd

    from weather_platform.core.model.joint import raised
    from weather_platform.core.model.predictions import predict
    from weather_platform.core.tables.schema import conform, empty

    frames, unread = [empty(PREDICTION)], []
    for variable in platform.settings.targets:
        starts = [CYCLE.start(name) for name in keys]
        champions = platform.models.champions_for(variable, starts)
        rows = features[features["variable"] == variable]
        by_cycle = dict(zip(starts, champions, strict=True))
        for champion in dict.fromkeys(champions):
            cycles_of = [start for start, used in by_cycle.items() if used == champion]
            batch = rows[rows["cycle"].isin(cycles_of)]
            models, why = _loaded(platform, variable, champion)
            unread += why
            frames.append(predict(batch, models, {variable: champion} if champion and models else {}))
    return conform(raised(pd.concat(frames, ignore_index=True)), PREDICTION), unread


def _loaded(
    platform: Platform, variable: str, champion: str | None
) -> "tuple[dict[str, Trained], list[str]]":
    """The champion by its variable, where there is one that can be read, and why one cannot."""
    from weather_platform.infra.models.files import ModelFileError

    if champion is None:
        return {}, []
    try:
        return {variable: platform.models.load(variable, champion)}, []
    except ModelFileError as error:
        return {}, [f"{variable}: the blend stands in for version {champion}: {error}"]
