"""One running sandbox and one simulation in this process, both of the built-in panel and the same seed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from weather_platform.sandbox.launch import start
from weather_platform.sandbox.panel import read_panel
from weather_platform.sandbox.simulation import Simulation

SEED = 7
NOW = datetime(2026, 8, 10, 6, 15, tzinfo=UTC)  # no provider is down then, with this seed

Get = Callable[..., httpx.Response]


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    with start(seed=SEED) as sandbox:
        yield sandbox.url


@pytest.fixture(scope="session")
def get(sandbox_url: str) -> Iterator[Get]:
    """GET a path of the running sandbox as of `now`, with any key in the query and a User-Agent."""
    with httpx.Client(base_url=sandbox_url, headers={"User-Agent": "test (test@example.org)"}) as client:

        def ask(path: str, now: datetime = NOW, **params: str) -> httpx.Response:
            return client.get(path, params=params or None, headers={"X-Sandbox-Now": now.isoformat()})

        yield ask


@pytest.fixture(scope="session")
def simulation() -> Simulation:
    return Simulation(read_panel(), SEED)
