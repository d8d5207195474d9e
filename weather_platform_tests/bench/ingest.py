"""Bytes over loopback with 50 ms of latency each, to stored payloads, to validated rows: 200 places, one
week.

Open-Meteo is asked for three models, as by default, so its rows are feed × place × hour. OpenWeatherMap
serves a step every 3 hours and no more than 40, so a week of it is 40 rows per place.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from weather_platform.core.fetching.fetch import fetch_cycles
from weather_platform.core.fetching.payloads import Damaged
from weather_platform.core.parsing.parse import parse_payloads
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Horizon, Provider
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.objects.local import LocalObjects
from weather_platform.infra.stores.payload_store import PayloadStore
from weather_platform.infra.web.http import client
from weather_platform_tests.replies import START

PLACES = 200
DELAY_SECONDS = 0.05
_RUNS = 3


def measure() -> dict[str, float]:
    """`ingest_rows_per_s_50ms` for Open-Meteo, and `ingest_rows_per_s_50ms_<provider>` for the others."""
    figures = {}
    with _server() as url:
        settings = Settings(profile="sandbox", sandbox_url=url)
        for name, provider in PROVIDERS.items():
            rate = max(_rows_per_second(provider, settings) for _ in range(_RUNS))
            figures["ingest_rows_per_s_50ms" + ("" if name == "open_meteo" else f"_{name}")] = rate
    return figures


def _rows_per_second(provider: Provider, settings: Settings) -> float:
    cycle = CYCLE.floor(START)
    places = [Place(f"p-{i:03d}", 38.8 + i / 2000, -77.1 + i / 2000, country="US") for i in range(PLACES)]
    with tempfile.TemporaryDirectory() as folder:
        store = PayloadStore(LocalObjects(Path(folder)))
        began = time.perf_counter()
        failures = asyncio.run(_fetch(provider, settings, places, store))
        damaged: list[Damaged] = []
        parsed = parse_payloads(provider, store.read(provider.name, [cycle], damaged))
        seconds = time.perf_counter() - began
    if failures or damaged or len(parsed.quarantine) or parsed.rows["location_id"].nunique() != PLACES:
        raise AssertionError(f"{provider.name}: {failures[:2]}, {parsed.quarantine.head(2)}")
    return len(parsed.rows) / seconds


async def _fetch(
    provider: Provider, settings: Settings, places: list[Place], store: PayloadStore
) -> list[object]:
    requests = provider.requests(places, Horizon(167))
    async with client(provider, settings) as http:
        known = START - timedelta(minutes=5)
        return list(await fetch_cycles(provider, http, requests, [START], store, now=lambda _cycle: known))


@contextmanager
def _server() -> Iterator[str]:
    command = [sys.executable, "-m", "weather_platform_tests.bench.slow_server", str(DELAY_SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield line.removeprefix("listening on ").strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    print(measure())  # noqa: T201 - this is its output
