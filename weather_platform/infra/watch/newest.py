"""What each table has newest, by data time: of what a deployment is judged by, and what the report tells.

Belongs here: how far back is looked, and what is read for it. Does not: whether that is late
(core.health.checks).
"""

from datetime import datetime
from typing import TYPE_CHECKING

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.health import FEED_HEALTH
from weather_platform.core.contracts.learned import PREDICTION
from weather_platform.core.contracts.truth import OBSERVATION
from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.spec import Provider
from weather_platform.core.trust.unsound import FeedsNow, feeds_now
from weather_platform.infra.platform import Platform

if TYPE_CHECKING:
    import pandas as pd

# So many partitions back a feed is looked for; one that is silent for longer has none.
_LOOK_BACK = 8
# So many cycles back it is told since when a feed is unsound: a week.
_JUDGED = 28


def forecast_keys(platform: Platform, provider: Provider) -> list[str]:
    """Keys of the provider's cycles, sorted."""
    return platform.warehouse.keys(f"forecasts/{provider.name}")


def newest_cycles(platform: Platform, provider: Provider) -> dict[str, datetime]:
    """Of each of the provider's feeds that spoke lately."""
    keys = forecast_keys(platform, provider)[-_LOOK_BACK:]
    if not keys:
        return {}
    rows = platform.warehouse.read(f"forecasts/{provider.name}", FORECAST, keys, ["feed", "cycle"])
    return {str(feed): cycle.to_pydatetime() for feed, cycle in rows.groupby("feed")["cycle"].max().items()}


def newest_hour(platform: Platform) -> datetime | None:
    """Of all observations."""
    for key in reversed(platform.warehouse.keys("observations")[-_LOOK_BACK:]):
        rows: pd.DataFrame = platform.warehouse.read("observations", OBSERVATION, [key], ["time"])
        if len(rows):
            newest: datetime = rows["time"].max().to_pydatetime()
            return newest
    return None


def newest_prediction(platform: Platform) -> datetime | None:
    """The start of the newest cycle that was predicted."""
    for key in reversed(platform.warehouse.keys("predictions")[-_LOOK_BACK:]):
        if platform.warehouse.expression("predictions", PREDICTION, [key]).count().execute():
            return CYCLE.start(key)
    return None


def judged(platform: Platform) -> FeedsNow | None:
    """What the newest verdicts on feeds say; None where none was made yet."""
    keys = platform.warehouse.keys("feed_health")[-_JUDGED:]
    rows = platform.warehouse.read("feed_health", FEED_HEALTH, keys)
    return feeds_now(rows, platform.settings.targets)
