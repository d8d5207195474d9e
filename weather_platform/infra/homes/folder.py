"""A folder of this machine as a deployment's home.

Belongs here: which store lies where in it. Does not: the stores themselves.
"""

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.objects.shelf import LocalShelf

if TYPE_CHECKING:
    from weather_platform.infra.objects.local import LocalObjects
    from weather_platform.infra.warehouse.parquet import ParquetWarehouse

_OBJECTS, _REPORT, _TABLES = "objects", "report", "warehouse"


class FolderHome:
    """`settings.data_dir`."""

    def __init__(self, settings: Settings) -> None:
        self._given_mlflow = settings.mlflow_tracking_uri is not None
        self.folder: Path = settings.data_dir

    @cached_property
    def objects(self) -> "LocalObjects":
        """A file each."""
        from weather_platform.infra.objects.local import LocalObjects

        return LocalObjects(self.folder / _OBJECTS)

    @property
    def raw(self) -> "LocalObjects":
        """Beside the other objects."""
        return self.objects

    @cached_property
    def warehouse(self) -> "ParquetWarehouse":
        """A folder a table."""
        from weather_platform.infra.warehouse.parquet import ParquetWarehouse

        return ParquetWarehouse(self.folder / _TABLES)

    @property
    def shelf(self) -> LocalShelf:
        """The folder itself."""
        return LocalShelf(self.folder)

    @property
    def artifacts(self) -> str | None:
        """Beside our own database; of a database that was given MLflow decides."""
        return None if self._given_mlflow else (self.folder.resolve() / "mlflow" / "artifacts").as_uri()

    @property
    def where(self) -> str:
        """The folder."""
        return str(self.folder.resolve())

    @property
    def places(self) -> dict[str, str]:
        """Paths, as the folder was set."""
        return {
            "Forecast": str(self.folder / _REPORT / "forecast.html"),
            "Report": str(self.folder / _REPORT / "index.html"),
            "Tables": f"{self.folder / _TABLES} (one folder a table, one Parquet file a partition)",
            "Payloads": str(self.folder / _OBJECTS),
        }

    def prune_half_written(self, now: datetime, *, dry: bool) -> int:
        """Of the folder itself, where the heartbeat is, its own files alone: Dagster's and MLflow's folders
        lie there too, and whatever else its owner put there. Of the drop box nothing goes, whatever it is
        called.
        """
        from weather_platform.infra.instance.pruning import prune_half_written
        from weather_platform.infra.stores.drop_box import DROP_BOX

        spared = self.folder / _OBJECTS / DROP_BOX
        ours = [
            prune_half_written(self.folder / name, now, spared=spared, dry=dry)
            for name in (_OBJECTS, _REPORT, _TABLES)
        ]
        return sum(ours) + prune_half_written(self.folder, now, below=False, dry=dry)
