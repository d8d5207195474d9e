"""Columns on a common scale, for whatever is linear in them.

Belongs here: a sample of rows, moments of columns, and columns standardised by them. Does not: which columns
(see matrix).
"""

from collections.abc import Sequence

import numpy as np


def some_of(rows: int, most: int) -> np.ndarray:
    """Positions, in order, of at most `most` of so many rows: the same every time. Drawn, since even steps
    keep pace with the frame's own, and see one lead in the first weeks and another in the last."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(rows).choice(rows, most, replace=False))


def moments(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of the known values; 0 and 1 for a column without any, or without
    variation."""
    known = ~np.isnan(columns)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, columns, 0.0).sum(axis=0) / count
    sd = np.sqrt((np.where(known, columns - mean, 0.0) ** 2).sum(axis=0) / count)
    return mean, np.where(sd > 1e-9, sd, 1.0)


def standard(
    columns: np.ndarray,
    mean: Sequence[float] | np.ndarray,
    sd: Sequence[float] | np.ndarray,
    furthest: float = np.inf,
) -> np.ndarray:
    """Standardised columns, cut at ± `furthest`, after a column of ones; unknown values become 0, the
    mean."""
    shape, kind = (len(columns), columns.shape[1] + 1), np.result_type(columns, np.float32)
    made = np.ones(shape, kind, order="F" if np.isfortran(columns) else "C")
    scaled = made[:, 1:]  # in place: half of the time went into copies
    np.subtract(columns, mean, out=scaled)
    np.divide(scaled, sd, out=scaled)
    np.copyto(scaled, 0.0, where=np.isnan(scaled))
    np.clip(scaled, -furthest, furthest, out=scaled)
    return made
