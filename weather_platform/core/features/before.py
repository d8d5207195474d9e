"""What lies further back than a Lookback goes, for what has been silent since.

Belongs here: the mean day of all that was before, and filling up with it. Does not: days within the window,
or what is learned of the sums (see recent).

A place that is forecast in summers alone, a station that was away, a feed that came back: within two months
nothing is known of them, and far more than nothing was known before. So where the window holds fewer days
than a few, older ones, all alike, stand in for what is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from weather_platform.core.features.shrinkage import mean
from weather_platform.core.features.within_block import by_block


@dataclass(frozen=True)
class Before:
    """How many `days` there were, and of their mean day `n`, `error`, `squared` and `observed` as Sums has
    them: arrays part of the day × lead day × place × feed."""

    days: np.ndarray
    mean_day: tuple[np.ndarray, ...]

    def filled(
        self, totals: Sequence[np.ndarray], days: np.ndarray, block: np.ndarray, fewest_days: float
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """`days` (block × lead day × place × feed), none fewer than `fewest_days` if there ever were so many,
        and `totals` (by part; the first of mean_day's) of them."""
        missing = np.clip(fewest_days - days, 0.0, by_block(self.days, block, np.maximum))
        of_part = missing[block]
        pairs = zip(totals, self.mean_day[: len(totals)], strict=True)
        return days + missing, [total + of_part * usual for total, usual in pairs]


def before_of(
    shape: tuple[int, ...], index: tuple[np.ndarray, ...], columns: Sequence[np.ndarray], keep: np.ndarray
) -> Before:
    """Of the rows to `keep`, one a day. `index`: their positions in the `shape`; `columns`: n, error, squared
    error and observed."""
    inside = keep & np.logical_and.reduce([i >= 0 for i in index])
    at = np.ravel_multi_index(tuple(i[inside] for i in index), shape)

    def total(weights: np.ndarray | None) -> np.ndarray:
        counted = np.bincount(at, weights, minlength=int(np.prod(shape)))
        return counted.reshape(shape).astype(np.float64)

    days = total(None)
    return Before(days, tuple(mean(total(column[inside]), days) for column in columns))
