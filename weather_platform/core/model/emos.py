"""EMOS: a linear location and a log-linear scale, fitted by the least CRPS (Gneiting et al. 2005).

Belongs here: fitting and applying it. Does not: which columns it sees (see matrix) or which distribution
(see distributions).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from weather_platform.core.model.distributions import DISTRIBUTIONS, Distribution
from weather_platform.core.model.matrix import location_matrix, scale_matrix

_ROWS = 12_000
_ITERATIONS = 80
_STEP = 1e-4  # of the finite difference, in units of the scale
_LOG_SCALE_RANGE = (-6.0, 6.0)


@dataclass(frozen=True)
class Emos:
    """Coefficients on standardised columns: location = l₀ + Σ lᵢ xᵢ, scale = exp(s₀ + Σ sᵢ zᵢ)."""

    variable: str
    feeds: tuple[str, ...]
    location_mean: tuple[float, ...]
    location_sd: tuple[float, ...]
    scale_mean: tuple[float, ...]
    scale_sd: tuple[float, ...]
    location: tuple[float, ...]
    scale: tuple[float, ...]

    def __call__(self, features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Location and scale of each row, in the variable's unit; an unknown column counts as its mean in
        training."""
        x = _standard(
            location_matrix(features, self.variable, self.feeds), self.location_mean, self.location_sd
        )
        z = _standard(scale_matrix(features, self.variable), self.scale_mean, self.scale_sd)
        scale = np.exp(np.clip(z @ np.array(self.scale), *_LOG_SCALE_RANGE))
        return np.maximum(x @ np.array(self.location), DISTRIBUTIONS[self.variable].lowest * scale), scale

    def parameters(self) -> dict[str, Any]:
        """As JSON can hold it; `Emos.of` reads it back."""
        return asdict(self)

    @classmethod
    def of(cls, parameters: dict[str, Any]) -> "Emos":
        """From what `parameters` gave."""
        lists = {name: tuple(value) for name, value in parameters.items() if name != "variable"}
        return cls(variable=parameters["variable"], **lists)


def fit_emos(features: pd.DataFrame, observed: np.ndarray, variable: str, feeds: Sequence[str]) -> Emos:
    """Fit on rows with at least one feed; at most 12 000 of them, evenly over the frame."""
    keep = evenly(len(features), _ROWS)
    features, y = features.iloc[keep], observed[keep]
    x_raw, z_raw = location_matrix(features, variable, feeds), scale_matrix(features, variable)
    x_mean, x_sd = moments(x_raw)
    z_mean, z_sd = moments(z_raw)
    x, z = _standard(x_raw, x_mean, x_sd), _standard(z_raw, z_mean, z_sd)
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
        tuple(x_mean),
        tuple(x_sd),
        tuple(z_mean),
        tuple(z_sd),
        tuple(location),
        tuple(scale),
    )


def evenly(rows: int, most: int) -> np.ndarray:
    """Positions of at most `most` of so many rows, evenly over the frame: the same every time."""
    return np.linspace(0, rows - 1, min(rows, most)).astype(np.int64)


def moments(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of the known values; 0 and 1 for a column without any, or without
    variation."""
    known = ~np.isnan(columns)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, columns, 0.0).sum(axis=0) / count
    sd = np.sqrt((np.where(known, columns - mean, 0.0) ** 2).sum(axis=0) / count)
    return mean, np.where(sd > 1e-9, sd, 1.0)


def _standard(
    columns: np.ndarray, mean: Sequence[float] | np.ndarray, sd: Sequence[float] | np.ndarray
) -> np.ndarray:
    """Standardised columns after a column of ones; unknown values become 0, the mean."""
    scaled = np.nan_to_num((columns - np.asarray(mean)) / np.asarray(sd))
    return np.hstack([np.ones((len(scaled), 1)), scaled])


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
    step = _STEP * scale
    by_location = (
        distribution.crps(y, location + step, scale) - distribution.crps(y, location - step, scale)
    ) / (2 * step)
    by_log_scale = (
        distribution.crps(y, location, scale * (1 + _STEP))
        - distribution.crps(y, location, scale * (1 - _STEP))
    ) / (2 * _STEP)
    gradient = np.concatenate([x.T @ by_location, z.T @ by_log_scale]) / len(y)
    return float(distribution.crps(y, location, scale).mean()), gradient


def plain_emos(
    train: pd.DataFrame, observed: np.ndarray, rows: pd.DataFrame, variable: str
) -> tuple[np.ndarray, np.ndarray]:
    """Location and scale of `rows` by the textbook's EMOS, the baseline: location linear in the
    bias-corrected blend, log scale in log spread and log lead, fitted to `train` by the least CRPS."""

    def columns(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        center = frame["bias_corrected"].to_numpy(np.float64)[:, None]
        spread = np.log(frame["spread"].to_numpy(np.float64) + 0.05)
        return center, np.column_stack([spread, np.log1p(frame["lead_hours"].to_numpy(np.float64))])

    keep = evenly(len(train), _ROWS)
    x_raw, z_raw = columns(train.iloc[keep])
    fitted = [moments(x_raw), moments(z_raw)]
    x, z = (_standard(raw, *moment) for raw, moment in zip((x_raw, z_raw), fitted, strict=True))
    distribution, y = DISTRIBUTIONS[variable], observed[keep]
    first = _first_guess(x, z, y, distribution)
    found = minimize(_mean_crps, first, args=(x, z, y, distribution), jac=True, method="L-BFGS-B").x
    x, z = (_standard(raw, *moment) for raw, moment in zip(columns(rows), fitted, strict=True))
    scale = np.exp(np.clip(z @ found[x.shape[1] :], *_LOG_SCALE_RANGE))
    return np.maximum(x @ found[: x.shape[1]], distribution.lowest * scale), scale
