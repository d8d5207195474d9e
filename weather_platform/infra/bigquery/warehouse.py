"""The warehouse on BigQuery: a native table per table, replaced partition by partition in transactions.

Belongs here: which statements replace and read partitions. Does not: what is refused before (see
warehouse.incoming), how BigQuery is asked (jobs), or how rows get there (staging).

Rows go into a staging table first. Then one transaction deletes the partitions' rows, inserts the staged ones
and adds to the ledger: a reader sees the old rows or the new ones, and whoever is killed, at whatever moment,
leaves one or the other. An empty result deletes and inserts nothing, on purpose.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.contract import Contract
from weather_platform.core.dtypes import TEXT
from weather_platform.core.row_order import sort_order
from weather_platform.core.schema import ContractError, arrow_schema, extra_columns
from weather_platform.infra.bigquery import names
from weather_platform.infra.bigquery.jobs import BigQuery
from weather_platform.infra.bigquery.ledger import Ledger, Written
from weather_platform.infra.bigquery.ranges import condition
from weather_platform.infra.bigquery.schema import fields, growth, new_table
from weather_platform.infra.bigquery.staging import Staging
from weather_platform.infra.warehouse.incoming import WHOLE, Part, check_keys, partitioned, to_arrow

if TYPE_CHECKING:
    import ibis

    from weather_platform.infra.bigquery.backend import Backend


class BigQueryWarehouse:
    """`Warehouse` over one dataset."""

    def __init__(self, bigquery: BigQuery) -> None:
        self.bigquery = bigquery
        self._ledger, self._staging = Ledger(bigquery), Staging(bigquery)

    @cached_property
    def backend(self) -> "Backend":
        """What every expression of this warehouse is executed by."""
        from weather_platform.infra.bigquery.backend import Backend

        return Backend(self.bigquery, self._staging)

    def replace(
        self, table: str, contract: Contract, data: "pd.DataFrame | ibis.Table", keys: Sequence[str] | None
    ) -> int:
        """Make the named partitions hold exactly `data` (all of the table where `keys` is None).

        Returns rows written. Raises ContractError, before anything is written, for rows that break the
        contract's columns, nulls or key, or that lie outside `keys`.
        """
        names.table_id(table)
        check_keys(table, contract, keys or [])
        rows = to_arrow(data if isinstance(data, pd.DataFrame) else self.backend.computed(data), contract)
        parts = partitioned(rows, table, contract, keys)
        extra = extra_columns(rows.column_names, contract)
        self._ensure(table, contract, extra)
        lines = self._lines(table, contract, rows, parts, keys)
        where = condition(contract, keys)
        staged = None
        if parts:
            staged = self._staging.put(f"{table} {where}", _in_order(rows, parts), fields(contract, extra))
        self.bigquery.query(self._script(table, where, staged, lines, rows.column_names))
        if staged is not None:
            self._staging.drop(staged)
        return len(rows)

    def _script(
        self,
        table: str,
        where: str,
        staged: str | None,
        lines: Sequence[tuple[str, int, int]],
        columns: Sequence[str],
    ) -> str:
        """The transaction."""
        target = names.quoted(self.bigquery.path(names.table_id(table)))
        statements = ["BEGIN TRANSACTION", f"DELETE FROM {target} WHERE {where}"]  # noqa: S608 - escaped
        if staged is not None:
            listed, source = names.columns(columns), names.quoted(self.bigquery.path(staged))
            statements.append(f"INSERT INTO {target} ({listed})\nSELECT {listed} FROM {source}")
        if lines:
            statements.append(self._ledger.insert(table, lines, columns))
        return ";\n".join([*statements, "COMMIT TRANSACTION"]) + ";"

    def _lines(
        self,
        table: str,
        contract: Contract,
        rows: pa.Table,
        parts: Sequence[Part],
        keys: Sequence[str] | None,
    ) -> list[tuple[str, int, int]]:
        """Key, rows and logical bytes of every partition that is replaced."""
        if keys is None:
            whole = contract.partition_column is None
            keys = [WHOLE] if whole else sorted({*self.keys(table), *(part.key for part in parts)})
        sizes = _row_bytes(rows)
        by_key = {part.key: (len(part.rows), int(sizes[part.rows].sum())) for part in parts}
        return [(key, *by_key.get(key, (0, 0))) for key in sorted(set(keys))]

    def _ensure(self, table: str, contract: Contract, extra: Sequence[str]) -> None:
        """Create the table and the ledger, or add columns that the contract has more."""
        name = names.table_id(table)
        stored = self.bigquery.table(name)
        if stored is None:
            self.bigquery.create(self._ledger.table())
            self.bigquery.create(new_table(self.bigquery.path(name), table, contract, extra))
            return
        target = names.quoted(self.bigquery.path(name))
        for action in growth(stored.schema, contract, extra):
            self.bigquery.query(f"ALTER TABLE {target} {action}")

    def read(
        self,
        table: str,
        contract: Contract,
        keys: Sequence[str] | None = None,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Rows of the named partitions, sorted by the contract's key, in the contract's types.

        A column that the contract gained after a partition was written reads as null there. Raises
        ContractError where it may not be null.
        """
        written = self._written(table, contract, keys)
        schema = arrow_schema(contract, _extra(written, contract))
        if columns is not None:
            schema = pa.schema([field for field in schema if field.name in {*columns, *contract.key}])
        _refuse_older(table, written, schema)
        rows = self._rows(table, contract, keys, written, schema)
        order = sort_order([rows[name] for name in contract.key])
        rows = rows if order is None else rows.take(order)
        frame = rows.to_pandas(types_mapper={pa.string(): TEXT}.get, use_threads=False)
        return frame if columns is None else frame[list(columns)]

    def _rows(
        self,
        table: str,
        contract: Contract,
        keys: Sequence[str] | None,
        written: dict[str, Written],
        schema: pa.Schema,
    ) -> pa.Table:
        """Rows in this schema, unsorted; columns that no partition was written with are null."""
        if not any(line.rows for line in written.values()):
            return schema.empty_table()
        present = {name for line in written.values() for name in line.columns}
        asked = [field.name for field in schema if field.name in present]
        identifiers = [names.column_id(name) for name in asked]
        rows = self.bigquery.read(names.table_id(table), identifiers, condition(contract, keys))
        rows = rows.rename_columns(asked)
        for field in schema:
            if field.name not in present:
                rows = rows.append_column(field, pa.nulls(len(rows), field.type))
        return rows.select(schema.names).cast(schema)

    def expression(self, table: str, contract: Contract, keys: Sequence[str] | None = None) -> "ibis.Table":
        """The same rows, unsorted, as a lazy Ibis table, to be joined with others of this warehouse."""
        written = self._written(table, contract, keys)
        schema = arrow_schema(contract, _extra(written, contract))
        _refuse_older(table, written, schema)
        if not written:
            return self.backend.empty(schema)
        present = {name for line in written.values() for name in line.columns}
        return self.backend.rows(names.table_id(table), contract, keys, schema, present)

    def keys(self, table: str) -> list[str]:
        """Keys of the partitions that were written, sorted; empty for a table that does not exist."""
        return sorted(self._ledger.read(table))

    def size(self, table: str, keys: Sequence[str] | None = None) -> int:
        """Logical bytes stored for the named partitions."""
        return sum(line.bytes for line in self._ledger.read(table, keys).values())

    def usage(self) -> dict[str, int]:
        """What the jobs since the last call cost: jobs, bytes billed, slot-ms."""
        return self.bigquery.usage.take()

    def _written(self, table: str, contract: Contract, keys: Sequence[str] | None) -> dict[str, Written]:
        names.table_id(table)
        check_keys(table, contract, keys or [])
        return self._ledger.read(table, keys)


def _in_order(rows: pa.Table, parts: Sequence[Part]) -> pa.Table:
    """Rows partition by partition, each in order of its key."""
    pieces = [part.of(rows) for part in parts]
    return pieces[0] if len(pieces) == 1 else pa.concat_tables(pieces)


def _extra(written: dict[str, Written], contract: Contract) -> set[str]:
    """Columns beyond the contract's list that some of the partitions have and the contract allows."""
    every = {name for line in written.values() for name in line.columns}
    return {name for name in every if contract.allows_extra(name)} - set(contract.by_name)


def _refuse_older(table: str, written: dict[str, Written], schema: pa.Schema) -> None:
    """Raise ContractError where a partition has rows that lack a column which may not be null."""
    for key, line in written.items():
        lacking = [field.name for field in schema if not field.nullable and field.name not in line.columns]
        if lacking and line.rows:
            raise ContractError(
                f"{table}/{key} was written before these required columns were in the contract: "
                f"{', '.join(lacking)}; materialize the partition again"
            )


def _row_bytes(rows: pa.Table) -> np.ndarray:
    """Logical bytes of each row as BigQuery counts them: 8 a number or time, 1 a boolean, 2 and the UTF-8
    bytes a text, 0 a null.
    """
    total = np.zeros(len(rows), dtype=np.int64)
    for field, column in zip(rows.schema, rows.columns, strict=True):
        present = pc.is_valid(column).to_numpy()
        if pa.types.is_string(field.type):
            total += np.where(present, 2 + pc.fill_null(pc.binary_length(column), 0).to_numpy(), 0)
        else:
            total += present * (1 if pa.types.is_boolean(field.type) else 8)
    return total
