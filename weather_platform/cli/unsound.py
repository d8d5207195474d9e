"""The feeds that are not believed now, in a line below whatever stands on them."""

from weather_platform.core.partitions import CYCLE
from weather_platform.infra.platform import Platform


def unsound_now(platform: Platform) -> str:
    """The feeds that say nothing now, or what cannot be believed, empty without any."""
    from weather_platform.infra.watch.newest import judged

    newest = judged(platform)
    if newest is None or not newest.unsound:
        return ""
    feeds = ", ".join(one.feed for one in newest.unsound)
    cycle = CYCLE.key(newest.cycle)
    return f"Silent or not to be believed in cycle {cycle}: {feeds}; `weather-platform doctor` says why."
