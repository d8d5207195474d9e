"""A deployment with a drop box, for tests of what becomes of files that are dropped."""

import dagster as dg
import pandas as pd
from dagster import DagsterRunStatus
from dagster._core.test_utils import create_run_for_test

from weather_platform.core.contracts.truth import UPLOADED_OBSERVATION
from weather_platform.core.contracts.uploads import REJECTED
from weather_platform.definitions import build
from weather_platform.defs import upload_runs
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform_tests.platform_fixtures import SILENT, days

MAPPING = """
source: mine
format: wide
time: {column: time, zone: UTC}
stations: {column: place}
variables: {temperature_c: {from: temp, unit: °C}}
"""
DAY_KEY = days(1, 1)[0]


class Deployment:
    """A deployment with its drop box and a Dagster instance, ticked and run by hand."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance) -> None:
        self.settings = settings
        self.instance = instance
        self.cursor: str | None = None
        self._built: tuple[Settings, dg.Definitions] | None = None

    @property
    def definitions(self) -> dg.Definitions:
        """Built once for the same settings, as a daemon has them: a tenth of a second each time."""
        if self._built is None or self._built[0] is not self.settings:
            self._built = (self.settings, build(self.settings))
        return self._built[1]

    @property
    def job(self) -> dg.JobDefinition:
        """The one that reads uploads."""
        return self.definitions.resolve_job_def(upload_runs.JOB)

    def drop(self, **files: str) -> None:
        """Put files into the drop box; the keyword is the name without `.csv`."""
        for name, text in files.items():
            self.put(f"{name}.csv", text)

    def put(self, name: str, text: str | bytes) -> None:
        path = self.settings.data_dir / "objects" / "drop_box" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def tick(self) -> list[dg.RunRequest]:
        """One evaluation of the sensor, nothing remembered from the last; partitions are registered."""
        context = dg.build_sensor_context(
            instance=self.instance,
            cursor=self.cursor,
            resources=self.definitions.resources,
            repository_def=self.definitions.get_repository_def(),
            sensor_name="new_uploads",
        )
        # Not the function alone: what becomes of the cursor, Dagster decides.
        result = self.definitions.resolve_sensor_def("new_uploads").evaluate_tick(context)
        for request in result.dynamic_partitions_requests or []:
            assert isinstance(request, dg.AddDynamicPartitionsRequest)
            self.instance.add_dynamic_partitions(request.partitions_def_name, list(request.partition_keys))
        self.cursor = result.cursor
        return list(result.run_requests or [])

    def run(self, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
        return self.job.execute_in_process(instance=self.instance, tags=dict(request.tags), run_config=SILENT)

    def settle(self) -> list[dg.ExecuteInProcessResult]:
        """Tick and run until nothing is asked for."""
        done: list[dg.ExecuteInProcessResult] = []
        while requests := self.tick():
            done += [self.run(request) for request in requests]
        return done

    def unfinished(self, request: dg.RunRequest, status: DagsterRunStatus) -> dg.DagsterRun:
        """A run that was asked for, and whose process is gone."""
        return self.instance.create_run_for_job(self.job, status=status, tags=dict(request.tags))

    def failed(self, request: dg.RunRequest) -> None:
        """A run that was asked for and has failed, without the events of each of its partitions."""
        create_run_for_test(
            self.instance,
            job_name=upload_runs.JOB,
            status=DagsterRunStatus.FAILURE,
            tags=dict(request.tags),
        )

    def keys(self, request: dg.RunRequest) -> list[str]:
        """The uploads that a run is to read."""
        order = list(self.instance.get_dynamic_partitions("uploads"))
        first, last = request.tags[upload_runs.FIRST], request.tags[upload_runs.LAST]
        return order[order.index(first) : order.index(last) + 1]

    def holds(self, request: dg.RunRequest, name: str) -> bool:
        return any(key.startswith(f"{name}@") for key in self.keys(request))

    @property
    def rows(self) -> list[list[object]]:
        rows = Platform(self.settings).warehouse.read("uploads", UPLOADED_OBSERVATION)
        return sorted(rows[["location_id", "temperature_c"]].to_numpy().tolist())

    @property
    def rejected(self) -> pd.DataFrame:
        return Platform(self.settings).warehouse.read("quarantine/uploads", REJECTED)


def table(*temperatures: float, place: str = "denver") -> str:
    return "time,place,temp\n" + "".join(
        f"{DAY_KEY} {hour:02}:00,{place},{value}\n" for hour, value in enumerate(temperatures)
    )
