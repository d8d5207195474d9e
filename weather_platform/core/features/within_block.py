"""Parts of a six-hour block: their sums as the block's, and how far an hour's bias is from its block's.

Belongs here: arithmetic on arrays with an axis of the parts of the day that errors are summed by. Does not:
the bias of a block or a lead (see recent).

The morning's rise and noon are hours of one block and err apart, by the sun and not by the lead: so all
leads tell an hour's departure together, and each lead keeps what its blocks show. It is drawn to 0 by how far
hours have shown to differ beyond chance (empirical Bayes), as a lead's bias is to its block's.
"""

import numpy as np

from weather_platform.core.features.lookback import BLOCK_HOURS
from weather_platform.core.features.shrinkage import SHRINK_DAYS, mean, toward

# Until all parts together have so many days, a part's own mean counts half after twenty.
_PRIOR_DAYS, _USUAL_DAYS = 100.0, 20.0
_RANGE = (SHRINK_DAYS, 400.0)


def blocks_of(parts: np.ndarray, part_hours: int) -> np.ndarray:
    """Which of the blocks that there are each of the sorted `parts` of the day lies in, counted from 0."""
    return np.unique(parts * part_hours // BLOCK_HOURS, return_inverse=True)[1]


def has_parts(block: np.ndarray) -> bool:
    """Whether any block has more than one part. The platform's have not, and its arrays are large."""
    return len(block) > 0 and int(block[-1]) + 1 < len(block)


def by_block(values: np.ndarray, block: np.ndarray, ufunc: np.ufunc = np.add, axis: int = 0) -> np.ndarray:
    """`values` of parts as those of their blocks."""
    if not has_parts(block):
        return values
    return ufunc.reduceat(values, np.flatnonzero(np.diff(block, prepend=-1)), axis=axis)


def block_known_at(known_at: np.ndarray, spoken: np.ndarray, block: np.ndarray) -> np.ndarray:
    """`known_at`, of days × parts × …, as the latest of all parts of their block that were `spoken` of: some
    hours of a block are not the block."""
    if not has_parts(block):
        return known_at
    of_spoken = np.where(spoken, known_at, np.iinfo(np.int64).min)
    return by_block(of_spoken, block, np.maximum, axis=1)[:, block]


def departures(n: np.ndarray, error: np.ndarray, weight: np.ndarray, block: np.ndarray) -> np.ndarray:
    """Part × place × feed: what to expect of a part's error less its block's. `n` pairs and sum of `error` of
    a day, and its `weight` (0 where unknown): day × part × place × feed."""
    of_block = mean(by_block(error, block, axis=1), by_block(n, block, axis=1))[:, block]
    weight = np.where(n > 0, weight, 0.0)
    days = weight.sum(axis=0)
    found = np.where(n > 0, mean(error, n) - of_block, 0.0)
    usual = mean((weight * found).sum(axis=0), days)
    variance = mean((weight * (found - usual) ** 2).sum(axis=0), days) * (1 + 1 / np.maximum(days, 1.0))
    return toward(usual, np.zeros_like(usual), days, _enough_days(usual, days, variance))


def _enough_days(usual: np.ndarray, days: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """After how many days a part's own mean counts half, by feed: the variance from day to day over that of
    what parts truly depart by, which is what they do less what chance makes of so few days."""
    weight = np.where(days > 1, days, 0.0)
    of_days = mean((weight * variance).sum(axis=(0, 1)), weight.sum(axis=(0, 1)))
    beyond_chance = (weight * usual**2 - np.where(weight > 0, variance, 0.0)).sum(axis=(0, 1))
    true = (beyond_chance + _PRIOR_DAYS * of_days / _USUAL_DAYS) / (weight.sum(axis=(0, 1)) + _PRIOR_DAYS)
    return np.clip(of_days / np.maximum(true, 1e-9), *_RANGE)
