"""Every reply of a provider, byte for byte as served, with a manifest row per request.

Belongs here: when a provider is asked, and what is shown of it. Does not: how to ask (core.providers,
core.fetching.fetch), or where replies are kept (infra.stores.payload_store). Asking again for a cycle fetches
only what is missing.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import dagster as dg

from weather_platform.core.contracts.forecast import MANIFEST
from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.registry import PREVIOUS_RUNS
from weather_platform.core.providers.spec import Horizon, Provider
from weather_platform.defs import locations
from weather_platform.defs.common import (
    complete_check,
    complete_check_spec,
    contract_check,
    contract_check_spec,
    described,
)
from weather_platform.defs.of_run import of_run
from weather_platform.defs.partitions import by_cycle, keys_of
from weather_platform.defs.said import said
from weather_platform.infra.configuration.named_providers import named
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.lazy_types import DataFrame
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.core.fetching.fetch import Failure
    from weather_platform.core.fetching.quota import Limiter
    from weather_platform.core.places import Place

# A run sleeps through an outage of a few minutes in all; a longer one is left to the next run.
_PATIENCE = timedelta(minutes=4)


def key(provider: Provider) -> dg.AssetKey:
    """Key of a provider's payloads."""
    return dg.AssetKey(["payloads", provider.name])


def in_use(settings: Settings) -> list[Provider]:
    """Providers of this deployment: those named in the settings, or every one that could be asked (see
    `unused`); never one whose terms forbid keeping what it says. Raises SettingsError for a name that no
    provider has.
    """
    return [
        provider
        for provider in named(settings)
        if (settings.providers or unused(provider, settings) is None) and may_be_kept(provider, settings)
    ]


def unused(provider: Provider, settings: Settings) -> str | None:
    """Why a provider that is not named is not asked, and what to do; None where it is."""
    if settings.simulated and not provider.in_sandbox:
        return f"{provider.title} is not simulated; WEATHER_PROFILE=live asks it"
    return settings.unusable(provider)


def may_be_kept(provider: Provider, settings: Settings) -> bool:
    """Whether the provider's terms allow what everything here depends on; what is simulated is nobody's."""
    return settings.simulated or provider.terms.storage != "forbidden"


def build(settings: Settings) -> dg.Definitions:
    """One `payloads/<provider>` asset per provider in use."""
    return dg.Definitions(assets=[_asset(provider, settings) for provider in in_use(settings)])


def _asset(provider: Provider, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=key(provider),
        description=said(__doc__, provider.title),
        ins={"locations": dg.AssetIn(locations.KEY)},
        **by_cycle(settings),
        pool=f"provider_{provider.name}",
        check_specs=[
            contract_check_spec(key(provider)),
            complete_check_spec(key(provider), "Every request of the cycles was answered."),
        ],
        **described(MANIFEST, settings, group="payloads", kinds={"api", "zstandard"}),
    )
    def payloads(
        context: dg.AssetExecutionContext, platform: dg.ResourceParam[Platform], locations: DataFrame
    ) -> Iterator[dg.Output[DataFrame] | dg.AssetCheckResult]:
        from weather_platform.core.fetching.too_late import too_late
        from weather_platform.core.panel.places_file import places_of

        starts = [CYCLE.start(name) for name in keys_of(context)]
        over = [start for start in starts if platform.now(start) >= start + CYCLE.length]
        current = [start for start in starts if start not in over]
        if over:
            context.log.warning(_over(provider, len(over), len(starts)))
        places = [place for place in places_of(locations) if provider.covers(place)]
        failures = asyncio.run(_fetch(context, provider, platform, places, current)) if current else []
        manifest = platform.payloads.manifest(provider.name, starts)
        late = too_late(manifest, places, over)
        yield dg.Output(manifest, metadata=of_run(context, _summary(manifest, failures)))
        yield contract_check(key(provider), manifest, MANIFEST)
        yield _complete(provider, failures, late, len(starts))

    return payloads


async def _fetch(
    context: dg.AssetExecutionContext,
    provider: Provider,
    platform: Platform,
    places: "Sequence[Place]",
    starts: list[datetime],
) -> "list[Failure]":
    """Fetch what is missing of the cycles."""
    from weather_platform.core.fetching.breaker import Breaker, State
    from weather_platform.core.fetching.fetch import fetch_cycles
    from weather_platform.infra.instance.breaker_memory import recall, remember
    from weather_platform.infra.web.http import client

    settings = platform.settings
    asked = provider.requests(places, Horizon(settings.horizon_hours, provider.models))
    # In the sandbox the clock is the cycle's, so nothing of one run's waiting means anything to the next.
    state = State() if settings.simulated else recall(context.instance, provider.name)
    breaker = Breaker(state, timedelta(0) if settings.simulated else _PATIENCE)
    async with client(provider, settings) as http:
        failures = await fetch_cycles(
            provider,
            http,
            asked,
            starts,
            platform.payloads,
            now=platform.now,
            progress=partial(platform.progress, f"fetch {provider.title}"),
            limiter=limiter(platform, provider),
            breaker=breaker,
        )
    if breaker.state != state:
        remember(context.instance, provider.name, breaker.state)
    return failures


def _over(provider: Provider, over: int, of: int) -> str:
    """What a user reads who asks a provider for its past."""
    previous = PREVIOUS_RUNS.get(provider.name)
    past = f"; materialize reconstructed/{provider.name} for what {previous.title} keep" if previous else ""
    return (
        f"{over} of {of} cycles are over: {provider.title} serves only its newest forecast, so nothing is "
        f"fetched for them. Replies that are kept are parsed again{past}; replies kept elsewhere can be "
        "imported (weather-platform import)"
    )


def limiter(platform: Platform, provider: Provider) -> "Limiter | None":
    """What the provider's quota has left, from what is kept of its replies; None in the sandbox, which has no
    limits.
    """
    if platform.settings.simulated:
        return None
    from weather_platform.core.fetching.quota import Limiter
    from weather_platform.infra.reading.spending import spent

    def clock() -> datetime:
        return datetime.now(UTC)

    return Limiter(provider.terms.limits, spent(platform, provider, clock()), now=clock)


def _summary(manifest: "pd.DataFrame", failures: "list[Failure]") -> dict[str, Any]:
    return {
        "bytes_served": int(manifest["bytes"].sum()),
        "quota_weight": float(manifest["quota_weight"].sum()),
        "failed_requests": len(failures),
    }


def _complete(
    provider: Provider, failures: "list[Failure]", late: "list[Failure]", cycles: int
) -> dg.AssetCheckResult:
    """By cycle and reason, counted."""
    reasons = Counter((CYCLE.key(failure.cycle), failure.reason) for failure in [*failures, *late])
    lines = [f"{cycle}: {count} × {reason}" for (cycle, reason), count in sorted(reasons.items())]
    line = f"{len({cycle for cycle, _ in reasons})} of {cycles} cycles were not answered in whole"
    return complete_check(key(provider), lines, line, failed_requests=len(failures))
