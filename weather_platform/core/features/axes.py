"""Long rows ↔ dense arrays: the axes that features are computed on, and the way there and back.

Belongs here: positions, scattering, text columns of repeated words. Does not: any statistics.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

MICROSECONDS = 1_000_000
HOUR = 3600 * MICROSECONDS
DAY = 24 * HOUR
MISSING_TIME = np.iinfo(np.int64).max  # later than any "known by", so a missing time is never known


def microseconds(times: "pd.Series | list[datetime] | pd.DatetimeIndex") -> np.ndarray:
    """Aware times → int64 microseconds since 1970 UTC. Missing times are not allowed for."""
    return pd.DatetimeIndex(times).tz_convert("UTC").as_unit("us").to_numpy("datetime64[us]").astype(np.int64)


def row_keys(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each row its place, as a number, its cycle and its valid time (int64 microseconds)."""
    place = pd.factorize(rows["location_id"])[0]
    return place, microseconds(rows["cycle"]), microseconds(rows["valid_time"])


@dataclass(frozen=True)
class Axes:
    """Sorted labels of each axis. `cycles` are starts in int64 microseconds."""

    places: tuple[str, ...]
    cycles: np.ndarray
    feeds: tuple[str, ...]


def positions(labels: Sequence[Any] | np.ndarray, values: pd.Series) -> np.ndarray:
    """Index of each value in `labels`, −1 for values that are not there."""
    coded = pd.Categorical(values, categories=list(labels))
    return coded.codes.astype(np.int64)


def scatter(
    shape: tuple[int, ...], index: tuple[np.ndarray, ...], values: np.ndarray, fill: float
) -> np.ndarray:
    """A dense array with `values` at `index`; rows with an index outside the shape are left out."""
    inside = np.logical_and.reduce([(i >= 0) & (i < size) for i, size in zip(index, shape, strict=True)])
    dense = np.full(shape, fill, dtype=values.dtype)
    dense[tuple(i[inside] for i in index)] = values[inside]
    return dense


def text(labels: Sequence[str], codes: np.ndarray) -> pd.Series:
    """A text column from labels and positions, without making a Python string per row."""
    words = pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int32)), pa.array(list(labels), pa.string())
    )
    return pd.Series(words.cast(pa.string()), dtype=pd.StringDtype("pyarrow"))


def times(microseconds_utc: np.ndarray) -> pd.Series:
    """int64 microseconds → datetime64[us, UTC]."""
    return pd.Series(microseconds_utc.view("datetime64[us]")).dt.tz_localize("UTC")
