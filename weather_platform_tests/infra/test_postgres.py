"""A URL of Postgres is refused or fails without a word of its password."""

import traceback

import pytest
from pydantic import SecretStr

from weather_platform.infra.configuration.settings import Settings, read_settings
from weather_platform.infra.configuration.wrong_settings import SettingsError
from weather_platform.infra.postgres import PostgresError, UnknownToPostgresError, connect, wait_for
from weather_platform_tests.postgres_fixtures import free_port

MISTYPED = [
    " postgresql://user:S3CR3T@host/db",
    "postgresql://user:S3CR3T@host/db\n",
    "postgresql://user:S3\nCR3T@host/db",
    "postgresql://user:S3 CR3T@host/db",
    "postgres://user:S3CR3T@host/db",
    "postgres:user:S3CR3T@host/db",
    "user:S3CR3T@host/db",
    "S3CR3T",
    "",
    "postgresql://user:S3CR3T@host:port/db",
    "postgresql://user:S3CR3T@host:99999/db",
    "postgresql://user:S3/CR3T@host/db",
    "postgresql://user:12/S3CR3T@host/db",
    "postgresql://user:12?S3CR3T@host/db",
    "postgresql://user:12#S3CR3T@host/db",
    "postgresql://user:12@S3CR3T@host/db",
    "postgresql://user:S3CR3T%zz@host/db",
    "postgresql://user:[S3CR3T@host/db",
    "postgresql://user:S3CR3T@/db",
    "postgresql:///S3CR3T",
]


@pytest.mark.parametrize("url", MISTYPED)
def test_a_mistyped_url_is_refused_by_name(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEATHER_POSTGRES_URL", url)
    with pytest.raises(SettingsError, match=r"^WEATHER_POSTGRES_URL: it.*; should be like") as refused:
        read_settings()
    said = "".join(traceback.format_exception(refused.value))
    assert not any(part in said for part in ("S3", "CR3T"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:S3%2FCR3T@host/db",
        "postgresql://host:6543/db?sslmode=require",
        "postgresql://user@[::1]:5432/db",
        "postgresql://user:pass@/db?host=/cloudsql/p:r:i",
    ],
)
def test_a_good_url_stays_as_it_is(url: str) -> None:
    kept = Settings(postgres_url=SecretStr(url)).postgres_url
    assert kept is not None
    assert kept.get_secret_value() == url


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("postgresql://S3:CR3T@127.0.0.1:9/S3", "127.0.0.1:9"),
        ("postgresql://S3:CR3T@/S3?host=/nowhere", "/nowhere:5432"),
        ("postgresql://S3:CR3T@127.0.0.1:9/S3?S3=CR3T", "127.0.0.1:9"),  # the driver quotes what it rejects
    ],
)
def test_a_failed_connection_tells_host_and_port_alone(url: str, where: str) -> None:
    with pytest.raises(
        PostgresError, match=f"^no connection to Postgres at {where}: [A-Za-z]+Error$"
    ) as raised:
        connect(SecretStr(url))
    assert (raised.value.__cause__, raised.value.__context__) == (None, None)


def test_nobody_waits_for_ever_for_a_server() -> None:
    pauses: list[float] = []
    with pytest.raises(PostgresError, match="no connection to Postgres at 127"):
        wait_for(SecretStr(f"postgresql://weather@127.0.0.1:{free_port()}/postgres"), pauses.append)
    assert 240 <= sum(pauses) <= 600


@pytest.mark.parametrize(
    ("user", "name"),
    [("guarded:S3CR3T", "postgres"), ("guarded", "postgres"), ("nobody", "postgres"), ("weather", "nowhere")],
)
def test_a_server_that_refuses_who_asks_is_told_at_once(postgres: str, user: str, name: str) -> None:
    """Found by trying: with a wrong password each tick waited five minutes, as for a server that is away."""
    url = f"{postgres}/{name}".replace("weather@", f"{user}@")

    def pause(_seconds: float) -> None:
        pytest.fail("it will not be another one's")

    with pytest.raises(
        UnknownToPostgresError, match=r"^Postgres at 127.0.0.1:\d+ refuses the user, password or database$"
    ) as raised:
        wait_for(SecretStr(url), pause)
    assert (raised.value.__cause__, raised.value.__context__) == (None, None)
