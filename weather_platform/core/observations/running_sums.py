"""Amounts that are sums since some time before, as rain gauges' counters and weather models write them.

Belongs here: telling them by their values, and what is asked then. Does not: what becomes of such a column
(steps, core.uploads.forecast_interval), or amounts of several steps (steps).
"""

import numpy as np

RUNNING = (
    "is it a running sum, as counters and weather models write? It never falls. Give the amounts of the "
    "single steps; if it is those, write `interval: 1h` (or what it is) into the mapping"
)
# Amounts of steps fall as well; so often they rise in one series, however alike the weather is in all.
_RISES, _NOTHING_MM = 6, 1e-6


def only_rises(series: np.ndarray, time: np.ndarray, amount: np.ndarray) -> bool:
    """Whether an amount (mm) never falls from one time to the next of a series (codes), rises often in one of
    them, and stays while it is dry.
    """
    there = np.isfinite(amount)
    order = np.lexsort((time[there], series[there]))
    run, amount = series[there][order], amount[there][order]
    together = np.diff(run) == 0
    change, before, run = np.diff(amount)[together], amount[:-1][together], run[1:][together]
    rises = np.bincount(run[change > _NOTHING_MM], minlength=1)
    stays = (np.abs(change) <= _NOTHING_MM) & (before > _NOTHING_MM)
    return bool(rises.max() >= _RISES and stays.any() and not (change < -_NOTHING_MM).any())
