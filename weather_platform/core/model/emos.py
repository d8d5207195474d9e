"""EMOS: a linear location and a log-linear scale, fitted by the least CRPS (Gneiting et al. 2005).

Belongs here: fitting and applying it. Does not: which columns it sees (see matrix) or which distribution
(see distributions).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from weather_platform.core.model.distributions import DISTRIBUTIONS, Distribution
from weather_platform.core.model.matrix import location_matrix, plain_matrices, scale_matrix
from weather_platform.core.model.standardise import moments, some_of, standard

_ROWS = 12_000
_ITERATIONS = 80
_STEP = 1e-4  # of the finite difference, in units of the scale
_LOG_SCALE_RANGE = (-6.0, 6.0)
_ROWS_AT_ONCE = 1_000  # of so many all that a score takes stays in the processor's cache


@dataclass(frozen=True)
class Emos:
    """Coefficients on standardised columns: location = l₀ + Σ lᵢ xᵢ, scale = exp(s₀ + Σ sᵢ zᵢ).

    `plain` is the textbook's, which models are held to: location linear in the bias-corrected blend, log
    scale in log spread and log lead. Otherwise it sees every feed, and what the past says, too.
    """

    variable: str
    feeds: tuple[str, ...]
    plain: bool
    location_mean: tuple[float, ...]
    location_sd: tuple[float, ...]
    scale_mean: tuple[float, ...]
    scale_sd: tuple[float, ...]
    location: tuple[float, ...]
    scale: tuple[float, ...]

    def __call__(self, features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Location and scale of each row, in the variable's unit; an unknown column counts as its mean in
        training."""
        x_raw, z_raw = _columns(features, self.variable, self.feeds, self.plain)
        x = standard(x_raw, self.location_mean, self.location_sd)
        z = standard(z_raw, self.scale_mean, self.scale_sd)
        scale = np.exp(np.clip(z @ np.array(self.scale), *_LOG_SCALE_RANGE))
        return np.maximum(x @ np.array(self.location), DISTRIBUTIONS[self.variable].lowest * scale), scale

    def parameters(self) -> dict[str, Any]:
        """As JSON can hold it; `Emos.of` reads it back."""
        return asdict(self)

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> "Emos":
        """From what `parameters` gave."""
        names = ("feeds", "location_mean", "location_sd", "scale_mean", "scale_sd", "location", "scale")
        lists = {name: tuple(parameters[name]) for name in names}
        return cls(variable=parameters["variable"], plain=parameters["plain"], **lists)


def fit_emos(
    features: pd.DataFrame, observed: np.ndarray, variable: str, feeds: Sequence[str], *, plain: bool
) -> Emos:
    """Fit on rows with at least one feed; at most 12 000 of them."""
    keep = some_of(len(features), _ROWS)
    features, y = features.iloc[keep], observed[keep]
    x_raw, z_raw = _columns(features, variable, feeds, plain)
    x_mean, x_sd = moments(x_raw)
    z_mean, z_sd = moments(z_raw)
    x, z = standard(x_raw, x_mean, x_sd), standard(z_raw, z_mean, z_sd)
    distribution = DISTRIBUTIONS[variable]
    first = _first_guess(x, z, y, distribution)
    found = minimize(
        _mean_crps,
        first,
        args=(x, z, y, distribution),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": _ITERATIONS},
    )
    location, scale = found.x[: x.shape[1]], found.x[x.shape[1] :]
    return Emos(
        variable,
        tuple(feeds),
        plain,
        tuple(x_mean),
        tuple(x_sd),
        tuple(z_mean),
        tuple(z_sd),
        tuple(location),
        tuple(scale),
    )


def _columns(
    features: pd.DataFrame, variable: str, feeds: Sequence[str], plain: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Raw columns of location and scale."""
    if plain:
        return plain_matrices(features)
    location = location_matrix(features, variable, feeds, seasonal=False)
    return location, scale_matrix(features, variable)


def _first_guess(x: np.ndarray, z: np.ndarray, y: np.ndarray, distribution: Distribution) -> np.ndarray:
    location, *_ = np.linalg.lstsq(x, y, rcond=None)
    scale = np.zeros(z.shape[1])
    scale[0] = np.log(max(float(np.std(y - x @ location)) / distribution.sd, 1e-3))
    return np.concatenate([location, scale])


def _mean_crps(
    coefficients: np.ndarray, x: np.ndarray, z: np.ndarray, y: np.ndarray, distribution: Distribution
) -> tuple[float, np.ndarray]:
    """Mean CRPS and its gradient.

    The derivatives by location and scale are central differences of the elementwise score, so that one
    function serves every distribution; the chain rule over the linear parts is exact.
    """
    width = x.shape[1]
    scale = np.exp(np.clip(z @ coefficients[width:], *_LOG_SCALE_RANGE))
    location = np.maximum(x @ coefficients[:width], distribution.lowest * scale)
    further, nearer, wider, narrower, here = _around(y, location, scale, distribution)
    by_location = (further - nearer) / (2 * _STEP * scale)
    by_log_scale = (wider - narrower) / (2 * _STEP)
    gradient = np.concatenate([x.T @ by_location, z.T @ by_log_scale]) / len(y)
    return float(here.mean()), gradient


def _around(y: np.ndarray, location: np.ndarray, scale: np.ndarray, distribution: Distribution) -> np.ndarray:
    """CRPS of each row a step beside its location, on either side, at a scale a step wider and narrower, and
    where it is: five rows. Asked at once, since of few rows most of the time is the asking."""
    scores = np.empty((5, len(y)))
    for start in range(0, len(y), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        m, s = location[rows], scale[rows]
        step = _STEP * s
        at = np.stack([m + step, m - step, m, m, m])
        scales = np.stack([s, s, s * (1 + _STEP), s * (1 - _STEP), s])
        scores[:, rows] = distribution.crps(np.broadcast_to(y[rows], at.shape), at, scales)
    return scores
