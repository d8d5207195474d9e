"""Paired differences of scores from day to day: how far from nothing, and which of many are beyond chance.

Belongs here: the block bootstrap and what follows from it. Does not: the scores (see scores), or what is
compared with what.
"""

from typing import NamedTuple

import numpy as np
from scipy.stats import false_discovery_control
from scipy.stats import t as student

BLOCK_DAYS = 3
# Two blocks: of one, every resample is the same and an interval has no width. Of series whose days are
# independent, intervals of 6 to 30 days lie wholly on the wrong side in 3 to 5 % of cases instead of 2.5.
FEWEST_DAYS = 2 * BLOCK_DAYS
RESAMPLES = 2000
FALSE_SHARE = 0.05  # of what is called beyond chance


class Differences(NamedTuple):
    """Means of paired differences, an array each by series: the 95 % interval, the standard error, and the
    two-sided p-value of none. NaN, which decides nothing, for a series of too few days."""

    low: np.ndarray
    high: np.ndarray
    error: np.ndarray
    p: np.ndarray


def differences(daily_sum: np.ndarray, daily_n: np.ndarray, seed: int = 0) -> Differences:
    """Of paired differences (day × series), by Student's t with the bootstrap's `standard_errors`."""
    days, n = (daily_n > 0).sum(axis=0), daily_n.sum(axis=0)
    mean = np.divide(daily_sum.sum(axis=0), n, out=np.full(len(n), np.nan), where=n > 0)
    error, freedom = standard_errors(daily_sum, daily_n, seed), np.maximum(days - 1, 1)
    reach = student.ppf(0.975, freedom) * error
    p = np.minimum(2 * p_above(np.abs(mean), error, days), 1.0)
    return Differences(mean - reach, mean + reach, error, p)


def p_above(mean: np.ndarray, error: np.ndarray, days: np.ndarray) -> np.ndarray:
    """One-sided p-value of a mean that is 0 at most, from Student's t: quantiles of a bootstrap end long
    before 5 % shared among hundreds of series. Without any error (as in a dry week) it is plain; NaN where
    the error is."""
    by_t = student.sf(mean / np.where(error > 0, error, 1.0), np.maximum(days - 1, 1))
    return np.where(error == 0, np.where(mean > 0, 0.0, 1.0), np.where(np.isnan(error), np.nan, by_t))


def beyond_chance(p: np.ndarray) -> np.ndarray:
    """Which of a family of p-values are: of all that are called so, FALSE_SHARE is chance at most (Benjamini
    and Hochberg 1995; for scores, which are correlated, Wilks 2016). Never where p is NaN."""
    found, known = np.zeros(len(p), dtype=bool), ~np.isnan(p)
    if known.any():
        found[known] = false_discovery_control(p[known]) <= FALSE_SHARE
    return found


def sides(p: np.ndarray, difference: np.ndarray) -> np.ndarray:
    """Of each of a family of differences, ours less the other's: 1 where ours is better `beyond_chance`, -1
    where the other is, 0 where neither is."""
    return np.where(beyond_chance(p), -np.sign(difference), 0).astype(int)


def standard_errors(daily_sum: np.ndarray, daily_n: np.ndarray, seed: int = 0) -> np.ndarray:
    """Of the means of paired differences (day × series), by `resampled_means`; NaN for a series that has rows
    on fewer than FEWEST_DAYS days.

    Blocks of a series of few days vary less than the days do, by (days − block) / days; and quantiles of a
    bootstrap end where its resamples do. So its spread is taken, and stretched.
    """
    days = (daily_n > 0).sum(axis=0)
    found = np.full(len(days), np.nan)
    enough = days >= FEWEST_DAYS
    if enough.any():
        means = resampled_means(daily_sum[:, enough], daily_n[:, enough], seed)
        found[enough] = np.nanstd(means, axis=0) * np.sqrt(days[enough] / (days[enough] - BLOCK_DAYS))
    return found


def resampled_means(daily_sum: np.ndarray, daily_n: np.ndarray, seed: int = 0) -> np.ndarray:
    """Means of many paired differences (day × series) under circular block bootstrap over days (Politis and
    Romano 1992), resample × series. For FEWEST_DAYS days and more: of as many days as a block has, every
    resample is the same.

    Days, in order, stand in blocks of three, since weather and so errors last for days. All series see the
    same resamples; NaN where a resample holds no row of a series.
    """
    days = len(daily_sum)
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, days, (RESAMPLES, -(-days // BLOCK_DAYS)))
    picked = ((starts[:, :, None] + np.arange(BLOCK_DAYS)) % days).reshape(RESAMPLES, -1)[:, :days]
    flat = picked + np.arange(RESAMPLES)[:, None] * days
    times = np.bincount(flat.ravel(), minlength=RESAMPLES * days).reshape(RESAMPLES, days).astype(np.float64)
    n = times @ daily_n
    return np.divide(times @ daily_sum, n, out=np.full_like(n, np.nan), where=n > 0)
