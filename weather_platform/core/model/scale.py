"""The size of errors: a log-linear scale, fitted by the least CRPS of a normal.

Belongs here: fitting and applying it. Does not: the columns (see matrix), or the center that the errors are
errors of.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import ndtr

from weather_platform.core.model.standardise import moments, some_of, standard

_ROWS = 12_000
_LOG_RANGE = (-6.0, 6.0)
_FURTHEST = 3.0  # standard deviations; beyond what was seen, an exponential runs away
# The slopes are drawn to 0: by this much of the mean CRPS until there are about a hundred days.
_PENALTY, _PENALTY_DAYS = 0.01, 100.0


@dataclass(frozen=True)
class Scale:
    """scale = exp(s₀ + Σ sᵢ zᵢ) on standardised columns."""

    mean: tuple[float, ...]
    sd: tuple[float, ...]
    coefficients: tuple[float, ...]

    def __call__(self, columns: np.ndarray) -> np.ndarray:
        """Scale by row, in the variable's unit; an unknown column counts as its mean in training."""
        z = standard(columns, self.mean, self.sd, _FURTHEST)
        return np.exp(np.clip(z @ np.array(self.coefficients), *_LOG_RANGE))


def fit_scale(columns: np.ndarray, error: np.ndarray, days: int) -> Scale:
    """Fit to errors on `days` distinct days; at most 12 000 rows."""
    keep = some_of(len(error), _ROWS)
    columns, r = columns[keep], error[keep]
    mean, sd = moments(columns)
    z = standard(columns, mean, sd, _FURTHEST)
    penalty = _PENALTY * min(1.0, _PENALTY_DAYS / max(days, 1))
    first = np.zeros(z.shape[1])
    first[0] = np.log(max(float(np.std(r)), 1e-3))
    found = minimize(_mean_crps, first, args=(z, r, penalty), jac=True, method="L-BFGS-B")
    return Scale(tuple(mean), tuple(sd), tuple(found.x))


def _mean_crps(
    coefficients: np.ndarray, z: np.ndarray, error: np.ndarray, penalty: float
) -> tuple[float, np.ndarray]:
    """Mean CRPS of a normal around 0 (Gneiting et al. 2005) and the penalty of the slopes, with gradient."""
    scale = np.exp(np.clip(z @ coefficients, *_LOG_RANGE))
    u = error / scale
    density = np.exp(-0.5 * u**2) / np.sqrt(2 * np.pi)
    crps = scale * (u * (2 * ndtr(u) - 1) + 2 * density - 1 / np.sqrt(np.pi))
    slopes = np.concatenate([[0.0], coefficients[1:]])
    by_log_scale = scale * (2 * density - 1 / np.sqrt(np.pi))
    gradient = z.T @ by_log_scale / len(error) + 2 * penalty * slopes
    return float(crps.mean() + penalty * (slopes**2).sum()), gradient
