"""What a panel and a schedule cost of a provider's quota, before anything is asked.

Belongs here: counting calls against limits. Does not: the limits (core.providers.terms), or keeping to them
while fetching (core.fetching.quota).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from weather_platform.core.places import Place
from weather_platform.core.providers.spec import Horizon, Provider, Request
from weather_platform.core.providers.terms import LENGTH, Limit, Window

# A cycle's forecasts should be asked for while they are new, so that all feeds are compared at one lead.
CYCLE_WITHIN_MINUTES = 60


@dataclass(frozen=True)
class Share:
    """How much of a limit the schedule uses; more than 1 does not fit."""

    window: Window
    calls: float
    allowed: float

    @property
    def share(self) -> float:
        """Used over allowed."""
        return self.calls / self.allowed


@dataclass(frozen=True)
class Plan:
    """One provider's part: `calls` and `weight` are of a cycle, `rows_per_day` of all cycles of a day."""

    provider: Provider
    places: int
    calls: int
    weight: float
    shares: tuple[Share, ...]
    rows_per_day: int
    cycles_per_day: int

    @property
    def binds(self) -> Share | None:
        """The limit nearest to its end, None for a provider without limits."""
        return max(self.shares, key=lambda share: share.share, default=None)

    @property
    def fits(self) -> bool:
        """Whether every limit is kept."""
        return self.binds is None or self.binds.share <= 1

    @property
    def places_that_fit(self) -> int | None:
        """About how many places like these the limits allow; None where nothing limits them."""
        if self.binds is None or not self.weight:
            return None
        return int(self.places / self.binds.share)

    @property
    def rows_per_call(self) -> float:
        """Forecast rows for each (weighted) call: what the quota buys."""
        return self.rows_per_day / (self.weight * self.cycles_per_day) if self.weight else 0.0


def plan(provider: Provider, places: Sequence[Place], horizon: Horizon, cycles_per_day: int) -> Plan:
    """The cost of asking for every covered place, `cycles_per_day` times a day."""
    covered = [place for place in places if provider.covers(place)]
    requests = provider.requests(covered, horizon) if covered else []
    weight = weight_of(requests)
    models = len(horizon.models or provider.models)
    return Plan(
        provider,
        places=len(covered),
        calls=sum(map(_calls, requests)),
        weight=weight,
        shares=tuple(_share(limit, weight, cycles_per_day) for limit in provider.terms.limits),
        rows_per_day=len(covered) * models * provider.steps(horizon.hours) * cycles_per_day,
        cycles_per_day=cycles_per_day,
    )


def weight_of(requests: Sequence[Request]) -> float:
    """What requests count against a quota, with what their look-ups lead to, which weighs as much."""
    return sum(request.quota_weight * _calls(request) for request in requests)


def _calls(request: Request) -> int:
    """A request, and where it is a look-up the one that it leads to."""
    return 2 if request.leads_to else 1


def _share(limit: Limit, weight: float, cycles_per_day: int) -> Share:
    """A cycle is spread over an hour; longer windows hold every cycle that starts in them."""
    if limit.window == "minute":
        return Share(limit.window, weight / CYCLE_WITHIN_MINUTES, limit.calls)
    cycles = max(1.0, LENGTH[limit.window] / LENGTH["day"] * cycles_per_day)
    return Share(limit.window, weight * cycles, limit.calls)
