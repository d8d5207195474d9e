"""A small finished deployment that many tests look at, and what it takes to run parts of it again.

Belongs here: the deployment, its jobs as Dagster runs them, and fingerprints of what they leave. Does not:
any expectation. Tests that write take a copy.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from rich.console import Console

from weather_platform.cli.flow import run_flow
from weather_platform.cli.steps import Period
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Provider
from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.platform import Platform
from weather_platform.sandbox.launch import start
from weather_platform_tests.registry_fixtures import RegistryIn

PLACES = """\
location_id,name,country,latitude,longitude,elevation_m
denver,Denver,US,39.739,-104.990,1609
miami,Miami,US,25.762,-80.192,2
kathmandu,Kathmandu,NP,27.717,85.324,1400
"""
FIRST = datetime(2026, 8, 1, tzinfo=UTC)
# Eight days are the fewest that train a model of each variable, and leave four to predict and verify.
PERIOD = Period(FIRST, FIRST + timedelta(days=8), FIRST + timedelta(days=12))
SILENT = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Lived:
    """A data folder in which every job was run over PERIOD, and the settings it was run with."""

    settings: Settings

    def copied_to(self, folder: Path) -> Settings:
        """Settings of a copy that may be written to."""
        shutil.copytree(self.settings.data_dir, folder / "data")
        return self.settings.model_copy(update={"data_dir": folder / "data"})

    @property
    def warehouse(self) -> Path:
        """The folder of tables."""
        return self.settings.data_dir / "warehouse"


@pytest.fixture(scope="session")
def places_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three places, two of them in the US, where NWS answers."""
    path = tmp_path_factory.mktemp("places") / "places.csv"
    path.write_text(PLACES)
    return path


@pytest.fixture(scope="session")
def small_sandbox(places_file: Path) -> Iterator[str]:
    """A sandbox of those places that lasts the session; switch no fault on in it."""
    with start(places_file) as sandbox:
        yield sandbox.url


@pytest.fixture
def fresh(tmp_path: Path, places_file: Path, small_sandbox: str, registry_in: RegistryIn) -> Settings:
    """An empty deployment on that sandbox, with three providers and a short horizon; its registry of models
    is made and nobody opened it."""
    return deployment(registry_in(tmp_path / "data"), places_file, small_sandbox)


@pytest.fixture(scope="session")
def lived(
    tmp_path_factory: pytest.TempPathFactory, places_file: Path, small_sandbox: str, registry_in: RegistryIn
) -> Lived:
    """The finished deployment, made once even where several processes share the tests."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "lived"
    shared.mkdir(exist_ok=True)
    settings = deployment(shared / "data", places_file, small_sandbox)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            if not settings.data_dir.exists():
                registry_in(settings.data_dir)
            with (shared / "told.txt").open("w") as told:
                run_flow(settings, PERIOD, Console(file=told))
            (shared / "done").touch()
    return Lived(settings)


def deployment(data_dir: Path, places_file: Path, sandbox_url: str) -> Settings:
    """Settings of a small deployment on a sandbox."""
    return Settings(
        data_dir=data_dir,
        locations_file=places_file,
        sandbox_url=sandbox_url,
        providers=("open_meteo", "met_norway", "nws"),
        horizon_hours=30,
        first_day=FIRST.date(),
    )


_built: list[tuple[Settings, dict[str, Provider], Platform, dg.Definitions]] = []


def definitions_for(settings: Settings) -> dg.Definitions:
    """As `build` gives them, on a platform that has opened nothing. Those of the last settings are kept:
    tests run one job after the other, and building takes a tenth of a second."""
    if not _built or _built[0][:2] != (settings, PROVIDERS):
        platform = Platform(settings)
        _built[:] = [(settings, dict(PROVIDERS), platform, build(settings, platform))]
    _, _, platform, definitions = _built[0]
    vars(platform).clear()
    Platform.__init__(platform, settings)
    return definitions


def run_job(
    settings: Settings,
    job: str,
    keys: list[str] | None = None,
    instance: dg.DagsterInstance | None = None,
    config: dict[str, object] | None = None,
) -> dg.ExecuteInProcessResult:
    """Run a job over the range from the first to the last key, as a backfill does; all of it without keys."""
    resolved = definitions_for(settings).resolve_job_def(job)
    ops = {node.name: {"config": config} for node in resolved.nodes} if config else {}
    span = {"start": keys[0], "end": keys[-1]} if keys else {}
    return resolved.execute_in_process(
        instance=instance,
        run_config=SILENT | ({"ops": ops} if ops else {}),
        tags={f"dagster/asset_partition_range_{end}": key for end, key in span.items()},
    )


def run_assets(settings: Settings, names: list[str], keys: list[str]) -> dg.ExecuteInProcessResult:
    """Materialize some assets of one grain over the range from the first to the last key; those without
    partitions without keys."""
    assets = [dg.AssetKey(name.split("/")) for name in names]
    job = dg.define_asset_job("chosen", dg.AssetSelection.assets(*assets))
    merged = dg.Definitions.merge(definitions_for(settings), dg.Definitions(jobs=[job]))
    resolved = merged.resolve_job_def("chosen")
    span = {"start": keys[0], "end": keys[-1]} if keys else {}
    return resolved.execute_in_process(
        run_config=SILENT,
        tags={f"dagster/asset_partition_range_{end}": key for end, key in span.items()},
    )


def checks(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    """Outcome of each check of a run, as `asset:check`."""
    return {
        f"{found.asset_key.to_user_string()}:{found.check_name}": found.passed
        for found in result.get_asset_check_evaluations()
    }


def tables(settings: Settings) -> dict[str, str]:
    """Hash of every file of the warehouse, by its name."""
    return fingerprints(settings.data_dir / "warehouse")


def fingerprints(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by its relative name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def versions(settings: Settings) -> list[tuple[str, str, str]]:
    """Name, number and data hash of every registered model version."""
    from mlflow import MlflowClient

    Platform(settings).models  # noqa: B018 - opens the store, quietly
    uri = f"sqlite:///{settings.data_dir.resolve() / 'mlflow' / 'mlflow.db'}"
    found = MlflowClient(tracking_uri=uri, registry_uri=uri).search_model_versions()
    return sorted((entry.name, str(entry.version), entry.tags["data_hash"]) for entry in found)


def cycles(first_day: int, days: int) -> list[str]:
    """Cycle keys of some days, counted from FIRST."""
    begin = FIRST + timedelta(days=first_day)
    return CYCLE.keys(begin, begin + timedelta(days=days))


def days(first_day: int, count: int) -> list[str]:
    """Day keys, counted from FIRST."""
    begin = FIRST + timedelta(days=first_day)
    return DAY.keys(begin, begin + timedelta(days=count))
