"""A run's lock lasts as long as its holder, whatever becomes of the holder's session at Postgres."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2.extensions
import pytest
from pydantic import SecretStr

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance import run_lock as module
from weather_platform.infra.instance.run_lock import run_lock
from weather_platform.infra.postgres import wait_for
from weather_platform_tests.postgres_fixtures import query, restartable, until

HELD = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"


@pytest.fixture
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AGAIN_SECONDS", 0.02)


@pytest.mark.usefixtures("looks_often", "postgres")
def test_a_restart_of_postgres_takes_no_lock_from_its_holder_and_is_waited_for() -> None:
    """Found by reading: maintenance of the database made every living run look as if its worker was gone. And
    by trying: a worker that its job started meanwhile gave up after 17 s, and nobody made its run.
    """
    with restartable() as server:
        url = f"{server.url}/postgres"
        settings = Settings(postgres_url=SecretStr(url))
        with run_lock(settings, "a run") as mine:
            assert mine
            server.stop()
            waited: list[float] = []

            def pause(seconds: float) -> None:
                waited.append(seconds)
                if len(waited) == 2:
                    server.start()

            for _ in range(2):
                wait_for(SecretStr(url), pause)
            assert len(waited) == 2, "and not at all where it answers"
            until(lambda: query(url, HELD))
            with run_lock(settings, "a run") as another:
                assert not another
        assert not query(url, HELD)


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> list[psycopg2.extensions.connection]:
    """Those of locks, which a server that is slow to notice does not end."""
    known: list[psycopg2.extensions.connection] = []

    class Lingering(psycopg2.extensions.connection):
        def close(self) -> None:
            known.append(self)

    def connect(url: SecretStr, **options: int) -> Lingering:
        return psycopg2.connect(url.get_secret_value(), connection_factory=Lingering, **options)

    monkeypatch.setattr(module, "connect", connect)
    return known


def test_a_lock_is_let_go_before_its_session_has_ended(
    database: str, sessions: list[psycopg2.extensions.connection]
) -> None:
    """Found by tests of lost runs: one was left to a worker that had only looked whether another lives."""
    settings = Settings(postgres_url=SecretStr(database))
    for _ in range(2):
        with run_lock(settings, "a run") as mine:
            assert mine
            assert not query(database, "SELECT 1 FROM pg_stat_activity WHERE state LIKE 'idle in %'")
    assert len(sessions) == 2


def test_postgres_asks_after_a_holder_that_is_silent(
    database: str, sessions: list[psycopg2.extensions.connection]
) -> None:
    """Found by reading: only the holder asked after Postgres, which kept a lock for two hours or longer where
    the holder's machine was gone.
    """
    with run_lock(Settings(postgres_url=SecretStr(database)), "a run"):
        pass
    with sessions[0].cursor() as cursor:
        cursor.execute("SHOW tcp_keepalives_idle")
        assert cursor.fetchone() == ("30",)
    assert sessions[0].info.dsn_parameters["tcp_user_timeout"] == "20000", "and the holder after Postgres"


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="who waits for a file's lock is told by Linux")
def test_who_waits_for_a_files_lock_has_it_once_it_is_let_go(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)

    def waited() -> bool:
        with run_lock(settings, "a version", wait=True) as mine:
            return mine

    with ThreadPoolExecutor(1) as pool:
        with run_lock(settings, "a version") as mine:
            assert mine
            with run_lock(settings, "a version") as another:
                assert not another
            waits = pool.submit(waited)
            until(lambda: waits.done() or "->" in Path("/proc/locks").read_text())  # somebody waits
        assert waits.result(60)
