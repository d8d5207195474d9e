"""Frames held to their contract: made empty, brought into shape, and split into good rows and bad ones.

Belongs here: the one schema check that all tables share. Does not: any rule of a single table (bounds and
keys stand in its contract), how a kind is held in memory (core.tables.dtypes), or what is done with bad rows.

What is wrong with the program (a missing column, a wrong dtype) raises ContractError. What is wrong with
the data (a null, a value out of bounds, a key that comes twice) is handed back by `check` with its reason.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from weather_platform.core.tables.contract import Column, Contract
from weather_platform.core.tables.dtypes import ARROW_TYPES, DTYPES, cast, nulls, to_frame
from weather_platform.core.tables.faults import Fault, as_table, value_faults
from weather_platform.core.tables.row_order import first_repeat, sort_order

if TYPE_CHECKING:
    import pandera.pandas as pandera


class ContractError(ValueError):
    """A frame that is not of its contract's shape, or rows that break it where none may."""


class Checked(NamedTuple):
    """Rows by the contract, and what was wrong with the others.

    `bad` has one line per fault, in order of the rows: `row` (index label in the frame checked), `column`
    (empty for the whole row), `reason`, `value` (as text, cut to 200 characters).
    """

    good: pd.DataFrame
    bad: pd.DataFrame


def empty(contract: Contract) -> pd.DataFrame:
    """No rows, in the contract's columns and dtypes."""
    return to_frame(arrow_schema(contract).empty_table())


def arrow_schema(contract: Contract, extra: Iterable[str] = ()) -> pa.Schema:
    """The contract's columns in order, then the `extra` float columns sorted by name."""
    return pa.schema([pa.field(c.name, ARROW_TYPES[c.kind], c.nullable) for c in _columns(contract, extra)])


def extra_columns(names: Iterable[str], contract: Contract) -> list[str]:
    """Names beyond the contract's columns, sorted. Raises ContractError for any that it does not allow."""
    given = [str(name) for name in names]
    if repeated := sorted({name for name in given if given.count(name) > 1}):
        raise ContractError(f"{contract.name}: columns come twice: {', '.join(repeated)}")
    extra = sorted(name for name in given if name not in contract.by_name)
    if refused := [name for name in extra if not contract.allows_extra(name)]:
        raise ContractError(
            f"{contract.name}: not in the contract: {', '.join(refused)}; drop or rename them"
        )
    return extra


def refuse_missing(names: Iterable[str], contract: Contract) -> None:
    """Raise ContractError where a column that is never null is not among the names."""
    present = set(names)
    if missing := [c.name for c in contract.columns if not c.nullable and c.name not in present]:
        raise ContractError(f"{contract.name}: required columns are missing: {', '.join(missing)}")


def conform(frame: pd.DataFrame, contract: Contract, *, sort: bool = True) -> pd.DataFrame:
    """The frame in the contract's column order and dtypes, sorted by key (stable) unless told
    otherwise; the same object where nothing is to be done.

    Index labels stay with their rows. Missing nullable columns are added as nulls. Raises ContractError
    where a column that is never null is missing, a column is unknown, or values are not of the column's kind.
    """
    columns = _columns(contract, extra_columns(frame.columns, contract))
    refuse_missing(frame.columns, contract)
    if not _in_shape(frame, columns):
        frame = pd.DataFrame({c.name: _cast(frame, c, contract) for c in columns}, index=frame.index)
    order = sort_order([pa.array(frame[name]) for name in contract.key]) if sort else None
    return frame if order is None else frame.take(order.to_numpy())


def check(frame: pd.DataFrame, contract: Contract) -> Checked:
    """Split rows by the contract. Of rows with one key that are otherwise good, the last is kept.

    Raises ContractError where the frame's columns or dtypes are not the contract's: `conform` it first.
    """
    import pandera.errors  # noqa: PLC0415 - see pandera_schema

    if not _in_shape(frame, _columns(contract, extra_columns(frame.columns, contract))):
        raise ContractError(
            f"{contract.name}: columns or dtypes are not the contract's; conform the frame first"
        )
    schema = pandera_schema(contract)
    try:
        schema.validate(frame, inplace=True)
    except pandera.errors.SchemaError:
        return _split(frame, value_faults(frame, schema), contract)
    if _has_repeats(frame, contract):
        return _split(frame, [], contract)
    return Checked(frame, as_table(frame, []))


@lru_cache(maxsize=64)
def pandera_schema(contract: Contract) -> "pandera.DataFrameSchema":
    """The contract's values in pandera: nulls, bounds, and no unknown columns.

    Dtypes are not among them: `check` has compared them, and a third of its time went into doing so again.
    Nor is the key: pandera writes its message about repeated keys a millisecond per row, which a file of
    nothing but repeats turns into minutes.
    """
    import pandera.pandas as pandera  # noqa: PLC0415 - costs 0.4 s and is needed only where rows are checked

    def column(c: Column, *, pattern: bool = False) -> pandera.Column:
        bounds = [
            *([pandera.Check.ge(c.ge, error=f"below {c.ge:g}")] if c.ge is not None else []),
            *([pandera.Check.le(c.le, error=f"above {c.le:g}")] if c.le is not None else []),
        ]
        finite = pandera.Check(np.isfinite, error="not a finite number")
        checks = [*bounds, finite] if c.kind == "float" and len(bounds) < 2 else bounds
        return pandera.Column(None, checks, nullable=c.nullable, regex=pattern, required=not pattern)

    columns = {c.name: column(c) for c in contract.columns}
    if contract.extra_float is not None:
        # A pattern may match listed names too, and they are of their own kinds.
        listed = "|".join(map(re.escape, contract.column_names))
        further = f"^(?!(?:{listed})$)(?:{contract.extra_float})$"
        columns[further] = column(Column("extra", "float", ""), pattern=True)
    return pandera.DataFrameSchema(columns, strict=True, name=contract.name)


def _has_repeats(frame: pd.DataFrame, contract: Contract) -> bool:
    """Rows in order of their key, as `conform` leaves them, are only compared with their neighbours."""
    keys = [pa.array(frame[name]) for name in contract.key]
    if sort_order(keys) is None:
        return first_repeat(keys) is not None
    return bool(frame.duplicated(list(contract.key)).any())


def _columns(contract: Contract, extra: Iterable[str]) -> list[Column]:
    return [*contract.columns, *(Column(name, "float", "") for name in sorted(extra))]


def _in_shape(frame: pd.DataFrame, columns: Sequence[Column]) -> bool:
    return list(frame.columns) == [c.name for c in columns] and all(
        dtype == DTYPES[c.kind] for dtype, c in zip(frame.dtypes, columns, strict=True)
    )


def _cast(frame: pd.DataFrame, column: Column, contract: Contract) -> pd.Series:
    try:
        if column.name not in frame.columns:
            return nulls(column.kind, frame.index)
        return cast(frame[column.name], column.kind)
    except (TypeError, ValueError) as error:
        raise ContractError(
            f"{contract.name}.{column.name}: values cannot be of kind {column.kind}: {error}"
        ) from error


def _split(frame: pd.DataFrame, faults: list[Fault], contract: Contract) -> Checked:
    """Keys are compared among rows otherwise good, so that a bad later row takes no good one with it."""
    good = ~np.logical_or.reduce([fault.rows for fault in faults] or [np.zeros(len(frame), dtype=bool)])
    repeated = np.zeros(len(frame), dtype=bool)
    repeated[good] = frame.loc[good, list(contract.key)].duplicated(keep="last")
    faults = [*faults, Fault("", "the key comes again in a later row", repeated)]
    return Checked(frame[good & ~repeated], as_table(frame, faults))
