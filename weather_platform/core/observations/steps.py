"""The step that rows of a file have.

Belongs here: telling it, and what is asked where it settles nothing. Does not: what amounts are over by it
(intervals, core.uploads.forecast_interval), or making hours of steps (hourly).
"""

from datetime import timedelta
from typing import NamedTuple

import numpy as np

from weather_platform.core.observations.mapping_rules import HOUR, check_interval

# What a series may have of longer steps, each a multiple of its own: rows that are missing.
_GAPS = 0.1


class Steps(NamedTuple):
    """The step that rows have throughout, save for gaps; None where they have several. `shortest` and
    `longest` are for messages.
    """

    regular: timedelta | None
    shortest: timedelta
    longest: timedelta


def steps_of(series: np.ndarray, time: np.ndarray) -> Steps | None:
    """Steps between the times (µs) within each series (codes); None where no series has two times."""
    order = np.lexsort((time, series))
    later = np.diff(time[order])[np.diff(series[order]) == 0]
    steps, counts = np.unique(later[later > 0], return_counts=True)
    if not len(steps):
        return None
    usual = steps[np.argmax(counts)]
    regular = counts.max() >= (1 - _GAPS) * counts.sum() and not (steps % usual).any()
    shortest, longest, usual = (timedelta(microseconds=int(step)) for step in (steps[0], steps[-1], usual))
    return Steps(usual if regular else None, shortest, longest)


def allowed(step: timedelta) -> tuple[str, timedelta]:
    """Nothing and the step, or what is to be asked of amounts whose rows are so far apart."""
    try:
        check_interval(step, timedelta(0))
    except ValueError:
        return (
            f"over what time are its amounts? The rows are {words(step)} apart, no part of an hour nor "
            "whole hours up to a day; write `interval: 1h` (or what it is) into the mapping"
        ), HOUR
    return "", step


def irregular(steps: Steps, line: str) -> str:
    """The question that rows of several steps leave open; `line` settles it."""
    return (
        f"over what time are its amounts? The rows are {words(steps.shortest)} to {words(steps.longest)} "
        f"apart; write {line} into the mapping"
    )


def words(step: timedelta) -> str:
    """As a mapping writes it."""
    minutes = step / timedelta(minutes=1)
    return f"{minutes / 60:g}h" if minutes >= 60 else f"{minutes:g}min"
