"""A real Postgres for the session, and an empty database in it for each test that wants one.

Belongs here: finding, starting and ending the server. Does not: any table.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import psycopg2
import pytest
import yaml

REQUIRED = "WEATHER_REQUIRE_STAND_INS"
_STARTS_WITHIN_SECONDS = 30.0


def free_port() -> int:
    """A port of loopback that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of the server, without a database; the test is skipped, with the reason, where there is no
    Postgres.
    """
    if _binaries() is None:
        reason = "Postgres is not installed (Debian: apt-get install postgresql)"
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(f"{REQUIRED}=1, but {reason}")
        pytest.skip(reason)
    with server() as url:
        yield url


@dataclass
class Server:
    """A running server: its URL, without a database, and the means to start it again."""

    url: str
    command: list[str]
    user: str
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Returns when it answers."""
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            user=self.user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("w"),
        )
        _wait(self.url, self.process, self.folder / "log")

    def stop(self) -> None:
        """Waits for no client: tests that crashed may have left some."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(20)

    def restart(self) -> None:
        """Stops it and starts it again; returns when it answers."""
        self.stop()
        self.start()


@contextmanager
def server() -> Iterator[str]:
    """A server of its own on a free port of loopback, gone when the context ends; yields its URL. It asks
    `guarded` alone for a password, who has none.
    """
    with restartable() as found:
        yield found.url


@contextmanager
def restartable() -> Iterator[Server]:
    """The same, with the server itself. Raises FileNotFoundError where there is no Postgres."""
    binaries, user = _binaries(), _unprivileged()
    if binaries is None:
        raise FileNotFoundError("initdb: Postgres is not installed")
    folder = Path(tempfile.mkdtemp(prefix="weather-postgres-"))
    shutil.chown(folder, user)
    port = free_port()
    # In UTC as Cloud SQL's are; initdb would take the zone of whoever runs the tests.
    settings = ["timezone=UTC", "fsync=off", f"unix_socket_directories={folder}", "shared_buffers=16MB"]
    data = str(folder / "db")
    command = [str(binaries / "postgres"), "-D", data, "-h", "127.0.0.1", "-p", str(port)]
    command += [part for setting in settings for part in ("-c", setting)]
    found = Server(f"postgresql://weather@127.0.0.1:{port}", command, user, folder)
    try:
        initdb = [str(binaries / "initdb"), "-D", data, "-U", "weather", "--auth=trust", "--no-sync"]
        subprocess.run(initdb, user=user, cwd=folder, check=True, capture_output=True)  # noqa: S603
        allowed = folder / "db" / "pg_hba.conf"  # the first line that fits counts
        allowed.write_text(f"host all guarded all scram-sha-256\n{allowed.read_text()}")
        try:
            found.start()
            yield found
        finally:
            found.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def database(postgres: str) -> str:
    """URL of an empty database."""
    name = f"t{uuid.uuid4().hex}"
    query(f"{postgres}/postgres", f"CREATE DATABASE {name}")
    return f"{postgres}/{name}"


@pytest.fixture(scope="session")
def dagsters_tables(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a database in which Dagster's instance has made its tables, to be copied: each making takes
    some fifty connections, half a second of processor time here and half in the server."""
    query(f"{postgres}/postgres", "CREATE DATABASE dagsters_tables")
    folder = tmp_path_factory.mktemp("dagsters_tables")
    storage = {"postgres": {"postgres_url": f"{postgres}/dagsters_tables"}}
    (folder / "dagster.yaml").write_text(yaml.safe_dump({"storage": storage}))
    with dg.DagsterInstance.from_config(str(folder)) as made:
        assert made.event_log_storage and made.run_storage and made.schedule_storage
    return "dagsters_tables"


@pytest.fixture
def dagster_database(postgres: str, dagsters_tables: str) -> str:
    """URL of a database that holds Dagster's tables, without a row of a run. Tests of the making itself take
    `database`."""
    name = f"t{uuid.uuid4().hex}"
    query(f"{postgres}/postgres", f"CREATE DATABASE {name} TEMPLATE {dagsters_tables}")
    return f"{postgres}/{name}"


def query(url: str, sql: str) -> list[tuple[object, ...]]:
    """Rows of one statement, outside any transaction."""
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def until(come: Callable[[], object]) -> None:
    """Returns once it has come, within a minute."""
    deadline = time.monotonic() + 60
    while not come():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def _binaries() -> Path | None:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = str(debian[-1]) if debian else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _unprivileged() -> str:
    """Postgres refuses to run as root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
    while True:
        try:
            query(f"{url}/postgres", "SELECT 1")
        except psycopg2.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"Postgres did not start:\n{log.read_text()}")
            time.sleep(0.05)
        else:
            return
