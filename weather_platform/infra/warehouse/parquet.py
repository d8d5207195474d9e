"""The local warehouse: a folder per table, a Parquet file per partition, DuckDB in memory to query them.

Belongs here: which file holds which partition, and how it is replaced. Does not: how rows become a file's
bytes (see parquet_file), what is refused (see incoming), what is given back (see outgoing), or Dagster.

A file is written under a temporary name beside its place and renamed onto it, so that a reader sees the old
rows or the new ones and a killed writer changes nothing. There is no lock and no database file: processes
read and write at will, and the last to replace a partition wins. Nothing is fsynced (see local_objects):
every table can be made again from the payloads.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import pandas as pd
import pyarrow as pa

from weather_platform.core.tables.contract import Contract
from weather_platform.infra.objects.version_file import generation_of
from weather_platform.infra.warehouse import outgoing, parquet_file
from weather_platform.infra.warehouse.incoming import (
    WHOLE,
    check_keys,
    partitioned,
    table_parts,
    to_arrow,
)

if TYPE_CHECKING:
    import ibis

_SUFFIX = ".parquet"


class ParquetWarehouse:
    """`Warehouse` over the folder `root`. For one thread at a time, as its DuckDB connection is."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def connection(self) -> "ibis.backends.duckdb.Backend":
        """In-memory DuckDB that every expression of this warehouse lives on."""
        from weather_platform.infra.warehouse.duckdb import connect

        return connect()

    def replace(
        self, table: str, contract: Contract, data: "pd.DataFrame | ibis.Table", keys: Sequence[str] | None
    ) -> dict[str, int]:
        """Make the named partitions hold exactly `data` (all of the table where `keys` is None).

        Returns rows written by partition, for those that have any. Raises ContractError, before anything is
        written, for rows that break the contract's columns, nulls or key, or that lie outside `keys`.
        """
        files = None if keys is None else {key: self._file(table, contract, key) for key in keys}
        rows = to_arrow(data if isinstance(data, pd.DataFrame) else self._computed(data), contract)
        parts = {part.key: part for part in partitioned(rows, table, contract, keys)}
        if files is None:
            every = [WHOLE] if contract.partition_column is None else sorted({*parts, *self.keys(table)})
            files = {key: self._file(table, contract, key) for key in every}
        for key, file in files.items():
            part = parts.get(key)
            parquet_file.write(file, part.of(rows) if part else rows.slice(0, 0))
        return {key: len(part.rows) for key, part in parts.items()}

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
        files = self._files(table, contract, keys)
        schema = outgoing.stored_schema(contract, map(parquet_file.names, files), columns)
        parts = [parquet_file.read(file, schema) for file in files]
        rows = pa.concat_tables(parts) if parts else schema.empty_table()
        return outgoing.frame(rows, contract, columns)

    def expression(self, table: str, contract: Contract, keys: Sequence[str] | None = None) -> "ibis.Table":
        """The same rows, unsorted, as a lazy Ibis table, to be joined with others of this warehouse."""
        import ibis

        columns = {file: parquet_file.names(file) for file in self._files(table, contract, keys)}
        schema = outgoing.stored_schema(contract, columns.values())
        if not columns:
            # As below, where no column is told to be never null: tables of one contract can be put together.
            nullable = pa.schema([field.with_nullable(True) for field in schema])
            return ibis.memtable(nullable.empty_table())
        for file, names in columns.items():
            outgoing.refuse_older(parquet_file.place(file), names, schema)
        paths = [_literal(file) for file in columns]
        rows = self.connection.read_parquet(paths, table_name=_view(paths), union_by_name=True)
        ibis_schema = ibis.Schema.from_pyarrow(schema)
        return rows.select(
            **{
                name: (rows[name] if name in rows.columns else ibis.null()).cast(dtype(nullable=True))
                for name, dtype in ibis_schema.items()
            }
        )

    def _computed(self, data: "ibis.Table") -> pa.Table:
        return self.connection.to_pyarrow(data)

    def keys(self, table: str) -> list[str]:
        """Keys of the partitions that were written, sorted; empty for a table that does not exist."""
        try:
            names = [file.name for file in self._folder(table).iterdir()]
        except FileNotFoundError:
            return []
        # What is no folder, or may not be listed, raises: pathlib's `glob` says of both that they are empty.
        return sorted(unquote(name.removesuffix(_SUFFIX)) for name in names if name.endswith(_SUFFIX))

    def size(self, table: str, keys: Sequence[str] | None = None) -> int:
        """Bytes stored for the named partitions."""
        folder = self._folder(table)
        files = (folder / _file_name(key) for key in (self.keys(table) if keys is None else keys))
        return sum(file.stat().st_size for file in files if file.exists())

    def versions(self, table: str) -> dict[str, str]:
        """By key of every partition, what its file's next content will not have: its inode, size and time."""
        folder = self._folder(table)
        return {key: generation_of((folder / _file_name(key)).stat()) for key in self.keys(table)}

    def usage(self) -> dict[str, int]:
        """Nothing is billed here."""
        return {}

    def _folder(self, table: str) -> Path:
        return self.root.joinpath(*table_parts(table))

    def _file(self, table: str, contract: Contract, key: str) -> Path:
        check_keys(table, contract, [key])
        return self._folder(table) / _file_name(key)

    def _files(self, table: str, contract: Contract, keys: Sequence[str] | None) -> list[Path]:
        """Files that exist of the named partitions, in order of the keys."""
        named = self.keys(table) if keys is None else sorted(set(keys))
        files = (self._file(table, contract, key) for key in named)
        return [file for file in files if file.exists()]


def _file_name(key: str) -> str:
    return quote(key, safe=" @=+,") + _SUFFIX


def _view(paths: Sequence[str]) -> str:
    """What Ibis calls its view of these files: the same each time, since nobody ever drops one, and a code
    server looks at the same tables for months.
    """
    return "files_" + hashlib.sha256("\n".join(paths).encode()).hexdigest()[:32]


def _literal(file: Path) -> str:
    """The path as DuckDB must be told it: it takes the signs of its patterns in a class of their own only."""
    return re.sub(r"[\[*?]", r"[\g<0>]", str(file))
