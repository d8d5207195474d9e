"""Forward-chained folds over time, with an embargo: never a random split.

Belongs here: which rows train and which judge. Does not: fitting.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import microseconds

JUDGED = 4  # the period is cut in five: the first block only trains, the other four are judged in turn


@dataclass(frozen=True)
class Fold:
    """Positions of rows. All that trains was known, truth included, before the first cycle that is judged
    began at `start` (int64 microseconds): so the embargo is every row's own lead, up to the longest."""

    start: int
    train: np.ndarray
    judge: np.ndarray


def forward_folds(rows: pd.DataFrame) -> list[Fold]:
    """Four folds of equal time; `rows` has `cycle` and `observed_known_at`. Folds without rows to train
    on are left out."""
    cycle = microseconds(rows["cycle"])
    known = microseconds(rows["observed_known_at"])
    edges = np.linspace(cycle.min(), cycle.max() + 1, JUDGED + 2)[1:]
    folds = [
        Fold(int(start), np.flatnonzero(known <= start), np.flatnonzero((cycle >= start) & (cycle < end)))
        for start, end in pairwise(edges)
    ]
    return [fold for fold in folds if len(fold.train) and len(fold.judge)]
