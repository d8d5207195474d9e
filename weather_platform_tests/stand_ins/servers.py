"""Stand-ins as subprocesses: each on free ports of loopback, ready when the context begins, stopped by pid.

Belongs here: how one is started and known to be ready. Does not: what is asked of it.
"""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from weather_platform_tests.stand_ins.environments import environment, newer_python

PROJECT = "stand-in"
_READY_WITHIN_SECONDS = 60


@dataclass(frozen=True)
class BigQuery:
    """Where a stand-in for BigQuery listens. `storage` is host:port of its Storage Read API, plain gRPC."""

    name: str
    endpoint: str
    storage: str


@contextmanager
def fake_gcs(folder: Path, data: Path | None = None) -> Iterator[str]:
    """fake-gcs-server's URL; objects in memory, or as files below `data`. Log in `folder`."""
    (binary,) = environment("fake_gcs").glob("lib/*/site-packages/**/fake-gcs-server-linux-amd64")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    kept = (
        ["-backend", "memory"] if data is None else ["-backend", "filesystem", "-filesystem-root", str(data)]
    )
    command = [str(binary), "-scheme", "http", *kept, "-host", "127.0.0.1", "-port", str(port)]
    command += ["-external-url", url, "-public-host", f"127.0.0.1:{port}", "-log-level", "error"]
    with _running(command, f"{url}/storage/v1/b?project={PROJECT}", folder / "fake_gcs.log"):
        yield url


@contextmanager
def bqemulator(folder: Path) -> Iterator[BigQuery]:
    """bqemulator, in memory."""
    rest, grpc = free_port(), free_port()
    python = environment("bqemulator") / "bin" / "python"
    command = [str(python), str(Path(__file__).with_name("bqemulator_main.py")), "start", "--ephemeral"]
    command += ["--rest-port", str(rest), "--grpc-port", str(grpc), "--project", PROJECT]
    command += ["--log-level", "error"]
    with _running(command, _datasets(rest), folder / "bqemulator.log"):
        yield BigQuery("bqemulator", f"http://127.0.0.1:{rest}", f"127.0.0.1:{grpc}")


@contextmanager
def local_bigquery(folder: Path) -> Iterator[BigQuery]:
    """local-bigquery, its data below `folder`. Needs Python 3.13."""
    rest, grpc = free_port(), free_port()
    env = environment("local_bigquery", newer_python((3, 13)))
    command = [str(env / "bin" / "local-bigquery"), "--host", "127.0.0.1", "--port", str(rest)]
    command += ["--grpc-port", str(grpc), "--project", PROJECT, "--data-dir", str(folder / "data"), "serve"]
    home = {"HOME": str(_home_with_extensions(env))}
    with _running(command, _datasets(rest), folder / "local_bigquery.log", home):
        yield BigQuery("local_bigquery", f"http://127.0.0.1:{rest}", f"127.0.0.1:{grpc}")


def _home_with_extensions(env: Path) -> Path:
    """A home in which DuckDB finds the extensions that came as wheels, where it would download them."""
    for source in env.glob("lib/*/site-packages/duckdb_extension_*/extensions/*/*.duckdb_extension"):
        target = env / "home" / ".duckdb" / "extensions" / source.parent.name / "linux_amd64" / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.copy(source, target)
    return env / "home"


def _datasets(port: int) -> str:
    return f"http://127.0.0.1:{port}/bigquery/v2/projects/{PROJECT}/datasets"


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(
    command: Sequence[str], ready: str, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[None]:
    # In UTC, as what it stands in for: fake-gcs-server tells times in the zone of its machine.
    environ = os.environ | {"TZ": "UTC"} | dict(env or {})
    # To a file: a pipe that nobody drains would block it.
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environ)  # noqa: S603 - a stand-in
    try:
        _wait(process, ready, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)


def _wait(process: subprocess.Popen[bytes], ready: str, log: Path) -> None:
    give_up = time.monotonic() + _READY_WITHIN_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        try:
            with urllib.request.urlopen(ready, timeout=30):  # noqa: S310 - loopback
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError(f"{Path(process.args[0]).name} did not come up: {log.read_text()[-2000:]}")  # type: ignore[arg-type]
