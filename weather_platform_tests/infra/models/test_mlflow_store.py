"""MLflow that is not there is told in time, and its address never tells a password."""

import asyncio
import base64
import os
import shutil
import sqlite3
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.configuration.wrong_settings import SettingsError
from weather_platform.infra.models import mlflow_client
from weather_platform.infra.models.mlflow_client import RegistryDownError, RegistryOutdatedError
from weather_platform.infra.models.mlflow_store import opened
from weather_platform.infra.models.registry import ModelRegistry
from weather_platform_tests.loopback import Answer, Seen, serve
from weather_platform_tests.postgres_fixtures import free_port

EXPERIMENT = b'{"experiment": {"experiment_id": "7", "name": "weather_platform"}}'
SECRET = "S3cretPassw0rd"  # noqa: S105 - planted
NOBODY = f"svc:{SECRET}@127.0.0.1:{{port}}"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    for name in ("USERNAME", "PASSWORD"):  # what the opening sets is gone after the test
        monkeypatch.setenv(f"MLFLOW_TRACKING_{name}", "")


def at(uri: str, folder: Path) -> Settings:
    return Settings(data_dir=folder, mlflow_tracking_uri=SecretStr(uri))


@pytest.mark.parametrize(
    "uri",
    [
        f"http://{NOBODY}/",
        f"http://svc:{SECRET}/unescaped@127.0.0.1:{{port}}/",
        f"ftp://{NOBODY}/",
        f"oddity://{NOBODY}/x?password={SECRET}",
    ],
)
def test_no_exception_shows_a_password(uri: str, tmp_path: Path) -> None:
    settings = at(uri.format(port=(port := free_port())), tmp_path)
    with pytest.raises(RegistryDownError, match=f"MLflow does not answer at 127.0.0.1:{port} ") as caught:
        ModelRegistry(settings)
    said = "".join(traceback.format_exception(caught.value))
    assert SECRET not in f"{said} {settings!r} {settings.model_dump_json()}"


async def test_a_server_is_told_user_and_password_and_its_later_errors_quote_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Seen] = []

    def answer(request: Seen) -> Answer:
        seen.append(request)
        known = "experiments/get-by-name" in request.target
        return Answer(EXPERIMENT, headers={"content-type": "application/json"}) if known else Answer(b"", 500)

    async with serve(answer) as url:
        settings = at(url.replace("http://", f"http://svc:{SECRET}%2F@"), tmp_path)
        store = await asyncio.to_thread(opened, settings)
        with pytest.raises(Exception, match="500") as caught:
            await asyncio.to_thread(store.client.get_run, "0")
    assert store.experiment == "7"
    asked = base64.b64encode(f"svc:{SECRET}/".encode()).decode()
    assert {request.headers["authorization"] for request in seen} == {f"Basic {asked}"}
    assert SECRET not in "".join(traceback.format_exception(caught.value)) + repr(store)


def test_a_database_that_is_down_is_told_when_patience_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mlflow_client, "_PATIENCE_SECONDS", 0.0)
    began, port = time.monotonic(), free_port()
    with pytest.raises(RegistryDownError, match=f"at 127.0.0.1:{port} "):
        opened(at(f"postgresql://{NOBODY}/mlflow".format(port=port), tmp_path))
    assert time.monotonic() - began < 20, "MLflow itself would have tried for 106 s"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    """The folder of a new local store, and our experiment's ids for three that open it at once."""
    folder = tmp_path_factory.mktemp("made")
    with ThreadPoolExecutor(3) as pool:
        found = pool.map(lambda _: opened(Settings(data_dir=folder)).experiment, range(3))
        return folder, set(found)


def test_several_that_open_a_new_local_store_at_once_find_one_experiment(made: tuple[Path, set[str]]) -> None:
    assert len(made[1]) == 1


def test_a_schema_of_another_release_is_told_with_its_remedy_and_not_as_a_silence(
    made: tuple[Path, set[str]], tmp_path: Path
) -> None:
    """On a copy: within a process MLflow looks at a database's schema once."""
    old = tmp_path / "old.db"
    shutil.copy(made[0] / "mlflow" / "mlflow.db", old)
    with closing(sqlite3.connect(old)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '451aebb31d03'")
    with pytest.raises(RegistryOutdatedError, match=r"another release.*`mlflow db upgrade ") as caught:
        opened(at(f"sqlite:///{old}", tmp_path))
    said = "".join(traceback.format_exception(caught.value))
    assert "does not answer" not in said
    assert str(old) not in said, "of a server's database the address holds a password"


def test_on_google_cloud_no_store_is_made_within_the_container(tmp_path: Path) -> None:
    settings = Settings(profile="gcp", gcp_project="p", bucket="b", data_dir=tmp_path / "data")
    with pytest.raises(SettingsError, match="WEATHER_MLFLOW_TRACKING_URI"):
        ModelRegistry(settings)
    assert not settings.data_dir.exists()


def test_patience_with_whoever_is_silent_is_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """As docs/reliability.md says. Between tries MLflow waits 0, 4, 8, ... s, and up to a second more."""
    for name in ("MAX_RETRIES", "TIMEOUT"):
        monkeypatch.delenv(f"MLFLOW_HTTP_REQUEST_{name}", raising=False)
    mlflow_client._prepare()
    retries, timeout = (int(os.environ[f"MLFLOW_HTTP_REQUEST_{name}"]) for name in ("MAX_RETRIES", "TIMEOUT"))
    between = sum(2 * 2**n + 1 for n in range(1, retries))
    assert (retries + 1) * timeout + between <= 30
    addresses = 2  # of a name like localhost
    database = mlflow_client._PATIENCE_SECONDS + mlflow_client._PAUSE_SECONDS
    assert database + addresses * mlflow_client._CONNECT_SECONDS <= 30
