"""Means of few days, drawn to those of wider cells.

Belongs here: that arithmetic. Does not: which cells are wider than which (see recent and recent_error).
"""

import numpy as np

SHRINK_DAYS = 8.0


def mean(total: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Total over number; 0 where there is none."""
    return np.divide(total, n, out=np.zeros_like(total), where=n > 0)


def toward(
    cell: np.ndarray, wider: np.ndarray, days: np.ndarray, enough: np.ndarray | float = SHRINK_DAYS
) -> np.ndarray:
    """`cell`, drawn to `wider` by half where it has `enough` days, by less where it has more."""
    share = days / (days + enough)
    return wider + share * (cell - wider)
