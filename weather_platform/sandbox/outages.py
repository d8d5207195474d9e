"""When a provider is down as a whole: about twice a month, for 2 to 36 hours, at times fixed by the seed."""

from weather_platform.sandbox.feeds import PROVIDERS
from weather_platform.sandbox.noise import generator
from weather_platform.sandbox.world import BLOCK_HOURS

_PER_BLOCK = 4.0  # of 60 days
_LONGEST_HOURS = 36.0


def outages(seed: int, provider: str, block: int) -> list[tuple[float, float]]:
    """Outages that start in a block of 60 days, as (start, end) in hours since 1970."""
    draw = generator(seed, "outages", PROVIDERS.index(provider), block)
    count = int(draw.poisson(_PER_BLOCK))
    starts = block * BLOCK_HOURS + draw.uniform(0, BLOCK_HOURS, count)
    lengths = draw.uniform(2, _LONGEST_HOURS, count)
    return sorted(zip(starts.tolist(), (starts + lengths).tolist(), strict=True))


def is_down(seed: int, provider: str, now: float) -> bool:
    """Whether a provider is down at `now` (Unix seconds)."""
    hour = now / 3600
    block = int(hour // BLOCK_HOURS)
    return any(
        start <= hour < end for near in (block - 1, block) for start, end in outages(seed, provider, near)
    )
