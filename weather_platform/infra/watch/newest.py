"""What each table has newest, by data time: of what a deployment is judged by, and what the report tells.

Belongs here: how far back is looked, and what is read for it. Does not: whether that is late
(core.health.checks).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.contracts.learned import PREDICTION
from weather_platform.core.contracts.truth import RECONCILED
from weather_platform.core.grid import computed
from weather_platform.core.partitions import CYCLE, DAY, Grain
from weather_platform.core.providers.spec import Provider
from weather_platform.core.trust.unsound import FeedsNow, feeds_now
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

# So many partitions back is looked: further than whatever is still no error (core.health.checks).
_LOOK_BACK = 10
# So many cycles back it is told since when a feed is unsound: a week.
_JUDGED = 28


class Newest(NamedTuple):
    """When something was there last, None where it never was. With `longer` it was before that: none of the
    newest partitions has any, and no older one was looked at.
    """

    at: datetime | None
    longer: bool = False


def forecast_keys(platform: Platform, provider: Provider) -> list[str]:
    """Keys of the provider's cycles, sorted."""
    return platform.warehouse.keys(f"forecasts/{provider.name}")


def newest_cycles(platform: Platform, provider: Provider) -> dict[str, Newest]:
    """Of each of the provider's feeds."""
    keys, table = forecast_keys(platform, provider), f"forecasts/{provider.name}"
    rows = platform.warehouse.expression(table, FORECAST, keys[-_LOOK_BACK:])
    # Reduced where they lie: of 1,000 places and three models they are five million, every ten minutes.
    spoke = computed(rows.group_by("feed").agg(cycle=rows.cycle.max())).set_index("feed")["cycle"]
    return {
        feed: Newest(spoke[feed].to_pydatetime()) if feed in spoke else _before(keys, CYCLE)
        for feed in map(provider.feed, provider.models)
    }


def newest_hour(platform: Platform) -> Newest:
    """Of all observations."""
    keys = platform.warehouse.keys("observations")
    for key in reversed(keys[-_LOOK_BACK:]):
        rows: pd.DataFrame = platform.warehouse.read("observations", RECONCILED, [key], ["time"])
        if len(rows):
            return Newest(rows["time"].max().to_pydatetime())
    return _before(keys, DAY)


def newest_prediction(platform: Platform) -> Newest:
    """The start of the newest cycle that was predicted."""
    keys = platform.warehouse.keys("predictions")
    for key in reversed(keys[-_LOOK_BACK:]):
        if platform.warehouse.expression("predictions", PREDICTION, [key]).count().execute():
            return Newest(CYCLE.start(key))
    return _before(keys, CYCLE)


def _before(keys: Sequence[str], grain: Grain) -> Newest:
    """What is in none of the newest of these partitions."""
    return Newest(grain.start(keys[-_LOOK_BACK]), longer=True) if len(keys) > _LOOK_BACK else Newest(None)


def judged(platform: Platform) -> FeedsNow | None:
    """What the newest verdicts on feeds say; None where none was made yet."""
    keys = platform.warehouse.keys("feed_health")[-_JUDGED:]
    rows = platform.warehouse.read("feed_health", FEED_HEALTH, keys)
    return feeds_now(rows, platform.settings.targets)
