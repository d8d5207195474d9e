"""Scores of forecasts row by row, by scoringrules; a single value is scored as the quantiles' limit.

Belongs here: CRPS of quantiles, points and the paired bootstrap of daily means. Does not: sums or tables.

A feed gives one value, not a distribution, and the CRPS of one value is its absolute error. That is what
its user is left with, but it favours us: so every table shows the absolute error of our median beside it.
"""

import numpy as np
import scoringrules

from weather_platform.core.contracts.learned import QUANTILE_LEVELS

BLOCK_DAYS = 3
RESAMPLES = 2000


def crps_of_quantiles(observed: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """CRPS by row from the pinball losses at QUANTILE_LEVELS; `quantiles` is row × level."""
    return scoringrules.crps_quantile(observed, quantiles, np.array(QUANTILE_LEVELS))


def bootstrap_mean(
    daily_sum: np.ndarray, daily_n: np.ndarray, seed: int = 0, levels: tuple[float, float] = (0.025, 0.975)
) -> tuple[float, float]:
    """Interval of the mean of a paired difference; NaN for fewer than two days. See `resampled_means`."""
    if len(daily_sum) < 2:
        return float("nan"), float("nan")
    low, high = np.quantile(resampled_means(daily_sum[:, None], daily_n[:, None], seed), levels)
    return float(low), float(high)


def resampled_means(
    daily_sum: np.ndarray, daily_n: np.ndarray, seed: int = 0, resamples: int = RESAMPLES
) -> np.ndarray:
    """Means of many paired differences (day × series) under circular block bootstrap over days (Politis and
    Romano 1992), resample × series.

    Days, in order, stand in blocks of three, since weather and so errors last for days. All series see the
    same resamples; NaN where a resample holds no row of a series.
    """
    days = len(daily_sum)
    block = min(BLOCK_DAYS, days)
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, days, (resamples, -(-days // block)))
    picked = ((starts[:, :, None] + np.arange(block)) % days).reshape(resamples, -1)[:, :days]
    flat = picked + np.arange(resamples)[:, None] * days
    times = np.bincount(flat.ravel(), minlength=resamples * days).reshape(resamples, days).astype(np.float64)
    n = times @ daily_n
    return np.divide(times @ daily_sum, n, out=np.full_like(n, np.nan), where=n > 0)
