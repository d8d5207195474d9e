"""From errors out of fold to quantiles: the conformal part, and how it differs by lead.

Belongs here: quantile tables by lead bucket and looking them up. Does not: what the errors are errors of.
"""

from typing import Any

import numpy as np

LEAD_EDGES = (24.0, 48.0, 72.0)  # hours; the last bucket is open
LEAD_BUCKETS = ("000-024", "024-048", "048-072", "072+")
_FEWEST = 400  # below this many, a bucket's tails are noise and it shares the pooled table


def lead_bucket(lead_hours: np.ndarray) -> np.ndarray:
    """Position in LEAD_BUCKETS of each lead."""
    return np.searchsorted(LEAD_EDGES, lead_hours, side="right")


def quantile_table(errors: np.ndarray, lead_hours: np.ndarray, levels: np.ndarray) -> list[list[float]]:
    """Quantiles of `errors` at `levels` for each lead bucket, as JSON can hold them."""
    pooled = np.quantile(errors, levels)
    bucket = lead_bucket(lead_hours)
    rows = [errors[bucket == index] for index in range(len(LEAD_BUCKETS))]
    return [(np.quantile(own, levels) if len(own) >= _FEWEST else pooled).tolist() for own in rows]


def looked_up(table: Any, lead_hours: np.ndarray) -> np.ndarray:
    """Row × level: each row's quantiles from its bucket's line."""
    return np.asarray(table, dtype=np.float64)[lead_bucket(lead_hours)]


def slope(target: np.ndarray, predicted: np.ndarray) -> float:
    """Share, 0 to 1, of a predicted correction that held out of fold, by least squares through the
    origin."""
    square = float((predicted**2).sum())
    return float(np.clip((target * predicted).sum() / square, 0.0, 1.0)) if square > 0 else 0.0
