"""One model per target variable: a version in MLflow with its data hash, scores beside the champion and every
baseline, and the promotion decision.

Belongs here: until when a training learns, and what is shown of it. Does not: which version it makes (see
model_version), training or judging (core.model), or where versions are kept (infra.models.registry).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import dagster as dg

from weather_platform.core.file_names import parsed_time
from weather_platform.core.partitions import CYCLE
from weather_platform.defs import features, observations
from weather_platform.defs.common import OWNER, in_markdown, simulated_tag
from weather_platform.defs.model_version import version_of
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    from weather_platform.core.model.trained import Trained


class TrainConfig(dg.Config):
    """`train_until`: an ISO time with its zone; truth known later is not used. The newest cycle with features
    where absent.
    """

    train_until: str | None = None


def key(variable: str) -> dg.AssetKey:
    """Key of a variable's model."""
    return dg.AssetKey(["model", variable])


def build(settings: Settings) -> dg.Definitions:
    """One `model/<variable>` asset per target variable."""
    return dg.Definitions(assets=[_asset(variable, settings) for variable in settings.targets])


def _asset(variable: str, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=key(variable),
        description=f"The model of {variable}: a version in MLflow with its data hash, scores beside the "
        "champion and every baseline, and the decision whether it serves.",
        deps=[features.KEY, observations.KEY],
        group_name="model",
        owners=[OWNER],
        kinds={"scikitlearn", "mlflow"},
        tags=simulated_tag(settings),
        check_specs=[
            dg.AssetCheckSpec(
                "promoted",
                asset=key(variable),
                description="The version beats the sitting champion and every baseline, in no slice worse.",
            )
        ],
    )
    def model(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform], config: TrainConfig
    ) -> Iterator[dg.MaterializeResult]:
        from weather_platform.core.model.train import TooFewDataError

        until = _train_until(platform, config)
        if stale := [str(one.version) for one in platform.models.promoted(variable) if not one.readable]:
            context.log.warning(
                f"{variable}: versions {', '.join(stale)} were stored by another release and serve no more"
            )
        try:
            version, trained = version_of(platform, variable, until, context.log.warning)
        except TooFewDataError as error:
            context.log.warning(str(error))
            yield dg.MaterializeResult(
                metadata={"reason": str(error), **platform.warehouse.usage()},
                check_results=[_check(variable, False, str(error))],
            )
            return
        yield dg.MaterializeResult(
            metadata={**_metadata(trained, version), **platform.warehouse.usage()},
            check_results=[_check(variable, trained.promote, trained.reason)],
        )

    return model


def _train_until(platform: Platform, config: TrainConfig) -> datetime:
    """The configured time, else the start of the newest cycle that has features. Raises dg.Failure where
    there is none, and for a time without a zone, which would be another on another machine.
    """
    if config.train_until is not None:
        try:
            return parsed_time(config.train_until)
        except ValueError as error:
            raise dg.Failure(f"train_until: {error}") from error
    keys = platform.warehouse.keys("features")
    if not keys:
        raise dg.Failure("there are no features to learn from: materialize `features` for some cycles first")
    return CYCLE.start(keys[-1])


def _check(variable: str, passed: bool, reason: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name="promoted",
        asset_key=key(variable),
        passed=passed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"reason": reason},
    )


def _metadata(trained: "Trained", version: str) -> dict[str, dg.MetadataValue | str | float]:
    return {
        "version": version,
        "promoted": str(trained.promote),
        "reason": trained.reason,
        "trained_until": dg.TimestampMetadataValue(trained.trained_until.timestamp()),
        "data_hash": trained.data_hash[:16],  # the whole, in MLflow, would push the reason off the page
        "code_version": trained.code_version,
        "evidence": in_markdown(trained.evidence, ".3f"),
        **{name: round(float(value), 4) for name, value in trained.metrics.items()},
    }
