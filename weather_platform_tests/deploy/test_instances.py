"""The dagster.yaml files: each loads with every part it names, and runs go to the Cloud Run job of their
role.
"""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import dagster as dg
import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.launcher.base import LaunchRunContext, WorkerStatus
from dagster._core.origin import JobPythonOrigin, RepositoryPythonOrigin
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from weather_platform.definitions import build
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.json_logs import JsonHandler
from weather_platform.infra.roles import ROLES
from weather_platform.infra.run_launcher import RoleCloudRunLauncher
from weather_platform_tests.deploy.homes import DEPLOY, home
from weather_platform_tests.http_server import LoopbackServer

CONFIGS = ["dagster/trio", "dagster/scale_to_zero", "compose"]
JOBS = "projects/p/locations/europe-west1/jobs"


class _Google(BaseHTTPRequestHandler):
    """Cloud Storage says that the bucket is there; Cloud Run notes what is asked of it."""

    def do_GET(self) -> None:
        if "/executions/" in self.path:
            return self._answer({"name": self.path, "failedCount": 1})
        return self._answer({"kind": "storage#bucket", "name": "logs"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append((self.path.removeprefix("/v2/").split("?")[0], body))  # type: ignore[attr-defined]
        metadata = {"@type": "type.googleapis.com/google.cloud.run.v2.Execution", "name": "x/executions/e1"}
        return self._answer({"name": "operations/1", "metadata": metadata})

    def _answer(self, body: object) -> None:
        encoded = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadingHTTPServer]:
    """That server, the environment that terraform gives, and credentials that never leave this machine."""
    server = LoopbackServer(("127.0.0.1", 0), _Google)
    server.asked = []  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True).start()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = {"type": "service_account", "client_email": "a@p.iam.gserviceaccount.com", "project_id": "p"}
    account |= {"private_key": key.decode(), "token_uri": f"http://127.0.0.1:{server.server_port}/token"}
    (tmp_path / "account.json").write_text(json.dumps(account))
    for name, value in {
        "GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "account.json"),
        "GOOGLE_CLOUD_PROJECT": "p",
        "STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{server.server_port}",
        "WEATHER_GCP_PROJECT": "p",
        "WEATHER_GCP_REGION": "europe-west1",
        "WEATHER_LOGS_BUCKET": "logs",
    }.items():
        monkeypatch.setenv(name, value)
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("config", CONFIGS)
def test_every_part_that_a_dagster_yaml_names_loads(
    config: str, google: ThreadingHTTPServer, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEATHER_POSTGRES_URL", database)
    with dg.DagsterInstance.from_config(str(home(tmp_path / "home", config))) as instance:
        assert type(instance.run_storage).__name__ == "PostgresRunStorage"
        assert instance.compute_log_manager is not None
        queued = type(instance.run_coordinator).__name__ == "QueuedRunCoordinator"
        assert queued is (config != "dagster/scale_to_zero")  # without a daemon, nothing may wait for one
        launcher = instance.run_launcher
        assert isinstance(launcher, RoleCloudRunLauncher) is (config != "compose")
        assert instance.run_retries_enabled is queued
        assert (
            not instance.run_retries_enabled
            or not instance.get_settings("run_retries")["retry_on_asset_or_op_failure"]
        )
        assert instance.get_concurrency_config().pool_config.default_pool_limit == 1
        assert not instance.telemetry_enabled
        # Terraform says json; found by reading that no dagster.yaml of a deployment did, so that nothing was.
        handlers = {type(handler) for handler in instance.get_handlers()}
        assert (JsonHandler in handlers) is (config != "compose")


@pytest.mark.parametrize("job", ["fetch", "answer", "day", "train", "read_uploads", "parse"])
def test_a_run_goes_to_the_cloud_run_job_of_its_role(
    job: str,
    google: ThreadingHTTPServer,
    dagster_database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WEATHER_POSTGRES_URL", dagster_database)
    definition = build(Settings()).resolve_job_def(job)
    code = RegisteredCodeLocationOrigin("weather_platform")
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(code, "__repository__"), job)
    with dg.DagsterInstance.from_config(str(home(tmp_path / "home", "dagster/trio"))) as instance:
        launcher = instance.run_launcher
        assert isinstance(launcher, RoleCloudRunLauncher)
        _on_loopback(launcher, google.server_port)
        run = instance.create_run_for_job(
            definition, tags=definition.tags, remote_job_origin=origin, job_code_origin=_code_origin(job)
        )
        launcher.launch_run(LaunchRunContext(run, None))
        ((path, body),) = google.asked  # type: ignore[attr-defined]
        role = {
            "fetch": "ingest",
            "answer": "serve",
            "day": "truth",
            "train": "train",
            "read_uploads": "truth",
        }
        assert path == f"{JOBS}/weather-{role.get(job, 'operate')}:run"
        ((container),) = body["overrides"]["containerOverrides"]
        assert container["args"][1:3] == ["api", "execute_run"]
        assert dagster_database not in json.dumps(body)  # the worker has the password from Secret Manager
        launched = instance.get_run_by_id(run.run_id)
        assert launched is not None
        assert launcher.check_run_worker_health(launched).status == WorkerStatus.FAILED


def test_a_role_without_a_job_is_named() -> None:
    with pytest.raises(ValueError, match="lacks the roles operate, serve, train"):
        RoleCloudRunLauncher(job_name_by_code_location={"ingest": "a", "truth": "b"})


@pytest.mark.parametrize("config", CONFIGS[:2])
def test_every_role_has_a_job_and_one_name_of_the_code_location_is_used(config: str) -> None:
    loaded = yaml.safe_load((DEPLOY / config / "dagster.yaml").read_text())
    assert loaded["run_launcher"]["config"]["job_name_by_code_location"] == {
        role: f"weather-{role}" for role in ROLES
    }
    # Runs that ticks made are of this location (service.worker); the UI lists no other's.
    workspaces = ("dagster/workspace.yaml", "compose/workspace.yaml", "dagster/scale_to_zero/workspace.yaml")
    for workspace in workspaces:
        (loaded,) = yaml.safe_load((DEPLOY / workspace).read_text())["load_from"]
        (code,) = loaded.values()
        assert code["location_name"] == "weather_platform"
    assert "dagster-webserver --workspace deploy/dagster/scale_to_zero/workspace.yaml" in (
        (DEPLOY / "README.md").read_text()
    )


def _on_loopback(launcher: RoleCloudRunLauncher, port: int) -> None:
    """Its clients speak to the stand-in, over REST instead of gRPC."""
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import run_v2
    from google.cloud.run_v2.services.executions.transports.rest import ExecutionsRestTransport
    from google.cloud.run_v2.services.jobs.transports.rest import JobsRestTransport

    where = {"host": f"127.0.0.1:{port}", "url_scheme": "http", "credentials": AnonymousCredentials()}
    launcher.jobs_client = run_v2.JobsClient(transport=JobsRestTransport(**where))
    launcher.executions_client = run_v2.ExecutionsClient(transport=ExecutionsRestTransport(**where))


def _code_origin(job: str) -> JobPythonOrigin:
    pointer = ModuleCodePointer("weather_platform.definitions", "defs")
    repository = RepositoryPythonOrigin("python", pointer, entry_point=["dagster"], container_context={})
    return JobPythonOrigin(job, repository)
