"""All that is pruned of one deployment, for the nightly job and the command.

Belongs here: that it is the history of runs and what is half-written. Does not: what may go of each
(infra.instance.pruning, infra.homes.home).
"""

from datetime import datetime
from typing import TYPE_CHECKING

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.homes.home import home_of
from weather_platform.infra.instance.pruning import prune

if TYPE_CHECKING:
    import dagster as dg


def prune_all(
    settings: Settings, instance: "dg.DagsterInstance", now: datetime, *, dry: bool = False
) -> dict[str, int]:
    """Delete what is too old; returns how many of each kind went, or would go where `dry`."""
    half_written = home_of(settings).prune_half_written(now, dry=dry)
    return {**prune(instance, settings.retention, now, dry=dry), "half_written_files": half_written}
