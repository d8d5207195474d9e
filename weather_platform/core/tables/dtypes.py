"""The one mapping of contract kinds to pandas and Arrow types, and the strict casts into it.

Belongs here: what a kind is in memory, and which values may become one. Does not: contracts
(core.tables.schema), units, or the decoding of text: a number or a time that is still text is a parser's
mistake and is refused.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from weather_platform.core.tables.contract import Kind

TEXT = pd.StringDtype("pyarrow")
TIME = pd.DatetimeTZDtype("us", "UTC")  # type: ignore[arg-type] # the stubs of pandas 2 know ns only
DTYPES: dict[Kind, Any] = {
    "text": TEXT,
    "float": np.dtype("float64"),
    "int": np.dtype("int64"),
    "time": TIME,
    "bool": np.dtype("bool"),
}
ARROW_TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "float": pa.float64(),
    "int": pa.int64(),
    "time": pa.timestamp("us", "UTC"),
    "bool": pa.bool_(),
}


def to_frame(rows: pa.Table) -> pd.DataFrame:
    """The rows of an Arrow table as they are held in memory: text stays Arrow's."""
    return rows.to_pandas(types_mapper={pa.string(): TEXT}.get, use_threads=False)


def cast(values: pd.Series, kind: Kind) -> pd.Series:
    """The values in the dtype of their kind, the same object if they are. Raises TypeError or ValueError."""
    return values if values.dtype == DTYPES[kind] else _CASTS[kind](values)


def nulls(kind: Kind, index: pd.Index) -> pd.Series:
    """A column of nulls. Raises ValueError for kinds that have none (int and bool)."""
    if kind in ("int", "bool"):
        raise ValueError(f"a column of kind {kind} cannot be null")
    return pd.Series(pd.NA if kind == "text" else None, index=index, dtype=DTYPES[kind])


def _as_text(values: pd.Series) -> pd.Series:
    if values.dtype != object and not pd.api.types.is_string_dtype(values.dtype) and values.notna().any():
        raise TypeError("they are not text; format them first")
    return values.astype(TEXT)


def _as_time(values: pd.Series) -> pd.Series:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values.dt.tz_convert("UTC").astype(TIME)
    if values.notna().any():
        raise TypeError("they are not timezone-aware times; localize them to the zone they are in")
    return nulls("time", values.index)


def _as_float(values: pd.Series) -> pd.Series:
    return _numbers(values).astype(DTYPES["float"])


def _as_int(values: pd.Series) -> pd.Series:
    numbers = _numbers(values)
    if numbers.isna().any() or (numbers % 1 != 0).any():
        raise ValueError("they are not all whole numbers")
    return numbers.astype(DTYPES["int"])


def _as_bool(values: pd.Series) -> pd.Series:
    if not values.isin([True, False]).all():
        raise ValueError("they are not all true or false")
    return values.astype(DTYPES["bool"])


def _numbers(values: pd.Series) -> pd.Series:
    numbers = values.infer_objects()
    if not pd.api.types.is_numeric_dtype(numbers.dtype) and numbers.notna().any():
        raise TypeError("they are not numbers; decode them first")
    return numbers if pd.api.types.is_numeric_dtype(numbers.dtype) else numbers.astype(DTYPES["float"])


_CASTS: dict[Kind, Callable[[pd.Series], pd.Series]] = {
    "text": _as_text,
    "float": _as_float,
    "int": _as_int,
    "time": _as_time,
    "bool": _as_bool,
}
