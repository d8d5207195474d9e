"""All that is pruned of one deployment, for the nightly job and the command.

Belongs here: which stores are looked at. Does not: what may go of each (infra.pruning, model_registry).
"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from weather_platform.infra.drop_box import DROP_BOX
from weather_platform.infra.pruning import prune, prune_half_written
from weather_platform.infra.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

_FOLDERS = ("objects", "report", "warehouse")


def prune_all(
    settings: Settings, instance: "dg.DagsterInstance", now: datetime, *, dry: bool = False
) -> dict[str, int]:
    """Delete what is too old; returns how many of each kind went, or would go where `dry`. Buckets and
    BigQuery end what is half-written by themselves. Of the drop box nothing goes, whatever it is called.
    """
    half_written = 0 if settings.profile == "gcp" else _half_written(settings.data_dir, now, dry=dry)
    return {**prune(instance, settings.retention, now, dry=dry), "half_written_files": half_written}


def _half_written(data_dir: Path, now: datetime, *, dry: bool) -> int:
    """Of the data folder itself, where the heartbeat is, its own files alone: Dagster's and MLflow's folders
    lie there too, and whatever else its owner put there.
    """
    drop_box = data_dir / "objects" / DROP_BOX
    ours = [prune_half_written(data_dir / name, now, spared=drop_box, dry=dry) for name in _FOLDERS]
    return sum(ours) + prune_half_written(data_dir, now, below=False, dry=dry)
