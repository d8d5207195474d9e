"""Ridge regression whose penalty is learned: by what each penalty says of runs of days that it has not seen.

Belongs here: solving, and which days are left out. Does not: which columns there are, or what is told by them
(see linear and kernel).

Rows of one day err together, so a penalty is worth days of rows and not rows; and days beside each other are
alike, so that single ones would be seen in their neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

_BLOCKS, _RUN_DAYS = 5, 10


@dataclass(frozen=True)
class Held:
    """`weights` by column, and what was said of each row by a fit that has `unseen` it; `holds` where that
    was nearer to the truth than nothing is."""

    weights: np.ndarray
    unseen: np.ndarray
    holds: bool


class Penalised:
    """Columns, row × column of mean 0 or so, to which targets are fitted: worked out once for all of these.
    `day` is the UTC day of each row, counted from anywhere; `prior_days`, the penalties to choose from."""

    def __init__(self, columns: np.ndarray, day: np.ndarray, prior_days: Sequence[float]) -> None:
        self._columns = columns
        self._penalties = np.array(prior_days) * len(columns) / len(np.unique(day))
        self._squares = columns.T @ columns
        block = day_blocks(day)
        self._others = [self._without(block == one) for one in range(_BLOCKS)]

    def _without(self, its: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The rows that are left out, and eigenvalues and -vectors of the others' squares."""
        own = self._columns[its]
        return its, *eigh(self._squares - own.T @ own)

    def fit(self, target: np.ndarray) -> Held:
        """With the penalty that errs least on unseen days."""
        unseen = self._unseen(target)
        errors = np.mean((unseen - target) ** 2, axis=1)
        best = int(errors.argmin())
        weights = solved(self._squares, self._columns.T @ target, self._penalties[best])
        return Held(weights, unseen[best], bool(errors[best] < np.mean(target**2)))

    def _unseen(self, target: np.ndarray) -> np.ndarray:
        """By penalty and row: what a fit says that has not seen the row's block."""
        said = np.zeros((len(self._penalties), len(target)))
        products = self._columns.T @ target
        for its, values, vectors in self._others:
            own = self._columns[its]
            turned = vectors.T @ (products - own.T @ target[its])
            weights = vectors @ (turned[:, None] / (np.maximum(values, 0)[:, None] + self._penalties))
            said[:, its] = (own @ weights).T
        return said


def solved(squares: np.ndarray, products: np.ndarray, penalty: float) -> np.ndarray:
    """Weights of a ridge regression, from columns' squares and their products with the target."""
    found: np.ndarray = np.linalg.solve(squares + penalty * np.eye(len(squares)), products)
    return found


def enough_days(day: np.ndarray) -> bool:
    """Whether there are some in every block, so that each can be left out."""
    return len(np.unique(day_blocks(day))) == _BLOCKS


def day_blocks(day: np.ndarray) -> np.ndarray:
    """By row, the number of the block that its day (an integer, counted from anywhere) belongs to: every
    fifth run of ten days that rows are of."""
    return np.unique(day, return_inverse=True)[1] // _RUN_DAYS % _BLOCKS
