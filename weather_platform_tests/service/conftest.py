"""The service as Cloud Run starts it, with Google's side on loopback and a real Postgres."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import httpx
import pytest

from weather_platform.infra.configuration.settings import Settings
from weather_platform_tests.deploy.homes import home, local_logs
from weather_platform_tests.platform_fixtures import run_job
from weather_platform_tests.postgres_fixtures import free_port
from weather_platform_tests.service.google import Google, google

AUDIENCE = "https://ticks.example.org"
SCHEDULER, PUSH = "scheduler@p.iam.gserviceaccount.com", "push@p.iam.gserviceaccount.com"
BUCKET, JOBS = "uploads-bucket", "projects/p/locations/europe-west1/jobs/weather-"


class Caller:
    """Calls the service as Google's services do, through the front of Cloud Run; a token that is given goes
    past it.
    """

    def __init__(self, url: str, known: Google) -> None:
        self.url, self.google = url, known
        self.http = httpx.Client(base_url=url, timeout=120)

    def tick(self, name: str, at: str, token: str | None = None) -> httpx.Response:
        """As Cloud Scheduler."""
        token = token or self.google.forwarded(self.google.token(SCHEDULER, AUDIENCE))
        headers = {"Authorization": f"Bearer {token}", "X-CloudScheduler-ScheduleTime": at}
        return self.http.post(f"/ticks/{name}", headers=headers)

    def push(self, body: bytes, token: str | None = None) -> httpx.Response:
        """As Pub/Sub."""
        token = token or self.google.forwarded(self.google.token(PUSH, AUDIENCE))
        return self.http.post("/uploads", content=body, headers={"Authorization": f"Bearer {token}"})


def service_environment(database: str, google_url: str, port: int) -> dict[str, str]:
    """What a service is told."""
    return {
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "WEATHER_POSTGRES_URL": database,
        "WEATHER_RUN_ENDPOINT": google_url,
        "WEATHER_TICKS_AUDIENCE": AUDIENCE,
        "WEATHER_TICKS_BEHIND_IAM": "true",
        "WEATHER_TICKS_SCHEDULER": SCHEDULER,
        "WEATHER_TICKS_PUSH": PUSH,
        "WEATHER_TICKS_UPLOADS_BUCKET": BUCKET,
        "WEATHER_TICKS_UPLOADS_PREFIX": "observations/",
        "WEATHER_TICKS_JOBS": JOBS,
        "WEATHER_TICKS_CERTIFICATES_URL": f"{google_url}/certs",
    }


@contextmanager
def served(known: Google, database: str) -> Iterator[str]:
    """The service in a process of its own; yields its URL once it answers."""
    port = free_port()
    environment = service_environment(database, known.url, port)
    command = [sys.executable, "-m", "weather_platform.service"]
    process = subprocess.Popen(command, env=os.environ | environment)  # noqa: S603
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 120
    with httpx.Client() as client:  # each new one reads all certificates, 30 ms of work
        while True:
            try:
                client.get(f"{url}/health").raise_for_status()
            except httpx.HTTPError:
                assert process.poll() is None, "the service ended by itself"
                assert time.monotonic() < deadline, "the service does not answer"
                time.sleep(0.02)
            else:
                return


@pytest.fixture(scope="package")
def service(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    """A service whose jobs are noted and not run; tests share it, each with events of its own."""
    from weather_platform_tests.postgres_fixtures import query

    # Postgres outlives the package where its files are not run one after the other.
    query(f"{postgres}/postgres", "DROP DATABASE IF EXISTS service WITH (FORCE)")
    query(f"{postgres}/postgres", "CREATE DATABASE service")
    with google(tmp_path_factory.mktemp("google")) as known, served(known, f"{postgres}/service") as url:
        yield Caller(url, known)


@pytest.fixture
def quiet_google(tmp_path: Path) -> Iterator[Google]:
    """Google's side alone."""
    with google(tmp_path) as known:
        yield known


@pytest.fixture
def deployed(fresh: Settings, dagster_database: str, tmp_path: Path) -> tuple[dict[str, str], Settings]:
    """Environment and settings of a worker: sandbox, Postgres, the scale-to-zero dagster.yaml. Places are
    read.
    """
    logs = local_logs(tmp_path / "logs")
    environment = {
        "DAGSTER_HOME": str(home(tmp_path / "home", "dagster/scale_to_zero", compute_logs=logs)),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "WEATHER_POSTGRES_URL": dagster_database,
        "WEATHER_SEPARATE_ROLES": "true",
        "WEATHER_DATA_DIR": str(fresh.data_dir),
        "WEATHER_LOCATIONS_FILE": str(fresh.locations_file),
        "WEATHER_SANDBOX_URL": str(fresh.sandbox_url),
        "WEATHER_PROVIDERS": ",".join(fresh.providers),
        "WEATHER_HORIZON_HOURS": str(fresh.horizon_hours),
    }
    run_job(fresh, "read_locations")
    settings = Settings(**(dict(fresh) | {"postgres_url": dagster_database, "separate_roles": True}))
    return environment, settings


@pytest.fixture
def instance(
    deployed: tuple[dict[str, str], Settings], monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    """The instance that the worker's DAGSTER_HOME describes."""
    monkeypatch.setenv("WEATHER_POSTGRES_URL", deployed[0]["WEATHER_POSTGRES_URL"])
    with dg.DagsterInstance.from_config(deployed[0]["DAGSTER_HOME"]) as opened:
        yield opened
