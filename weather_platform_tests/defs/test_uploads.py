"""Observation files from the command line through the sensor to the truth table."""

from pathlib import Path

import dagster as dg
import pandas as pd
import pytest
from click.testing import CliRunner

from weather_platform.cli.main import cli
from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.definitions import build
from weather_platform.infra.platform import Platform
from weather_platform.infra.settings import Settings
from weather_platform_tests.platform_fixtures import SILENT, checks, days, run_job

MAPPING = """
source: mine
format: wide
time: {column: time, zone: UTC}
stations: {column: place}
variables: {temperature_c: {from: temp, unit: °C}}
"""
DAY_KEY = days(1, 1)[0]
ROWS = (
    f"time,place,temp\n{DAY_KEY} 00:00,denver,20.5\n{DAY_KEY} 01:00,denver,hot\n{DAY_KEY} 02:00,miami,999\n"
)


@pytest.fixture
def imported(fresh: Settings, tmp_path: Path) -> Settings:
    """A deployment whose panel is read, and which was given a file with one good row of three."""
    run_job(fresh, "read_locations")
    take_in(fresh, tmp_path, ROWS)
    return fresh


def take_in(settings: Settings, folder: Path, rows: str) -> None:
    (folder / "obs.csv").write_text(rows)
    (folder / "m.yaml").write_text(MAPPING)
    arguments = ["import", "observations", str(folder / "obs.csv"), "--mapping", str(folder / "m.yaml")]
    result = CliRunner().invoke(cli, arguments, obj=settings)
    assert result.exit_code == 0, result.output


def ticked(settings: Settings, instance: dg.DagsterInstance) -> dg.SensorResult:
    """One evaluation of the sensor, its partitions registered as the daemon does."""
    definitions = build(settings)
    context = dg.build_sensor_context(
        instance=instance,
        resources={"platform": Platform(settings)},
        repository_def=definitions.get_repository_def(),
    )
    result = definitions.resolve_sensor_def("new_uploads")(context)
    assert isinstance(result, dg.SensorResult)
    for request in result.dynamic_partitions_requests or []:
        instance.add_dynamic_partitions(request.partitions_def_name, list(request.partition_keys))
    return result


def test_a_file_is_read_once_and_its_rows_become_truth(imported: Settings, tmp_path: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        (request,) = ticked(imported, instance).run_requests or []
        assert request.partition_key is not None
        assert request.partition_key.startswith("obs.csv@")
        job = build(imported).resolve_job_def("read_uploads")
        read = job.execute_in_process(
            instance=instance, partition_key=request.partition_key, run_config=SILENT
        )
        assert checks(read) == {"uploads:contract": True}
        take_in(imported, tmp_path, ROWS)
        assert not ticked(imported, instance).run_requests
        take_in(imported, tmp_path, ROWS + f"{DAY_KEY} 03:00,miami,25\n")
        assert len(ticked(imported, instance).run_requests or []) == 1
        run_job(imported, "truth", [DAY_KEY], instance)
    warehouse = Platform(imported).warehouse
    rows = warehouse.read("observations", OBSERVATION, [DAY_KEY])
    mine = rows[rows["source"] == "mine"]
    assert mine[["location_id", "time", "temperature_c"]].to_numpy().tolist() == [
        ["denver", pd.Timestamp(f"{DAY_KEY}T00Z"), 20.5]
    ]
    assert set(rows["source"]) == {"mine", "stations"}
    table = next((imported.data_dir / "warehouse" / "quarantine" / "uploads").iterdir()).name
    bad = warehouse.read(f"quarantine/uploads/{table}", QUARANTINE)
    assert sorted(bad["value"]) == ["999", "hot"]
    assert bad["reason"].str.len().min() > 0
