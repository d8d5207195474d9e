"""Several feeds into one value: the plain mean, and the mean less recent bias weighted by recent skill.

Belongs here: arithmetic on arrays whose last axis is the feed, NaN where a feed is missing. Does not: how
the recent bias and error are estimated (see core.features.recent), or anything fitted.
"""

from dataclasses import dataclass

import numpy as np

from weather_platform.core.quantities.targets import Range

# Mean correlation between the errors of different centres; measured values range from .4 to .7 (Wang et
# al., CWMBA; arXiv 2406.02141's stations agree). It decides how much a further feed lowers the expected
# error.
ERROR_CORRELATION = 0.5


@dataclass(frozen=True)
class Blend:
    """Arrays of the inputs' shape without the feed axis; NaN where no feed is present (`spread`: fewer
    than two)."""

    equal_weight: np.ndarray
    bias_corrected: np.ndarray
    spread: np.ndarray
    expected_error: np.ndarray
    feeds_present: np.ndarray


def blend(
    values: np.ndarray, bias: np.ndarray, rmse: np.ndarray, bounds: Range, correlation: float = 0.0
) -> Blend:
    """Blend feeds. `bias` is what to subtract from each value (NaN: nothing known), `rmse` the error left
    after that.

    Weights are those of the least error where errors correlate by `correlation` (0 ≤, < 1; see _weights):
    without any, ∝ 1/rmse². A feed of unknown error counts as an average one. `expected_error`² =
    ρ (Σ w rmse)² + (1 − ρ) Σ w² rmse², the variance of a weighted mean of errors that correlate by
    ERROR_CORRELATION, whatever the weights: it grows when feeds are missing. Values outside `bounds` cannot
    be and are moved to them.
    """
    present = ~np.isnan(values)
    count = present.sum(axis=-1)
    corrected = corrected_values(values, bias, bounds)
    weights, error = _weights(present, rmse, correlation)
    center = np.where(count > 0, np.nansum(weights * corrected, axis=-1), np.nan)
    deviation = np.where(present, corrected - center[..., None], 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(present, values, 0.0).sum(axis=-1) / count
        spread = np.sqrt((deviation**2).sum(axis=-1) / (count - 1))
    shared = (weights * error).sum(axis=-1) ** 2
    own = (weights**2 * error**2).sum(axis=-1)
    expected = np.sqrt(ERROR_CORRELATION * shared + (1 - ERROR_CORRELATION) * own)
    known = (present & ~np.isnan(rmse)).any(axis=-1)
    return Blend(mean, center, np.where(count > 1, spread, np.nan), np.where(known, expected, np.nan), count)


def corrected_values(values: np.ndarray, bias: np.ndarray, bounds: Range) -> np.ndarray:
    """Each feed's value less its recent bias, moved into `bounds`; NaN where the feed is missing."""
    return within(values - np.nan_to_num(bias), bounds)


def within(values: np.ndarray, bounds: Range) -> np.ndarray:
    """Values raised to the lowest and lowered to the highest that can be; NaN stays."""
    return np.minimum(np.maximum(values, bounds.floor), bounds.ceiling)


def _weights(present: np.ndarray, rmse: np.ndarray, correlation: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights of the feeds present (0 elsewhere) and the errors they were made of, gaps filled with the
    mean.

    The least variance of a mean whose weights are not negative (Bates and Granger 1969, "The combination of
    forecasts"; for one correlation ρ between all, Elton, Gruber and Padberg 1976): of the n feeds that count
    w ∝ p (p − ρ Σp / (1 + (n − 1) ρ)), p = 1/rmse; a feed whose p is below the second term does not.
    """
    usable = np.where(present, rmse, np.nan)
    known = ~np.isnan(usable)
    total = np.where(known, usable, 0.0).sum(axis=-1, keepdims=True)
    number = known.sum(axis=-1, keepdims=True)
    typical = np.where(number > 0, total / np.maximum(number, 1), 1.0)
    error = np.where(known, usable, typical)
    # An error of zero would take all the weight; a hundredth of the typical one is as good as perfect.
    precision = np.where(present, 1 / np.maximum(error, np.maximum(0.01 * typical, 1e-6)), 0.0)
    raw = precision * np.maximum(precision - _least_precision(present, precision, correlation), 0.0)
    return raw / np.maximum(raw.sum(axis=-1, keepdims=True), 1e-300), np.where(present, error, 0.0)


def _least_precision(present: np.ndarray, precision: np.ndarray, correlation: float) -> np.ndarray:
    """Of each row (feed axis kept), below which a feed adds less than it disturbs. Those below are left out
    all at once, which raises it, until none is."""
    heard = present
    while True:
        count = heard.sum(axis=-1, keepdims=True)
        total = np.where(heard, precision, 0.0).sum(axis=-1, keepdims=True)
        least = correlation * total / (1 + (count - 1) * correlation)
        useless = heard & (precision < least)
        if not useless.any():
            return least
        heard = heard & ~useless
