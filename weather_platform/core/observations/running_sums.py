"""Amounts that are sums since some time before, as rain gauges' counters and weather models write them.

Belongs here: telling them by their values, and what is asked then. Does not: what becomes of such a column
(intervals, core.uploads.forecast_interval), or which step rows have (steps).
"""

import numpy as np

RUNNING = (
    "is it a running sum, as counters and weather models write? It hardly falls, or only where a day begins. "
    "Give the amounts of the single steps; if it is those, write `interval: 1h` (or what it is) into the "
    "mapping"
)
# Amounts of steps fall as well; so often they rise in one series, however alike the weather is in all.
_RISES, _NOTHING_MM = 6, 1e-6
# A counter may begin anew: a year, a battery. Recorded amounts fell seven times or more where they rose ten.
_RISES_PER_FALL = 10
_HOUR_US = 3600 * 10**6
_DAY_US = 24 * _HOUR_US
# Showers may end at one hour on some days; rows of a few hours of the day show no other.
_RESETS, _TIMES_OF_DAY = 3, 8


def runs_on(series: np.ndarray, time: np.ndarray, amount: np.ndarray) -> bool:
    """Whether an amount (mm) rises often within a series (codes), stays while it is dry, and hardly falls
    from one time (µs) to the next, or only at one time of the day.
    """
    there = np.isfinite(amount)
    order = np.lexsort((time[there], series[there]))
    run, time, amount = series[there][order], time[there][order], amount[there][order]
    together = np.diff(run) == 0
    change, before = np.diff(amount)[together], amount[:-1][together]
    run, time = run[1:][together], time[1:][together]
    rises, falls = change > _NOTHING_MM, change < -_NOTHING_MM
    stays = ~rises & ~falls & (before > _NOTHING_MM)
    if np.bincount(run[rises], minlength=1).max() < _RISES or not stays.any():
        return False
    if falls.sum() * _RISES_PER_FALL <= rises.sum():
        return True
    return bool(stays.sum() >= rises.sum() and _begins_anew(time, falls))


def _begins_anew(time: np.ndarray, falls: np.ndarray) -> bool:
    """Whether all falls are at one of many times of the day, on several days."""
    fell = np.unique(time[falls])
    many = len(np.unique(time % _DAY_US)) >= _TIMES_OF_DAY
    return many and len(np.unique(fell // _DAY_US)) >= _RESETS and _one_clock(fell)


def _one_clock(fell: np.ndarray) -> bool:
    """Whether sorted times (µs) are at one time of the day, or at two an hour apart that take turns by half
    years, as summer time has them."""
    clock = fell % _DAY_US
    turns = np.diff(clock)
    turns = turns[turns != 0]
    apart = np.abs(turns)
    an_hour = np.minimum(apart, _DAY_US - apart) == _HOUR_US
    half_years = (fell[-1] - fell[0]) // (182 * _DAY_US)
    return len(np.unique(clock)) <= 2 and bool(an_hour.all()) and len(turns) <= 1 + half_years
