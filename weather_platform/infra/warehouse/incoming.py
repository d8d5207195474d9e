"""What a warehouse is given: rows of either form made into an Arrow table by the contract, cut by partition.

Belongs here: all that is refused before anything is written, alike for every backend. Does not: writing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from weather_platform.core.partitions import EPOCH
from weather_platform.core.tables.contract import Contract, Kind
from weather_platform.core.tables.row_order import first_repeat, sort_order
from weather_platform.core.tables.schema import (
    ContractError,
    arrow_schema,
    conform,
    extra_columns,
    refuse_missing,
)

# The partition that holds a table without partitions.
WHOLE = "_all"
_MICROSECOND = timedelta(microseconds=1)
_TABLE_PART = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Part:
    """Rows of one partition, in key order, as row numbers of the table they came in."""

    key: str
    rows: np.ndarray

    def of(self, table: pa.Table) -> pa.Table:
        """The rows themselves; not copied where they lie together."""
        first, count = int(self.rows[0]), len(self.rows)
        together = self.rows[-1] - first == count - 1 and bool((np.diff(self.rows) == 1).all())
        return table.slice(first, count) if together else table.take(pa.array(self.rows))


def table_parts(table: str) -> list[str]:
    """The parts of a table's name. Raises ValueError for one that could lead elsewhere."""
    parts = table.split("/")
    if not all(_TABLE_PART.fullmatch(part) for part in parts):
        raise ValueError(f"table name {table!r}: parts must be letters, digits, _ and - joined by slashes")
    return parts


def check_keys(table: str, contract: Contract, keys: Sequence[str]) -> None:
    """Raise ValueError for keys that the contract's table cannot have."""
    for key in keys:
        if contract.partition_column is None and key != WHOLE:
            raise ValueError(f"{table}: has no partitions, so not {key!r} either; leave the keys out")
        if contract.grain is not None:
            contract.grain.start(key)


def to_arrow(data: pd.DataFrame | pa.Table, contract: Contract) -> pa.Table:
    """Rows in the contract's Arrow schema, missing as null (never NaN), in the order given.

    Raises ContractError for columns, types or nulls that are not the contract's.
    """
    if isinstance(data, pd.DataFrame):
        frame = conform(data, contract, sort=False)
        schema = arrow_schema(contract, extra_columns(frame.columns, contract))
        nullable = pa.schema([field.with_nullable(True) for field in schema])
        table = pa.Table.from_pandas(frame, nullable, preserve_index=False, nthreads=1)
    else:
        refuse_missing(data.column_names, contract)
        schema = arrow_schema(contract, extra_columns(data.column_names, contract))
        table = pa.table({field.name: _column(data, field, contract) for field in schema})
    for field in schema:
        if not field.nullable and (count := table[field.name].null_count):
            raise ContractError(f"{contract.name}.{field.name}: never null, but missing in {count} rows")
    # In one piece: rows taken of a table in chunks would have it put together again for every partition.
    return table.cast(schema).combine_chunks()


def partitioned(table: pa.Table, name: str, contract: Contract, keys: Sequence[str] | None) -> list[Part]:
    """The table cut by partition and sorted by key, in order of partition; those without rows are left out.

    Raises ContractError where rows lie outside `keys` (None allows every partition) or a key comes twice.
    """
    columns = table.select(list(contract.key))
    parts = [_in_order(key, rows, columns, name) for key, rows in _by_partition(table, contract)]
    outside = [] if keys is None else [part for part in parts if part.key not in set(keys)]
    if outside:
        raise ContractError(
            f"{name}: {sum(len(part.rows) for part in outside)} rows lie outside the partitions written "
            f"({_some(keys or [])}), for example in {outside[0].key!r}; filter by {contract.partition_column}"
        )
    return parts


def _in_order(key: str, rows: np.ndarray, columns: pa.Table, name: str) -> Part:
    """The partition's rows sorted by the key columns. Raises ContractError where a key comes twice."""
    part = columns.take(pa.array(rows))
    order = sort_order(part.columns)
    if order is not None:
        part, rows = part.take(order), rows[order.to_numpy()]
    if (repeat := first_repeat(part.columns)) is not None:
        shared = part.slice(repeat, 1).to_pylist()[0]
        raise ContractError(f"{name}: several rows have the key {shared}; keep one of them")
    return Part(key, rows)


def _by_partition(table: pa.Table, contract: Contract) -> Iterator[tuple[str, np.ndarray]]:
    """Partition keys in order, each with its row numbers in the order given."""
    if not len(table) or contract.partition_column is None:
        if len(table):
            yield WHOLE, np.arange(len(table))
        return
    values = table[contract.partition_column]
    if contract.grain is None:
        names, codes = np.unique(values.to_numpy(), return_inverse=True)
    else:
        instants = values.cast(pa.int64()).to_numpy()
        length = contract.grain.length // _MICROSECOND
        windows, codes = _distinct(instants // length)
        names = np.array([contract.grain.key(EPOCH + int(w) * contract.grain.length) for w in windows])
    rows = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(names)))
    yield from zip((str(name) for name in names), np.split(rows, ends[:-1]), strict=True)


def _distinct(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct numbers, sorted, and the position of each among them.

    As `numpy.unique`, without its sort: numbers of windows are close to each other. Positions of few have 16
    bits, which numpy sorts by radix.
    """
    least = numbers.min()
    present = np.flatnonzero(np.bincount(numbers - least))
    position = np.zeros(present[-1] + 1, np.uint16 if len(present) <= np.iinfo(np.uint16).max else np.int64)
    position[present] = np.arange(len(present))
    return present + least, position[numbers - least]


def _column(table: pa.Table, field: pa.Field, contract: Contract) -> pa.ChunkedArray:
    """One column of a computed table, of the field's type."""
    if field.name not in table.column_names:
        return pa.nulls(len(table), field.type)
    values = table[field.name]
    column = contract.by_name.get(field.name)
    if not _fits(values.type, column.kind if column else "float"):
        raise ContractError(
            f"{contract.name}.{field.name}: {values.type} where {field.type} is due; cast the expression"
        )
    try:
        values = values.cast(field.type)
    except pa.ArrowInvalid as error:
        raise ContractError(f"{contract.name}.{field.name}: {error}") from error
    if pa.types.is_floating(field.type) and pc.any(pc.is_nan(values)).as_py():
        return pc.if_else(pc.is_nan(values), pa.scalar(None, field.type), values)
    return values


def _fits(given: pa.DataType, kind: Kind) -> bool:
    """Whether values of an Arrow type may become of a kind. A time without zone may not: it is no instant."""
    number = pa.types.is_integer(given) or pa.types.is_decimal(given)
    fits: dict[Kind, bool] = {
        "text": pa.types.is_string(given) or pa.types.is_large_string(given),
        "float": pa.types.is_floating(given) or number,
        "int": number,
        "time": pa.types.is_timestamp(given) and given.tz is not None,
        "bool": pa.types.is_boolean(given),
    }
    return pa.types.is_null(given) or fits[kind]


def _some(keys: Sequence[str]) -> str:
    return ", ".join(keys) if len(keys) <= 2 else f"{len(keys)} of them, {min(keys)} to {max(keys)}"
