"""The warehouse on BigQuery: a native table per table, replaced partition by partition in transactions.

Belongs here: the order of a write and of a read. Does not: what is refused before (warehouse.incoming), the
statements of the transaction (transaction), how BigQuery is asked (jobs), or how rows get there (staging).
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from weather_platform.core.tables.contract import Contract
from weather_platform.core.tables.schema import extra_columns
from weather_platform.infra.bigquery import names, transaction
from weather_platform.infra.bigquery.jobs import BigQuery
from weather_platform.infra.bigquery.ledger import Ledger, Written, any_rows, present, written_columns
from weather_platform.infra.bigquery.ranges import condition
from weather_platform.infra.bigquery.schema import fields, growth, new_table
from weather_platform.infra.bigquery.staging import Staging
from weather_platform.infra.warehouse import outgoing
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
    ) -> dict[str, int]:
        """Make the named partitions hold exactly `data` (all of the table where `keys` is None).

        Returns rows written by partition, for those that have any. Raises ContractError, before anything is
        written, for rows that break the contract's columns, nulls or key, or that lie outside `keys`.
        """
        names.table_id(table)
        check_keys(table, contract, keys or [])
        rows = to_arrow(data if isinstance(data, pd.DataFrame) else self.backend.computed(data), contract)
        parts = partitioned(rows, table, contract, keys)
        extra = extra_columns(rows.column_names, contract)
        self._ensure(table, contract, extra)
        lines = transaction.lines(rows, parts, self._replaced(table, contract, parts, keys))
        where = condition(contract, keys)
        staged = None
        if parts:
            staged = self._staging.put(f"{table} {where}", _in_order(rows, parts), fields(contract, extra))
        noted = self._ledger.insert(table, lines, rows.column_names) if lines else None
        self._commit(table, where, rows.column_names, staged, noted)
        if staged is not None:
            self._staging.drop(staged)
        return {part.key: len(part.rows) for part in parts}

    def _commit(
        self, table: str, where: str, columns: Sequence[str], staged: str | None, noted: str | None
    ) -> None:
        source = None if staged is None else self.bigquery.path(staged)
        target = self.bigquery.path(names.table_id(table))
        self.bigquery.query(transaction.script(target, where, columns, source, noted))

    def _replaced(
        self, table: str, contract: Contract, parts: Sequence[Part], keys: Sequence[str] | None
    ) -> Sequence[str]:
        """The partitions that a write replaces: those named, else all there are and all that come."""
        if keys is not None:
            return keys
        return [WHOLE] if contract.partition_column is None else [*self.keys(table), *(p.key for p in parts)]

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
        schema = _schema(table, contract, written, columns)
        rows = self._rows(table, contract, keys, present(written, schema)) if any_rows(written) else None
        stored = schema.empty_table() if rows is None else outgoing.filled(rows, schema)
        return outgoing.frame(stored, contract, columns)

    def _rows(
        self, table: str, contract: Contract, keys: Sequence[str] | None, columns: Sequence[str]
    ) -> pa.Table:
        identifiers = [names.column_id(name) for name in columns]
        rows = self.bigquery.read(names.table_id(table), identifiers, condition(contract, keys))
        return rows.rename_columns(list(columns))

    def expression(self, table: str, contract: Contract, keys: Sequence[str] | None = None) -> "ibis.Table":
        """The same rows, unsorted, as a lazy Ibis table, to be joined with others of this warehouse."""
        written = self._written(table, contract, keys)
        schema = _schema(table, contract, written, None)
        if not written:
            return self.backend.empty(schema)
        known = set(present(written, schema))
        return self.backend.rows(names.table_id(table), contract, keys, schema, known)

    def keys(self, table: str) -> list[str]:
        """Keys of the partitions that were written, sorted; empty for a table that does not exist."""
        return sorted(self._ledger.read(table))

    def size(self, table: str, keys: Sequence[str] | None = None) -> int:
        """Logical bytes stored for the named partitions."""
        return sum(line.bytes for line in self._ledger.read(table, keys).values())

    def versions(self, table: str) -> dict[str, str]:
        """By key of every partition that was written, the time of its newest write."""
        return {key: line.at.isoformat() for key, line in self._ledger.read(table).items()}

    def usage(self) -> dict[str, int]:
        """What the jobs since the last call cost: jobs, bytes billed, slot-ms."""
        return self.bigquery.usage.take()

    def dry_run_bytes(
        self, table: str, contract: Contract, keys: Sequence[str], columns: Sequence[str] | None
    ) -> int:
        """Bytes that a query of these columns (all where None) of partitions that were written would scan."""
        written = self._written(table, contract, keys)
        named = present(written, outgoing.stored_schema(contract, written_columns(written), columns))
        source = names.quoted(self.bigquery.path(names.table_id(table)))
        where = condition(contract, keys)
        return self.bigquery.dry_run_bytes(f"SELECT {names.columns(named)} FROM {source} WHERE {where}")  # noqa: S608 - names are encoded

    def _written(self, table: str, contract: Contract, keys: Sequence[str] | None) -> dict[str, Written]:
        names.table_id(table)
        check_keys(table, contract, keys or [])
        return self._ledger.read(table, keys)


def _in_order(rows: pa.Table, parts: Sequence[Part]) -> pa.Table:
    """Rows partition by partition, each in order of its key."""
    pieces = [part.of(rows) for part in parts]
    return pieces[0] if len(pieces) == 1 else pa.concat_tables(pieces)


def _schema(
    table: str, contract: Contract, written: dict[str, Written], columns: Sequence[str] | None
) -> pa.Schema:
    """What is to be read. Raises ContractError where rows lack a column which may not be null."""
    schema = outgoing.stored_schema(contract, written_columns(written), columns)
    for key, line in written.items():
        if line.rows:
            outgoing.refuse_older(f"{table}/{key}", line.columns, schema)
    return schema
