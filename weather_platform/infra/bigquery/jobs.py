"""Requests to BigQuery: queries under a limit of bytes, loads, reads. Every one is retried and counted here.

Belongs here: how BigQuery is asked. Does not: what for. Every request is safe to repeat: a job's id is chosen
before it is sent, so a repeated one finds the job of the first; scripts replace and never add.
"""

import logging
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from weather_platform.infra.bigquery.usage import Usage
from weather_platform.infra.gcp_errors import naming_role, retry

if TYPE_CHECKING:
    import pyarrow as pa
    from google.api_core.retry import Retry
    from google.cloud.bigquery import Client, SchemaField, Table
    from google.cloud.bigquery_storage import BigQueryReadClient

_LOG = logging.getLogger(__name__)
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
        self._storage = self._results_storage = storage
        self._max_bytes_billed = max_bytes_billed
        self._again = again or retry()
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
            if may_use_storage and self._results_storage is not None and rows.total_rows:
                try:
                    return rows.to_arrow(bqstorage_client=self._results_storage)
                except _refusals() as error:
                    _LOG.warning("results are read over REST: the Storage Read API says %s", _short(error))
                    self._results_storage = None
                    rows = job.result(retry=self._again)
            return rows.to_arrow(create_bqstorage_client=False)

    def dry_run_bytes(self, sql: str) -> int:
        """Bytes that a query would process, by BigQuery's own estimate; nothing is billed."""
        from google.cloud.bigquery import QueryJobConfig

        with naming_role(f"dry run in {self.project}.{self.dataset}", _USER):
            job = self.client.query(sql, job_config=QueryJobConfig(dry_run=True), retry=self._again)
        return int(job.total_bytes_processed or 0)

    def read(self, table: str, columns: Sequence[str], where: str) -> "pa.Table":
        """Columns of a table's rows: from storage, which no query is billed for, else by a query."""
        if self._storage is not None:
            try:
                return self._again(self._read_session)(table, columns, where)
            except _refusals() as error:
                _LOG.warning("tables are read by queries: the Storage Read API says %s", _short(error))
                self._storage = None
        names = ", ".join(f"`{column}`" for column in columns)
        return self.query(f"SELECT {names} FROM `{self.path(table)}` WHERE {where}")  # noqa: S608 - encoded

    def _read_session(self, table: str, columns: Sequence[str], where: str) -> "pa.Table":
        import pyarrow as pa
        from google.cloud.bigquery_storage import types

        assert self._storage is not None  # noqa: S101 - the caller looked
        options = types.ReadSession.TableReadOptions(selected_fields=list(columns), row_restriction=where)
        source = f"projects/{self.project}/datasets/{self.dataset}/tables/{table}"
        wanted = types.ReadSession(table=source, data_format=types.DataFormat.ARROW, read_options=options)
        session = self._storage.create_read_session(
            parent=f"projects/{self.project}", read_session=wanted, max_stream_count=1, retry=self._again
        )
        schema = pa.ipc.read_schema(pa.py_buffer(session.arrow_schema.serialized_schema))
        parts = [self._storage.read_rows(stream.name).to_arrow(session) for stream in session.streams]
        # The order of the columns is the table's, not that of the request.
        return (pa.concat_tables(parts) if parts else schema.empty_table()).select(list(columns))

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
        dataset.location = self.client.location
        try:
            self.client.get_dataset(dataset.reference, retry=self._again)
        except NotFound:
            self.client.create_dataset(dataset, exists_ok=True, retry=self._again)
        self._has_dataset = True

    def drop(self, table: str) -> None:
        """Delete a table, if it is there."""
        with naming_role(f"delete {self.path(table)}", _EDITOR):
            self.client.delete_table(self.path(table), not_found_ok=True, retry=self._again)


def _refusals() -> tuple[type[Exception], ...]:
    """What the Storage Read API says where it is switched off, or its role (readSessionUser) is missing."""
    from google.api_core import exceptions

    return exceptions.NotFound, exceptions.PermissionDenied, exceptions.MethodNotImplemented


def _short(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
