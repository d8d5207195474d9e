"""Rows brought into BigQuery under a name of their own, from where one transaction takes them.

Belongs here: what makes a second attempt find the first. Does not: the transaction. The name follows from the
rows and where they go, and is the load job's id too: BigQuery runs a job of one id once, so an attempt whose
answer was lost, or whose process was killed, is found and not repeated. A staging table that nobody takes
expires after a day.
"""

import hashlib
import logging
import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import IO, TYPE_CHECKING

from google.api_core.exceptions import GoogleAPICallError

from weather_platform.infra.bigquery.names import column_id
from weather_platform.infra.google.errors import MissingRoleError, is_passing

if TYPE_CHECKING:
    import pyarrow as pa
    from google.cloud.bigquery import SchemaField

    from weather_platform.infra.bigquery.jobs import BigQuery

_LOG = logging.getLogger(__name__)
PREFIX = "_staging_"
EXPIRES_AFTER = timedelta(days=1)
_ROWS_PER_GROUP = 100_000


class Staging:
    """Staging tables of one dataset."""

    def __init__(self, bigquery: "BigQuery") -> None:
        self._bigquery = bigquery

    def put(self, where: str, rows: "pa.Table", schema: "Sequence[SchemaField]") -> str:
        """Stage the rows; returns the table's id. `where` names what they are to replace."""
        with tempfile.TemporaryFile() as file:
            _write(file, rows)
            # Ids of jobs are the project's: the same rows may go to a table of that name in another dataset.
            name = _digest(f"{self._bigquery.dataset} {where}", file)
            if self._holds(PREFIX + name, len(rows)):
                return PREFIX + name  # a writer that was killed put it there
            try:
                table = self._load(name, file, schema)
            except GoogleAPICallError as error:
                if is_passing(error):
                    raise
                table = None  # the job of that name failed for good, perhaps long ago
            if table is None or not self._holds(table, len(rows)):
                self.drop(PREFIX + name)
                # The rows were staged before and taken since, and a job's id is used up for ever.
                table = self._load(f"{name}_{os.urandom(8).hex()}", file, schema)
        return table

    def _load(self, name: str, file: IO[bytes], schema: "Sequence[SchemaField]") -> str:
        table = PREFIX + name
        self._create(table, schema)
        self._bigquery.load(file, table, f"stage_{name}", schema)
        return table

    def drop(self, table: str) -> None:
        """Delete a staging table whose rows were taken. What cannot be deleted expires by itself."""
        try:
            self._bigquery.drop(table)
        except (GoogleAPICallError, MissingRoleError) as error:
            _LOG.warning("%s stays until it expires: %s", table, error)

    def _create(self, table: str, schema: "Sequence[SchemaField]") -> None:
        from google.cloud.bigquery import Table

        staging = Table(self._bigquery.path(table), schema=list(schema))
        staging.expires = datetime.now(UTC) + EXPIRES_AFTER
        self._bigquery.create(staging)

    def _holds(self, table: str, rows: int) -> bool:
        found = self._bigquery.table(table)
        return found is not None and found.num_rows == rows


def _write(file: IO[bytes], rows: "pa.Table") -> None:
    """The rows as Parquet, under the names that BigQuery takes; the same bytes for the same rows."""
    import pyarrow.parquet as pq

    renamed = rows.rename_columns([column_id(name) for name in rows.column_names])
    with pq.ParquetWriter(file, renamed.schema, compression="zstd", compression_level=1) as writer:
        writer.write_table(renamed, row_group_size=_ROWS_PER_GROUP)


def _digest(where: str, file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256")  # type: ignore[arg-type] # any binary file will do
    return hashlib.sha256(where.encode() + digest.digest()).hexdigest()[:40]
