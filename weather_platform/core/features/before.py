"""What lies further back than a Lookback goes, for what has been silent since.

Belongs here: sums of all that was before, and filling up with their mean day. Does not: days within the
window, or what is learned of the sums (see recent).

A place that is forecast in summers alone, a station that was away, a feed that came back: within two months
nothing is known of them, and far more than nothing was known before. So where the window holds fewer than a
few days of a place's feed, older ones, all alike, stand in for what is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from weather_platform.core.features.shrinkage import mean
from weather_platform.core.features.within_block import by_block


@dataclass(frozen=True)
class Before:
    """How many `days` there were, and the `totals` of their n, error, squared error and observed as Sums has
    them: arrays part of the day × lead day × place × feed."""

    days: np.ndarray
    totals: tuple[np.ndarray, ...]

    def and_of(self, known: np.ndarray, columns: Sequence[np.ndarray]) -> "Before":
        """With those of the days since that are `known`: arrays day × part × lead day × place × feed."""
        more = (np.where(known, column, 0.0).sum(axis=0) for column in columns)
        pairs = zip(self.totals, more, strict=True)
        return Before(self.days + known.sum(axis=0), tuple(total + new for total, new in pairs))

    def filled(
        self, totals: Sequence[np.ndarray], days: np.ndarray, block: np.ndarray, fewest_days: float
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """`days` (block × lead day × place × feed) and `totals` (by part; the first of its own), where a
        place's feed has spoken on fewer than `fewest_days` with as many as that if there ever were so many:
        each that is missing is as the mean of all."""
        missing = np.clip(fewest_days - spoken_days(days), 0.0, by_block(self.days, block, np.maximum))
        of_part = missing[block]
        pairs = zip(totals, self.totals[: len(totals)], strict=True)
        return days + missing, [total + of_part * mean(old, self.days) for total, old in pairs]


def spoken_days(days: np.ndarray) -> np.ndarray:
    """On how many of them (block × lead day × place × feed) a place's feed has spoken at all: what it said
    long ago, at a lead that it has no longer, would be pooled with what it says now."""
    return days.max(axis=(0, 1), initial=0.0)


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

    return Before(total(None), tuple(total(column[inside]) for column in columns))
