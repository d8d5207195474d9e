"""Boosted trees as every expert here uses them: bounded in size, deterministic, and at peace with empty
columns.

Belongs here: settings and speed. Does not: what is predicted (see continuous).
"""

from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

_ROWS_AT_ONCE = 4_000  # so many stay in the processor's cache while every tree looks at them
# A leaf of a hundred rows says half of what it found: leaves that say more did worse on archives of years.
# Twice the trees at half the rate gain nothing, and take most of the time that a forecast takes.
_COMMON = {"learning_rate": 0.2, "l2_regularization": 100.0, "early_stopping": False, "random_state": 0}


def regressor(iterations: int, leaves: int) -> HistGradientBoostingRegressor:
    """Squared-error trees; at least 40 rows in a leaf."""
    return HistGradientBoostingRegressor(
        max_iter=iterations, max_leaf_nodes=leaves, min_samples_leaf=40, **_COMMON
    )


def fit(model: Any, x: np.ndarray, y: np.ndarray) -> Any:
    """Fit on all rows.

    scikit-learn 1.9.1 raises on a column that is all NaN (a feed that just joined), so such a column is
    zeroed: a constant column is never split on, and so its later values never matter.
    """
    x = x.copy()
    x[:, np.isnan(x).all(axis=0)] = 0.0
    return model.fit(x, y)


def predict(model: Any, x: np.ndarray) -> np.ndarray:
    """The model's value of each row."""
    starts = range(0, len(x), _ROWS_AT_ONCE)
    return np.concatenate([model.predict(x[start : start + _ROWS_AT_ONCE]) for start in starts])
