"""Requests to BigQuery: queries under a limit of bytes, loads, reads. Every one is retried and counted here.

Belongs here: how BigQuery is asked. Does not: what for, or the API that rows come by (storage_read). Every
request is safe to repeat: a job's id is chosen before it is sent, so a repeated one finds the job of the
first; scripts replace and never add.
"""

from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from weather_platform.infra.bigquery.storage_read import StorageRead
from weather_platform.infra.bigquery.usage import Usage
from weather_platform.infra.google.errors import naming_role, retry

if TYPE_CHECKING:
    import pyarrow as pa
    from google.api_core.retry import Retry
    from google.cloud.bigquery import Client, SchemaField, Table
    from google.cloud.bigquery_storage import BigQueryReadClient

_LABELS = {"platform": "weather_platform"}
_EDITOR = "roles/bigquery.dataEditor on the dataset"
_USER = "roles/bigquery.jobUser on the project and roles/bigquery.dataEditor (or dataViewer) on the dataset"


class BigQuery:
    """One dataset of a project. `storage` None reads over REST: slow, and with no further package."""

    def __init__(
        self,
        client: "Client",
        dataset: str,
        *,
        storage: "BigQueryReadClient | None" = None,
        max_bytes_billed: int,
        again: "Retry | None" = None,
    ) -> None:
        self.client, self.project, self.dataset = client, str(client.project), dataset
        self.usage = Usage()
        self._max_bytes_billed = max_bytes_billed
        self._again = again or retry()
        self._storage = StorageRead(storage, self.project, self._again)
        self._has_dataset = False

    def path(self, table: str) -> str:
        """project.dataset.table"""
        return f"{self.project}.{self.dataset}.{table}"

    def query(self, sql: str, *, may_use_storage: bool = True) -> "pa.Table":
        """Run GoogleSQL, also a script, and return the rows of its last SELECT.

        Raises google.api_core.exceptions.GoogleAPICallError where BigQuery refuses it, as it does a query
        that would be billed for more than the limit.
        """
        from google.cloud.bigquery import QueryJobConfig

        config = QueryJobConfig(maximum_bytes_billed=self._max_bytes_billed, labels=_LABELS)
        with naming_role(f"query of {self.project}.{self.dataset}", _USER):
            job = self.client.query(sql, job_config=config, retry=self._again, job_retry=self._again)
            rows = job.result(retry=self._again, job_retry=self._again)
            self.usage.add(job.total_bytes_billed, job.slot_millis)
            if may_use_storage and rows.total_rows and self._storage.has_results:
                if (found := self._storage.of_results(rows)) is not None:
                    return found
                rows = job.result(retry=self._again)  # the other has begun
            return rows.to_arrow(create_bqstorage_client=False)

    def dry_run_bytes(self, sql: str) -> int:
        """Bytes that a query would process, by BigQuery's own estimate; nothing is billed."""
        from google.cloud.bigquery import QueryJobConfig

        with naming_role(f"dry run in {self.project}.{self.dataset}", _USER):
            job = self.client.query(sql, job_config=QueryJobConfig(dry_run=True), retry=self._again)
        return int(job.total_bytes_processed or 0)

    def read(self, table: str, columns: Sequence[str], where: str) -> "pa.Table":
        """Columns of a table's rows: from storage, which no query is billed for, else by a query."""
        found = self._storage.of_table(self.dataset, table, columns, where)
        if found is not None:
            return found
        names = ", ".join(f"`{column}`" for column in columns)
        return self.query(f"SELECT {names} FROM `{self.path(table)}` WHERE {where}")  # noqa: S608 - encoded

    def load(self, file: IO[bytes], table: str, job: str, schema: "Sequence[SchemaField]") -> None:
        """Load a Parquet file into an empty table, all of it or nothing, once per job id."""
        from google.api_core.exceptions import Conflict
        from google.cloud.bigquery import LoadJobConfig

        config = LoadJobConfig(
            source_format="PARQUET",
            write_disposition="WRITE_EMPTY",
            create_disposition="CREATE_NEVER",
            schema=list(schema),
            labels=_LABELS,
        )

        def once() -> Any:
            file.seek(0)
            try:
                return self.client.load_table_from_file(
                    file, self.path(table), job_id=job, job_config=config, num_retries=0
                )
            except Conflict:
                return self.client.get_job(job, retry=self._again)

        with naming_role(f"load into {self.project}.{self.dataset}", _USER):
            done = self._again(once)()
            done.result(retry=self._again)
        self.usage.add(0, 0)  # loads run on shared slots, for nothing

    def table(self, table: str) -> "Table | None":
        """A table's metadata, None where it does not exist."""
        from google.api_core.exceptions import NotFound

        with naming_role(f"look at {self.path(table)}", _EDITOR):
            try:
                return self.client.get_table(self.path(table), retry=self._again)
            except NotFound:
                return None

    def create(self, table: "Table") -> None:
        """Create a table where there is none, and the dataset where there is none."""
        with naming_role(f"create {table.table_id}", _EDITOR):
            self._dataset_there()
            self.client.create_table(table, exists_ok=True, retry=self._again)

    def _dataset_there(self) -> None:
        from google.api_core.exceptions import NotFound
        from google.cloud.bigquery import Dataset

        if self._has_dataset:
            return
        dataset = Dataset(f"{self.project}.{self.dataset}")
        try:
            self.client.get_dataset(dataset.reference, retry=self._again)
        except NotFound:
            self.client.create_dataset(dataset, exists_ok=True, retry=self._again)
        self._has_dataset = True

    def drop(self, table: str) -> None:
        """Delete a table, if it is there."""
        with naming_role(f"delete {self.path(table)}", _EDITOR):
            self.client.delete_table(self.path(table), not_found_ok=True, retry=self._again)
