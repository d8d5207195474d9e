"""All that is pruned of one deployment, for the nightly job and the command.

Belongs here: which stores are looked at. Does not: what may go of each (infra.pruning, model_registry).
"""

from datetime import datetime
from typing import TYPE_CHECKING

from weather_platform.infra.drop_box import DROP_BOX
from weather_platform.infra.pruning import prune, prune_half_written
from weather_platform.infra.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

_FOLDERS = ("objects", "warehouse")


def prune_all(
    settings: Settings, instance: "dg.DagsterInstance", now: datetime, *, dry: bool = False
) -> dict[str, int]:
    """Delete what is too old; returns how many of each kind went, or would go where `dry`. Buckets and
    BigQuery end what is half-written by themselves. Of the drop box nothing goes, whatever it is called.
    """
    folders = [] if settings.profile == "gcp" else [settings.data_dir / name for name in _FOLDERS]
    drop_box = settings.data_dir / "objects" / DROP_BOX
    half_written = sum(prune_half_written(folder, now, spared=drop_box, dry=dry) for folder in folders)
    return {**prune(instance, settings.retention, now, dry=dry), "half_written_files": half_written}
