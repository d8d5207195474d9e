"""What workers run in tests: a schedule, a sensor, and their jobs."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from weather_platform.core.partitions import CYCLE

AT = datetime(2026, 9, 3, 18, 15, tzinfo=UTC)
# Whether anybody waits for a lock.
WAITING = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def no_pause(_seconds: float) -> None:
    """Between two looks whether a run is lost."""


def launched_from_ui(job: str) -> RemoteJobOrigin:
    """The origin that a run has which the webserver, or a daemon, launches."""
    code = RegisteredCodeLocationOrigin("weather_platform")
    return RemoteJobOrigin(RemoteRepositoryOrigin(code, "__repository__"), job)


def ticking(switch: Path | None = None) -> dg.Definitions:
    """A schedule whose asset works once `switch` exists (or where there is none), and a sensor with a
    cursor.
    """
    partitions = dg.DynamicPartitionsDefinition(name="files")

    @dg.asset
    def payload() -> None:
        if switch is not None and not switch.exists():
            raise ValueError("not repaired")

    @dg.asset(partitions_def=partitions)
    def file() -> None: ...

    def on_cycle(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(run_key=CYCLE.key(context.scheduled_execution_time))

    @dg.sensor(name="files", job_name="read_file")
    def files(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        new = [name for name in ("a", "b") if name > (context.cursor or "")]
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=name, partition_key=name) for name in new],
            dynamic_partitions_requests=[partitions.build_add_request(new)] if new else [],
            asset_events=[dg.AssetMaterialization("seen")] if new else [],
            cursor="b",
        )

    return dg.Definitions(
        assets=[payload, file],
        jobs=[
            dg.define_asset_job("fetch", dg.AssetSelection.assets(payload)),
            dg.define_asset_job("read_file", dg.AssetSelection.assets(file)),
        ],
        schedules=[
            dg.ScheduleDefinition(
                name="fetch_cycle", job_name="fetch", cron_schedule="15 */6 * * *", execution_fn=on_cycle
            )
        ],
        sensors=[files],
    )
