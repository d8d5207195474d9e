"""Google Cloud as a deployment's home: buckets, and BigQuery.

Belongs here: which store is which bucket or dataset. Does not: the stores themselves, or clients
(gcp_clients).
"""

import os
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from weather_platform.infra.configuration.settings import Settings

if TYPE_CHECKING:
    from google.cloud.storage import Bucket

    from weather_platform.infra.bigquery.warehouse import BigQueryWarehouse
    from weather_platform.infra.objects.gcs import GcsObjects
    from weather_platform.infra.objects.gcs_shelf import GcsShelf


class CloudHome:
    """`settings.bucket`, `settings.raw_bucket` for payloads where there is one, and `settings.dataset`."""

    folder = None  # a container's

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def objects(self) -> "GcsObjects":
        """In the one bucket."""
        from weather_platform.infra.objects.gcs import GcsObjects

        return GcsObjects(self._bucket(self._settings.bucket))

    @cached_property
    def raw(self) -> "GcsObjects":
        """In the bucket that nobody may delete from, where the settings name one."""
        from weather_platform.infra.objects.gcs import GcsObjects

        apart = self._settings.raw_bucket
        return GcsObjects(self._bucket(apart)) if apart else self.objects

    @cached_property
    def warehouse(self) -> "BigQueryWarehouse":
        """The dataset."""
        from weather_platform.infra.bigquery.open import open_warehouse

        return open_warehouse(self._settings)

    @cached_property
    def shelf(self) -> "GcsShelf":
        """The one bucket."""
        from weather_platform.infra.objects.gcs_shelf import GcsShelf

        return GcsShelf(self._bucket(self._settings.bucket))

    @property
    def artifacts(self) -> str:
        """In the one bucket."""
        if self._settings.storage_endpoint is not None:
            # MLflow makes its own client of GCS, which looks for another address there.
            os.environ["STORAGE_EMULATOR_HOST"] = self._settings.storage_endpoint
        return f"gs://{self._settings.bucket}/mlflow"

    @property
    def where(self) -> str:
        """Bucket and dataset."""
        return f"gs://{self._settings.bucket} and BigQuery's {self._dataset}"

    @property
    def places(self) -> dict[str, str]:
        """Addresses of objects, and the dataset's name."""
        return {
            "Forecast": f"gs://{self._settings.bucket}/report/forecast.html",
            "Report": f"gs://{self._settings.bucket}/report/index.html",
            "Tables": f"BigQuery, {self._dataset}",
            "Payloads": f"gs://{self._settings.raw_bucket or self._settings.bucket}/payloads",
        }

    def prune_half_written(self, now: datetime, *, dry: bool) -> int:  # noqa: ARG002 - as every home's
        """Buckets and BigQuery end what is half-written by themselves."""
        return 0

    @property
    def _dataset(self) -> str:
        return f"{self._settings.gcp_project}.{self._settings.dataset}"

    def _bucket(self, name: str | None) -> "Bucket":
        from weather_platform.infra.google.clients import storage_client

        return storage_client(str(self._settings.gcp_project), self._settings.storage_endpoint).bucket(name)
