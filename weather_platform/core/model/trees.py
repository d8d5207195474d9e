"""Boosted trees as every expert here uses them: bounded in size, deterministic, and at peace with empty
columns.

Belongs here: settings and sampling. Does not: what is predicted (see continuous).
"""

from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

MAX_ROWS = 40_000
_COMMON = {"learning_rate": 0.05, "l2_regularization": 2.0, "early_stopping": False, "random_state": 0}


def regressor(iterations: int, leaves: int) -> HistGradientBoostingRegressor:
    """Squared-error trees; at least 40 rows in a leaf."""
    return HistGradientBoostingRegressor(
        max_iter=iterations, max_leaf_nodes=leaves, min_samples_leaf=40, **_COMMON
    )


def fit(model: Any, x: np.ndarray, y: np.ndarray) -> Any:
    """Fit on at most MAX_ROWS rows, evenly over the frame.

    scikit-learn 1.9.1 raises on a column that is all NaN (a feed that just joined), so such a column is
    zeroed: a constant column is never split on, and so its later values never matter.
    """
    keep = np.linspace(0, len(x) - 1, min(len(x), MAX_ROWS)).astype(np.int64)
    x = x[keep].copy()
    x[:, np.isnan(x).all(axis=0)] = 0.0
    with _one_thread():
        return model.fit(x, y[keep])


def predict(model: Any, x: np.ndarray) -> np.ndarray:
    """The model's value of each row."""
    with _one_thread():
        return model.predict(x)


def _one_thread() -> Any:
    """Models of several variables work at once, and threads that wait on each other's cores turned a fit
    of half a second into a minute."""
    return threadpool_limits(limits=1, user_api="openmp")
