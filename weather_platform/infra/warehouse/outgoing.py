"""What a warehouse gives back: stored rows in the contract's columns, order and types, for every backend.

Belongs here: columns that partitions lack, or have beyond the contract's list. Does not: reading them.
"""

from collections.abc import Iterable, Sequence

import pandas as pd
import pyarrow as pa

from weather_platform.core.tables.contract import Contract
from weather_platform.core.tables.dtypes import to_frame
from weather_platform.core.tables.row_order import ordered
from weather_platform.core.tables.schema import ContractError, arrow_schema


def stored_schema(
    contract: Contract, written: Iterable[Sequence[str]], columns: Sequence[str] | None = None
) -> pa.Schema:
    """What is to be read: the contract's columns, then those beyond its list that it allows and that some
    partition was `written` with. Only `columns` and the key where `columns` is given.
    """
    extra: set[str] = set()
    if contract.extra_float is not None:
        extra = {name for names in written for name in names if contract.allows_extra(name)}
    schema = arrow_schema(contract, extra - set(contract.by_name))
    if columns is None:
        return schema
    return pa.schema([field for field in schema if field.name in {*columns, *contract.key}])


def refuse_older(partition: str, names: Sequence[str], schema: pa.Schema) -> None:
    """Raise ContractError where rows of a partition lack a column which may not be null."""
    if required := [field.name for field in schema if not field.nullable and field.name not in names]:
        raise ContractError(
            f"{partition} was written before these required columns were in the contract: "
            f"{', '.join(required)}; materialize the partition again"
        )


def filled(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """The rows in this schema; columns that they lack are null."""
    for field in schema:
        if field.name not in rows.column_names:
            rows = rows.append_column(field, pa.nulls(len(rows), field.type))
    return rows.select(schema.names).cast(schema)


def frame(rows: pa.Table, contract: Contract, columns: Sequence[str] | None) -> pd.DataFrame:
    """The rows sorted by the contract's key, in the contract's types; `columns` where they are given."""
    data = to_frame(ordered(rows, contract.key))
    return data if columns is None else data[list(columns)]
