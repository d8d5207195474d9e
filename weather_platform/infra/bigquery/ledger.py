"""Which partitions were written, when, with how many rows and which columns: one line per write.

Belongs here: the table `partitions_`. BigQuery itself knows no partition that is empty, and says what it has
at a price; the ledger is written in the transaction that writes the rows, so it is never ahead or behind.
Lines are only added, for two transactions may add to a table at once, not change it; the newest counts.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from weather_platform.infra.bigquery.names import quoted, text

if TYPE_CHECKING:
    import pyarrow as pa
    from google.cloud.bigquery import Table

    from weather_platform.infra.bigquery.jobs import BigQuery

# Not `_partitions`: BigQuery keeps names beginning with `_PARTITION` for itself, of columns at least.
LEDGER = "partitions_"


@dataclass(frozen=True)
class Written:
    """The newest write of a partition. `bytes` are logical ones, which storage is billed by."""

    rows: int
    bytes: int
    columns: tuple[str, ...]
    at: datetime


class Ledger:
    """Lines by table and partition key."""

    def __init__(self, bigquery: "BigQuery") -> None:
        self._bigquery = bigquery

    def table(self) -> "Table":
        """The ledger as it is created."""
        from google.cloud.bigquery import SchemaField, Table

        table = Table(self._bigquery.path(LEDGER))
        table.schema = [
            SchemaField("table_name", "STRING", "REQUIRED", description="Asset key joined by slashes"),
            SchemaField("partition_key", "STRING", "REQUIRED", description="Partition of the asset"),
            SchemaField("row_count", "INTEGER", "REQUIRED", description="Rows written, 0 for an empty one"),
            SchemaField("byte_count", "INTEGER", "REQUIRED", description="Logical bytes of those rows"),
            SchemaField("column_names", "STRING", "REQUIRED", description="Columns they had, a JSON list"),
            SchemaField("written_at", "TIMESTAMP", "REQUIRED", description="The newest line counts"),
        ]
        table.clustering_fields = ["table_name", "partition_key"]
        table.description = "Which partitions were written; a line per write, added with its rows."
        return table

    def insert(self, name: str, lines: Sequence[tuple[str, int, int]], columns: Sequence[str]) -> str:
        """GoogleSQL that adds a line (key, rows, bytes) for each partition.

        As one JSON literal: hundreds of structures would be long to send and slow to parse.
        """
        number = "CAST(JSON_VALUE(line, '$[{}]') AS INT64)"
        return (
            f"INSERT INTO {quoted(self._bigquery.path(LEDGER))} "
            "(table_name, partition_key, row_count, byte_count, column_names, written_at)\n"
            f"SELECT {text(name)}, JSON_VALUE(line, '$[0]'), {number.format(1)}, {number.format(2)}, "
            f"{text(json.dumps(list(columns)))}, CURRENT_TIMESTAMP()\n"
            f"FROM UNNEST(JSON_QUERY_ARRAY({text(json.dumps(lines, ensure_ascii=False))})) AS line"
        )

    def read(self, name: str, keys: Sequence[str] | None = None) -> dict[str, Written]:
        """The newest write of each partition, of these keys or of all, in order of the keys."""
        from google.api_core.exceptions import NotFound

        if keys is not None and not keys:
            return {}
        within = f" AND partition_key BETWEEN {text(min(keys))} AND {text(max(keys))}" if keys else ""
        newest = "ROW_NUMBER() OVER (PARTITION BY partition_key ORDER BY written_at DESC) = 1"
        try:
            found = self._bigquery.query(
                "SELECT partition_key, row_count, byte_count, column_names, written_at "  # noqa: S608 - literals are escaped
                f"FROM {quoted(self._bigquery.path(LEDGER))}\n"
                f"WHERE table_name = {text(name)}{within}\nQUALIFY {newest}\nORDER BY partition_key",
                may_use_storage=False,  # few rows: a session would cost more than it saves
            )
        except NotFound:
            return {}
        lines = zip(*(column.to_pylist() for column in found.columns), strict=True)
        written = {
            key: Written(rows, size, tuple(json.loads(columns)), at) for key, rows, size, columns, at in lines
        }
        wanted = written.keys() if keys is None else set(keys)
        return {key: line for key, line in written.items() if key in wanted}


def written_columns(written: Mapping[str, Written]) -> list[tuple[str, ...]]:
    """The columns of each partition."""
    return [line.columns for line in written.values()]


def present(written: Mapping[str, Written], schema: "pa.Schema") -> list[str]:
    """Columns of the schema that some of the partitions were written with, in its order."""
    known = {name for line in written.values() for name in line.columns}
    return [name for name in schema.names if name in known]


def any_rows(written: Mapping[str, Written]) -> bool:
    """Whether any of the partitions has rows."""
    return any(line.rows for line in written.values())
