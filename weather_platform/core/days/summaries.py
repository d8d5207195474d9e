"""What is said of whole days, from the quantiles of their hours.

Belongs here: quantiles and chances of each statistic. Does not: drawing (see draws), or which days, cycles
and places those are (see daily and memory).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import QUANTILE_LEVELS, QUANTILES
from weather_platform.core.days.draws import drawn
from weather_platform.core.days.lengths import STEPS
from weather_platform.core.days.statistics import Daily, dailies

WET_DAY_MM = 1.0  # as climatologists count rainy days (WMO-No. 1203)
_AT_ONCE = 1000  # days whose draws are in memory


class Said(NamedTuple):
    """Quantiles (day × level) of a statistic of days, and how likely each day reaches WET_DAY_MM."""

    asked: Daily
    quantiles: np.ndarray
    chance: np.ndarray


def said_of_days(rows: pd.DataFrame, memory_hours: float, target: str) -> Iterator[Said]:
    """What is said of the days of a target, statistic by statistic. `rows`: QUANTILES of whole days, as
    `whole_days` has them."""
    asked = dailies([target])
    parts = [_of_some(part, memory_hours, asked) for part in _parts(rows)]
    for index, one in enumerate(asked):
        quantiles, chance = (np.concatenate([part[index][which] for part in parts]) for which in (0, 1))
        yield Said(one, quantiles, chance)


def _parts(rows: pd.DataFrame) -> Iterator[np.ndarray]:
    """Day × step × level of so many days at once."""
    quantiles = rows[list(QUANTILES)].to_numpy(np.float64).reshape(-1, STEPS, len(QUANTILES))
    for at in range(0, len(quantiles), _AT_ONCE):
        yield quantiles[at : at + _AT_ONCE]


def _of_some(
    quantiles: np.ndarray, memory_hours: float, asked: Sequence[Daily]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Quantiles and chances of each statistic."""
    values = drawn(quantiles, memory_hours, asked[0].target)
    made = [one.of(values, axis=1) for one in asked]
    return [(_at_levels(each), (each >= WET_DAY_MM).mean(axis=1)) for each in made]


def _at_levels(values: np.ndarray) -> np.ndarray:
    """Row × level of equally likely values (row × draw), each of which stands for the middle of its part of
    the distribution (Hazen). NumPy's `quantile` takes twenty times as long."""
    position = np.array(QUANTILE_LEVELS) * values.shape[1] - 0.5
    below = position.astype(np.int64)
    ordered = np.sort(values, axis=1)
    low, high = ordered[:, below], ordered[:, below + 1]
    return np.asarray(low + (position - below) * (high - low))
