"""Values as they stand in foreign JSON, as columns: numbers that may be null or text, and codes of any kind.

Belongs here: conversion of whole columns and what cannot be converted. Does not: units, bounds, tables.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa


class Numbers(NamedTuple):
    """float64 `values` with NaN for missing, and a mask of what was there but is no number (None where all
    is well).
    """

    values: np.ndarray
    not_numbers: np.ndarray | None


def numbers(raw: list[Any]) -> Numbers:
    """A column of numbers, nulls and numbers as text. Booleans, other text and nested values are not
    numbers.
    """
    try:
        return Numbers(pa.array(raw, pa.float64()).to_numpy(zero_copy_only=False), None)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return _mixed_numbers(raw)


def _mixed_numbers(raw: list[Any]) -> Numbers:
    column = pd.Series(raw, dtype="object")
    candidate = column.map(lambda value: isinstance(value, int | float | str) and not isinstance(value, bool))
    values = pd.to_numeric(column.where(candidate), errors="coerce").astype("float64").to_numpy(copy=True)
    not_numbers = column.notna().to_numpy() & ~np.isfinite(values)
    values[not_numbers] = np.nan
    return Numbers(values, not_numbers)


def texts(raw: Sequence[Any]) -> pa.Array:
    """A column of codes as text: whole numbers without a point, null where missing or blank."""
    try:
        column = pa.array(raw)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        column = pa.array([None if value is None else str(value) for value in raw], pa.large_string())
    if pa.types.is_floating(column.type):
        try:
            column = column.cast(pa.int64())
        except pa.ArrowInvalid:
            return column.cast(pa.large_string())
    return column.cast(pa.large_string())
