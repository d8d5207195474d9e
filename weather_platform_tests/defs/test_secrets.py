"""A planted API key of each simulated provider that wants one is in nothing that the platform writes."""

import base64
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import pytest
import zstandard
from pydantic import SecretStr

from weather_platform.core.fetching.breaker import State
from weather_platform.core.fetching.payloads import unpack
from weather_platform.core.partitions import CYCLE, DAY
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.definitions import build
from weather_platform.infra.configuration.provider_keys import variable_of
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.instance.dagster_home import instance
from weather_platform.infra.platform import Platform
from weather_platform.infra.stores.payload_store import PayloadStore
from weather_platform.infra.web import guard, http
from weather_platform.sandbox.feeds import PROVIDERS as SIMULATED
from weather_platform.sandbox.launch import start
from weather_platform.sandbox.outages import is_down
from weather_platform_tests.registry_fixtures import RegistryIn

KEYED = {name: PROVIDERS[name] for name in SIMULATED if PROVIDERS[name].auth is not None}
# With signs that are written differently in URLs, so that no escaped form hides it.
KEY = {name: f"planted+{name}/s3cr3t=0123456789" for name in KEYED}
NOTHING_LISTENS = "http://127.0.0.1:9"
FAULTS = (
    "refused",
    "down",
    "redirect",
    "html",
)  # none of them is kept, so that each is followed by further calls


def forms(key: str) -> set[bytes]:
    """The key as it may stand in a URL, a log, or a header."""
    ways = {key, quote(key), quote(key, safe=""), quote_plus(key), key.replace("/", "\\/")}
    return {way.encode() for way in ways} | {base64.b64encode(key.encode())[:-4]}


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder; databases also row by row, payloads also unpacked."""
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield str(path), data
            if data.startswith(b"SQLite format 3"):
                with sqlite3.connect(path) as database:
                    yield str(path), "\n".join(database.iterdump()).encode("utf-8", "replace")
            if "payloads" in path.parts and "objects" in path.parts:
                meta, body = unpack(data, 64_000_000)
                yield str(path), repr(meta).encode() + body
            if data.startswith(zstandard.FRAME_HEADER):
                yield str(path), zstandard.ZstdDecompressor().decompressobj().decompress(data)


def live_job(settings: Settings, job: str, keys: list[str]) -> bool:
    """A job as the daemon runs it, with everything that Dagster logs."""
    span = {"start": keys[0], "end": keys[-1]} if keys else {}
    with instance(settings) as opened:
        return (
            build(settings)
            .resolve_job_def(job)
            .execute_in_process(
                instance=opened,
                tags={f"dagster/asset_partition_range_{end}": key for end, key in span.items()},
                run_config={"loggers": {"console": {"config": {"log_level": "DEBUG"}}}},
                raise_on_error=False,
            )
            .success
        )


@pytest.fixture
def keyed(
    tmp_path: Path, places_file: Path, registry_in: RegistryIn, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """A live deployment whose every setting is as in the environment, with keys planted."""
    monkeypatch.setattr(guard, "refuse_unless_public", lambda _host, _addresses: None)
    monkeypatch.setattr(http, "RETRIES", 1)
    monkeypatch.setattr(http, "LONGEST_WAIT_SECONDS", 0.01)
    monkeypatch.setenv("WEATHER_PROFILE", "live")
    monkeypatch.setenv("WEATHER_DATA_DIR", str(registry_in(tmp_path / "data")))
    monkeypatch.setenv("WEATHER_LOCATIONS_FILE", str(places_file))
    monkeypatch.setenv("WEATHER_PROVIDERS", ",".join(KEYED))
    monkeypatch.setenv("WEATHER_FIRST_DAY", f"{datetime.now(UTC):%Y-%m-%d}")
    for name in KEYED:
        monkeypatch.setenv(variable_of(name), KEY[name])
    return Settings()


def test_keys_are_nowhere(
    keyed: Settings,
    places_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Good replies, refusals, outages, wrong bodies, nobody there, and a store that fails, all at DEBUG."""
    caplog.set_level(logging.DEBUG)
    keys = [CYCLE.key(datetime.now(UTC))]
    live_job(keyed, "read_locations", [])
    with start(places_file, _healthy(datetime.now(UTC))) as sandbox:
        httpx.post(f"{sandbox.url}/clock", json={"now": datetime.now(UTC).isoformat()}).raise_for_status()
        ask(monkeypatch, sandbox.url)
        with monkeypatch.context() as patch:
            patch.setattr(PayloadStore, "save", failing)
            assert not live_job(keyed, "fetch", keys)
        for fault in FAULTS:
            switch(sandbox.url, fault)
            live_job(keyed, "fetch", keys)
        ask(monkeypatch, NOTHING_LISTENS)
        live_job(keyed, "fetch", keys)
        ask(monkeypatch, sandbox.url)
        switch(sandbox.url, "none")
        httpx.post(
            f"{sandbox.url}/faults", json={"provider": "weatherapi", "kind": "truncated"}
        ).raise_for_status()
        assert live_job(keyed, "cycle", keys)
        assert live_job(keyed, "verify", [DAY.key(datetime.now(UTC))])
    assert {name for name in KEYED if Platform(keyed).payloads.requests(name, CYCLE.start(keys[0]))} == set(
        KEYED
    )
    said = capfd.readouterr()
    told = {"logs": caplog.text.encode(), "stdout": said.out.encode(), "stderr": said.err.encode()}
    told["settings"] = f"{keyed!r} {keyed} {keyed.model_dump_json()}".encode()
    places = [*told.items(), *written(keyed.data_dir)]
    kinds = {Path(where).relative_to(keyed.data_dir).parts[0] for where, _ in written(keyed.data_dir)}
    assert {"dagster", "mlflow", "objects", "report", "warehouse"} <= kinds
    assert sum(len(data) for _, data in places) > 100_000
    for key in KEY.values():
        for form in forms(key):
            assert [where for where, data in places if form in data] == []


def test_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    """Otherwise the test above could not fail."""
    (key,) = list(KEY.values())[:1]
    with sqlite3.connect(tmp_path / "a.db") as database:
        database.execute("create table t (x text)")
        database.execute("insert into t values (?)", [f"https://x/y?appid={quote(key, safe='')}&z=1"])
    (tmp_path / "b.zst").write_bytes(zstandard.compress(key.encode() * 3))
    found = {Path(where).name for where, data in written(tmp_path) for form in forms(key) if form in data}
    assert found == {"a.db", "b.zst"}
    assert key not in repr(SecretStr(key))


def _healthy(now: datetime) -> int:
    """A seed of the sandbox in whose world no keyed provider is down now or soon: this test has faults of its
    own, and a live deployment has the clock's own time."""
    soon = [now.timestamp() + 600 * step for step in range(7)]
    return next(
        seed for seed in count() if not any(is_down(seed, name, time) for name in KEYED for time in soon)
    )


def ask(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Put the keyed providers at this address, and forget that they were unwell."""
    for name, provider in KEYED.items():
        address = f"{url}/{name}" if url != NOTHING_LISTENS else url
        monkeypatch.setitem(PROVIDERS, name, replace(provider, base_url=address))
    monkeypatch.setattr("weather_platform.infra.instance.breaker_memory.recall", lambda *_: State())


def switch(url: str, kind: str) -> None:
    for name in KEYED:
        httpx.post(f"{url}/faults", json={"provider": name, "kind": kind}).raise_for_status()


def failing(_store: PayloadStore, meta: object, body: bytes) -> None:
    raise OSError(28, f"No space left on device for {meta} of {len(body)} bytes")
