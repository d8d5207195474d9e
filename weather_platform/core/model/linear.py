"""The linear correction of the blend: ridge regression on what is known, held to the blend by days.

Belongs here: fitting and applying it. Does not: which columns it sees (see matrix), how its penalty is
learned (see penalty), or the size of what it leaves (see scale).

Until there are enough days to learn by, the penalty is worth 30 of them: with few days the blend stands as it
is.
"""

from dataclasses import dataclass

import numpy as np

from weather_platform.core.model.penalty import Penalised, enough_days, solved
from weather_platform.core.model.standardise import moments, standard

_USUAL_PRIOR_DAYS = 30.0
_PRIOR_DAYS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
_FREE = 1e3  # the constant stands for so much that no penalty holds it
_FURTHEST = 4.0  # standard deviations; beyond what was seen, a line runs away


@dataclass(frozen=True)
class Linear:
    """correction = c₀ + Σ cᵢ xᵢ on standardised columns."""

    mean: tuple[float, ...]
    sd: tuple[float, ...]
    coefficients: tuple[float, ...]

    def __call__(self, columns: np.ndarray) -> np.ndarray:
        """What to add to the bias-corrected blend, by row, in the variable's unit."""
        return standard(columns, self.mean, self.sd, _FURTHEST) @ np.array(self.coefficients)


def fit_linear(columns: np.ndarray, error: np.ndarray, day: np.ndarray) -> Linear:
    """Fit to `error`, observed less blend, of rows whose UTC day is `day` (counted from anywhere)."""
    mean, sd = moments(columns)
    x = standard(columns, mean, sd, _FURTHEST)
    x[:, 0] = _FREE
    if enough_days(day):
        weights = Penalised(x, day, _PRIOR_DAYS).fit(error).weights
    else:
        penalty = _USUAL_PRIOR_DAYS * len(error) / len(np.unique(day))
        weights = solved(x.T @ x, x.T @ error, penalty)
    weights[0] *= _FREE
    return Linear(tuple(mean), tuple(sd), tuple(weights))
