"""The linear correction of the blend: ridge regression on what is known, held to the blend by the number of
days.

Belongs here: fitting and applying it. Does not: which columns it sees (see matrix), or the size of what it
leaves (see scale).

Rows of one day err together, so that days, not rows, say how much was seen: the penalty is worth 30 days
of rows. With few days the blend stands as it is; with years the correction is free.
"""

from dataclasses import dataclass

import numpy as np

from weather_platform.core.model.standardise import moments, standard

_PRIOR_DAYS = 30.0
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


def fit_linear(columns: np.ndarray, error: np.ndarray, days: int) -> Linear:
    """Fit to `error`, observed less blend, on `days` distinct days."""
    mean, sd = moments(columns)
    x = standard(columns, mean, sd, _FURTHEST)
    penalty = np.full(x.shape[1], _PRIOR_DAYS * len(error) / max(days, 1))
    penalty[0] = 1e-9
    found = np.linalg.solve(x.T @ x + np.diag(penalty), x.T @ error)
    return Linear(tuple(mean), tuple(sd), tuple(found))
