"""Values as they stand in foreign JSON, as columns: numbers that may be null or text, and codes of any kind.

Belongs here: conversion of whole columns and what cannot be converted. Does not: units, bounds, tables.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from weather_platform.core.providers.reading import number


class Numbers(NamedTuple):
    """float64 `values` with NaN for missing, and a mask of what was there but is no number (None where all
    is well).
    """

    values: np.ndarray
    not_numbers: np.ndarray | None


def may_hold_booleans(body: bytes) -> bool:
    """Whether JSON has a `true` or `false` anywhere: a thousand times cheaper than a look at every value."""
    return b"true" in body or b"false" in body


def numbers(raw: list[Any], *, booleans: bool = True) -> Numbers:
    """A column of numbers, nulls and numbers as text. Booleans, other text, nested values are not numbers.

    `booleans` False says that there are none: Arrow would take them for 0 and 1 where they follow a float.
    """
    if booleans and bool in set(map(type, raw)):
        return _mixed_numbers(raw)
    try:
        return Numbers(pa.array(raw, pa.float64()).to_numpy(zero_copy_only=False), None)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return _mixed_numbers(raw)


def _mixed_numbers(raw: list[Any]) -> Numbers:
    values = np.array([number(value) for value in raw], dtype="float64")
    present = np.array([value is not None for value in raw], dtype=bool)
    not_numbers = present & ~np.isfinite(values)
    values[not_numbers] = np.nan
    return Numbers(values, not_numbers)


def texts(raw: Sequence[Any]) -> pa.Array:
    """A column of codes as text: whole numbers without a point, null where missing."""
    kinds = set(map(type, raw)) - {type(None)}
    if kinds <= {int, float}:
        try:
            return _whole(pa.array(raw, pa.float64())).cast(pa.large_string())
        except pa.ArrowInvalid:
            pass  # an integer that no float holds: no code, but it must not cost the others theirs
    return pa.array([None if value is None else str(value) for value in raw], pa.large_string())


def _whole(column: pa.Array) -> pa.Array:
    """Numbers as integers where every one is whole."""
    try:
        return column.cast(pa.int64())
    except pa.ArrowInvalid:
        return column
