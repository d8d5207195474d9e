"""What tests of fetching ask with: a store in memory, and a provider on loopback."""

from collections.abc import Callable
from datetime import datetime

from weather_platform.core.fetching.breaker import Breaker
from weather_platform.core.fetching.fetch import Failure, fetch_cycles
from weather_platform.core.fetching.payloads import Meta
from weather_platform.core.fetching.quota import Limiter
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.spec import Horizon, Provider
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.web.http import client
from weather_platform_tests.loopback import Answer, Seen, serve
from weather_platform_tests.replies import START, encoded, met_norway

CYCLES = [START, START + CYCLE.length]
PLACES = [Place(f"p{i}", 46.5 + i, 7.0, country="US") for i in range(5)]


class Kept:
    """A store in memory."""

    def __init__(self) -> None:
        self.payloads: dict[tuple[datetime, str], tuple[Meta, bytes]] = {}

    def requests(self, provider: str, cycle: datetime) -> set[str]:
        return {
            name
            for (start, name), (meta, _) in self.payloads.items()
            if (start, meta.provider) == (cycle, provider)
        }

    def body(self, _provider: str, cycle: datetime, request: str) -> bytes | None:
        return self.payloads.get((cycle, request), (None, None))[1]

    def save(self, meta: Meta, body: bytes) -> None:
        assert (meta.cycle, meta.request) not in self.payloads
        self.payloads[meta.cycle, meta.request] = (meta, body)


async def fetch(
    provider: Provider,
    answer: Callable[[Seen], Answer],
    store: Kept,
    cycles: list[datetime] = CYCLES,
    limiter: Limiter | None = None,
    breaker: Breaker | None = None,
) -> list[Failure]:
    async with serve(answer) as url:
        settings = Settings(profile="sandbox", sandbox_url=url)
        async with client(provider, settings) as http:
            return await fetch_cycles(
                provider,
                http,
                provider.requests(PLACES, Horizon(120)),
                cycles,
                store,
                now=settings.sandbox_now,
                limiter=limiter,
                breaker=breaker,
            )


def forecast(_seen: Seen) -> Answer:
    return Answer(encoded(met_norway()))
