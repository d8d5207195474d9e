"""Ibis on our own BigQuery client: expressions compiled by Ibis, executed by `BigQuery`.

Belongs here: what Ibis asks of a backend that only reads. Ibis' own is not used: it opens a browser to log in
unless it is given clients, bills without a limit, and knows no column whose name BigQuery forbids.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.sql import SQLBackend
from ibis.backends.sql.compilers.bigquery import BigQueryCompiler

from weather_platform.core.tables.contract import Contract
from weather_platform.infra.bigquery import names
from weather_platform.infra.bigquery.ranges import condition
from weather_platform.infra.warehouse.duckdb import connect

if TYPE_CHECKING:
    import pandas as pd

    from weather_platform.infra.bigquery.jobs import BigQuery
    from weather_platform.infra.bigquery.staging import Staging


class _Compiler(BigQueryCompiler):
    """Ibis' own, less what BigQuery refuses.

    Columns are written under names that BigQuery takes, one to one; Ibis makes `a.b` and `a_b` the same.
    """

    @staticmethod
    def _gen_valid_name(name: str) -> str:
        return names.column_id(name)

    def visit_First(  # noqa: N802 - Ibis' name
        self, op: Any, *, order_by: Sequence[Any], **kwargs: Any
    ) -> Any:
        """The first value in an order. Ibis writes ASC NULLS LAST, which BigQuery refuses in aggregates."""
        return super().visit_First(
            op, order_by=[key for given in order_by for key in _order(given)], **kwargs
        )


class Backend(SQLBackend):
    """Reads tables of one dataset. Column names are the contract's; only the SQL has BigQuery's."""

    name = "bigquery"
    compiler = _Compiler()

    def __init__(self, bigquery: "BigQuery", staging: "Staging") -> None:
        super().__init__()
        self._bigquery, self._staging = bigquery, staging

    @property
    def db_identity(self) -> str:
        """What tells this backend from another."""
        return f"bigquery {self._bigquery.project}.{self._bigquery.dataset}"

    def rows(
        self,
        table: str,
        contract: Contract,
        keys: Sequence[str] | None,
        schema: pa.Schema,
        present: Set[str],
    ) -> ibis.Table:
        """Rows of these partitions of a stored table in this schema; columns not present are null.

        As SQL with its columns named: Ibis would write `*` for a table's columns, which come in the order in
        which the table grew, and a union would lay them one over another.
        """
        path = names.quoted(self._bigquery.project, self._bigquery.dataset, table)
        source = f"{path} WHERE {condition(contract, keys)}"
        return self._selected(source, _nullable(schema), present)

    def empty(self, schema: pa.Schema) -> ibis.Table:
        """No rows, of this schema, as a table that can be joined with others."""
        return self._selected("(SELECT 1) WHERE FALSE", _nullable(schema), set())

    def _selected(self, source: str, types: Mapping[str, Any], present: Set[str]) -> ibis.Table:
        columns = ", ".join(
            names.columns([name])
            if name in present
            else f"CAST(NULL AS {self.compiler.type_mapper.to_string(dtype)}) AS {names.columns([name])}"
            for name, dtype in types.items()
        )
        query = f"SELECT {columns} FROM {source}"  # noqa: S608 - names are encoded, values escaped
        return ops.SQLQueryResult(query=query, schema=ibis.schema(types), source=self).to_expr()

    def _stored(self, table: str, types: Mapping[str, Any]) -> ibis.Table:
        namespace = ops.Namespace(catalog=self._bigquery.project, database=self._bigquery.dataset)
        return ops.DatabaseTable(
            name=table, schema=ibis.schema(types), source=self, namespace=namespace
        ).to_expr()

    def computed(self, expr: ibis.Table) -> pa.Table:
        """Rows of an expression of this backend, or of frames in memory alone."""
        backends, _ = expr._find_backends()
        return self.to_pyarrow(expr) if backends else self._local.to_pyarrow(expr)

    @cached_property
    def _local(self) -> Any:
        return connect()

    def compile(self, expr: Any, /, **kwargs: Any) -> str:
        """GoogleSQL of an expression."""
        pretty = kwargs.pop("pretty", False)
        query = self.compiler.to_sqlglot(expr.unbind(), **kwargs)
        sql: str = query.sql(dialect=self.dialect, pretty=pretty)
        return sql

    def to_pyarrow(
        self, expr: Any, /, *, params: Mapping[Any, Any] | None = None, limit: Any = None, **kwargs: Any
    ) -> Any:
        """Execute an expression; a table, column or scalar of Arrow."""
        del kwargs
        table = expr.as_table()
        found = self._bigquery.query(self.compile(self._staged(table), params=params, limit=limit))
        schema = table.schema()
        found = found.rename_columns(list(schema.names)).cast(schema.to_pyarrow())
        return expr.__pyarrow_result__(found)

    def execute(
        self, expr: Any, /, *, params: Mapping[Any, Any] | None = None, limit: Any = None, **kwargs: Any
    ) -> "pd.DataFrame | Any":
        """Execute an expression; what the DuckDB backend would return, of the same dtypes."""
        import pandas as pd
        from ibis.backends.duckdb.converter import DuckDBPandasData

        del kwargs
        table = expr.as_table()
        found = self.to_pyarrow(table, params=params, limit=limit)
        frame = pd.DataFrame(
            {
                name: column.to_pylist() if column.null_count else column.to_pandas()
                for name, column in zip(found.column_names, found.columns, strict=True)
            }
        )
        return expr.__pandas_result__(DuckDBPandasData.convert_table(frame, table.schema()))

    def _staged(self, table: ibis.Table) -> ibis.Table:
        """The expression with frames that are in memory brought to where the others are."""
        memory = table.op().find(ops.InMemoryTable)
        return table.op().replace({op: self._put(op) for op in memory}).to_expr() if memory else table

    def _put(self, op: Any) -> Any:
        from google.cloud.bigquery import SchemaField

        rows = op.data.to_pyarrow(op.schema)
        schema = [
            SchemaField(names.column_id(name), self.compiler.type_mapper.to_string(dtype))
            for name, dtype in op.schema.items()
        ]
        return self._stored(self._staging.put("memory", rows, schema), op.schema).op()

    def _register_in_memory_table(self, op: Any) -> None:
        """They are staged before compiling."""

    def list_tables(self, *, like: str | None = None, database: Any = None) -> list[str]:
        raise NotImplementedError("tables are read by the warehouse")

    create_table = list_catalogs = list_databases = list_tables

    def table(self, name: str, /, *, database: Any = None) -> ibis.Table:
        raise NotImplementedError("tables are read by the warehouse")

    @property
    def version(self) -> str:
        return "GoogleSQL"

    def disconnect(self) -> None:
        """Nothing is held open."""

    def _get_schema_using_query(self, query: str) -> Any:
        raise NotImplementedError("expressions only, no SQL")


def _nullable(schema: pa.Schema) -> dict[str, Any]:
    """Ibis types, all of which may be null, as a computed table's are."""
    return {name: dtype(nullable=True) for name, dtype in ibis.Schema.from_pyarrow(schema).items()}


def _order(key: Any) -> Iterator[Any]:
    """A sort key with nulls last. BigQuery's own order has them first where it ascends."""
    if not key.args.get("desc"):
        yield sge.Ordered(this=sge.Is(this=key.this, expression=sge.Null()), nulls_first=True)
        key = sge.Ordered(this=key.this, nulls_first=True)
    yield key
