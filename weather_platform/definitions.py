"""The code location: every stage's definitions merged with the resources they run on; nothing else."""

import warnings

import dagster as dg

from weather_platform.defs import (
    archives,
    calibration,
    champions,
    daily_predictions,
    daily_verification,
    drift,
    drop_box,
    error_memory,
    features,
    feed_health,
    forecast_errors,
    forecasts,
    history,
    jobs,
    locations,
    model,
    observations,
    outlook,
    payloads,
    predictions,
    reconstructed,
    report,
    schedules,
    upkeep,
    uploaded_forecasts,
    uploads,
    verification,
    watch,
)
from weather_platform.defs.common import IO_MANAGER
from weather_platform.infra.configuration.settings import Settings, read_settings
from weather_platform.infra.io_manager import WarehouseIOManager
from weather_platform.infra.platform import Platform

STAGES = (
    locations,
    payloads,
    reconstructed,
    forecasts,
    feed_health,
    history,
    archives,
    uploads,
    uploaded_forecasts,
    drop_box,
    observations,
    forecast_errors,
    features,
    model,
    champions,
    predictions,
    error_memory,
    daily_predictions,
    outlook,
    verification,
    daily_verification,
    calibration,
    drift,
    report,
    jobs,
    schedules,
    watch,
    upkeep,
)


def build(settings: Settings, platform: Platform | None = None) -> dg.Definitions:
    """Definitions for these settings, on this platform (one of its own where None)."""
    platform = platform or Platform(settings)
    resources = dg.Definitions(resources=_resources(platform))
    with warnings.catch_warnings():
        # Backfill policies and windows of partitions are betas of a Dagster release that is pinned; thirty
        # lines about it would bury what a user should see.
        warnings.simplefilter("ignore", dg.BetaWarning)
        stages = [stage.build(settings) for stage in STAGES]
    # A backfill's run has many steps of a second or two, and a process of its own would cost each four more.
    # Jobs whose steps wait for different providers say so themselves (defs.jobs).
    runs = dg.Definitions(executor=dg.in_process_executor)
    return dg.Definitions.merge(*stages, resources, runs)


def _resources(platform: Platform) -> dict[str, dg.ResourceDefinition]:
    """By functions that have names, which the UI shows as a resource's type."""

    def platform_of_settings(_context: dg.InitResourceContext) -> Platform:
        return platform

    def warehouse_partitions(_context: dg.InitResourceContext) -> WarehouseIOManager:
        return WarehouseIOManager(platform)

    about = "This deployment: its settings, object store, warehouse, model registry and clock."
    stored = (
        "Outputs replace the partitions of their run in the warehouse's tables; inputs are read from there."
    )
    return {
        "platform": dg.ResourceDefinition(platform_of_settings, description=about),
        IO_MANAGER: dg.IOManagerDefinition(warehouse_partitions, description=stored),
    }


defs = build(read_settings())
