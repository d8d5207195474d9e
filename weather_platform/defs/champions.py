"""Which model version reigned when, and why: the history of promotions and withdrawals, from MLflow.

Belongs here: making the table. Does not: promoting (see model), or taking a version back (`weather-platform
rollback`).
"""

from collections.abc import Iterator

import dagster as dg

from weather_platform.core.contracts.scores import CHAMPION
from weather_platform.defs import model
from weather_platform.defs.common import contract_check, contract_check_spec, described, in_markdown
from weather_platform.defs.said import said
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform

KEY = dg.AssetKey("champions")
JOB = "list_champions"


def build(settings: Settings) -> dg.Definitions:
    """The `champions` asset, and the job `list_champions` that makes it alone, after a withdrawal."""

    @dg.asset(
        key=KEY,
        description=said(__doc__),
        deps=[model.key(variable) for variable in settings.targets],
        check_specs=[contract_check_spec(KEY)],
        **described(CHAMPION, settings, group="model", kinds={"mlflow", "parquet"}),
    )
    def champions(
        platform: dg.ResourceParam[Platform],
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        import pandas as pd

        from weather_platform.core.model.champions import reigns

        found = [reigns(platform.models.promoted(variable)) for variable in settings.targets]
        rows = pd.concat(found, ignore_index=True)
        shown = rows.drop(columns=["data_hash", "code_version"])
        yield dg.Output(rows, metadata={"history": in_markdown(shown)})
        yield contract_check(KEY, rows, CHAMPION)

    job = dg.define_asset_job(
        JOB,
        dg.AssetSelection.assets(KEY),
        description="Lists which version reigned when, after a withdrawal.",
    )
    return dg.Definitions(assets=[champions], jobs=[job])
