"""Expert for precipitation: whether there is any, and how much if so, each a penalised linear model.

Belongs here: fitting both parts, and their distribution. Does not: how much of it the forecast takes (see
mixing).

One quantile regression on amounts that are mostly 0 never leaves 0 (all its gradients tie), so occurrence
(logistic regression) and amount (ridge regression of its cube root, which makes rain nearly normal; Stidd
1973) are two models: quantile(τ) = 0 for τ ≤ 1 − p, else (m + w(m) Q((τ − (1 − p)) / p))³, with p the
probability of at least 0.1 mm, m the cube root to expect, w(m) the error to expect of it, linear in m, and Q
the quantiles of the standardised errors. Few columns that say much stand beside each feed's own, whose
penalty is ten times as strong: so few wet days lead to a cautious forecast and not to a wrong one. Where days
are enough, a kernel tells what both lines leave (see smooth_hurdle).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.linear_model import LogisticRegression, Ridge

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.model.amounts import COMMON_AMOUNTS, common_amounts, feed_amounts
from weather_platform.core.model.kernel import Kernel
from weather_platform.core.model.matrix import tree_matrix
from weather_platform.core.model.standardise import moments, some_of
from weather_platform.core.quantities.wet import WET_MM, is_wet

FEWEST_OF_EITHER = 30  # wet and dry rows each, below which two models are one too many
_ROWS = 60_000
_OCCURRENCE_C, _AMOUNT_ALPHA = 0.03, 10.0
_FEED_SCALE = 0.3  # √10 times smaller columns, ten times the penalty
_LEVELS = np.linspace(0.01, 0.99, 99)
_NARROWEST = 0.1  # mm^⅓
_OF_KERNEL = ("seasonal", "kernel")


@dataclass(frozen=True)
class Hurdle:
    """Coefficients on standardised columns, constant first; `width` is (slope, constant) of the error of the
    cube root by the cube root; `errors` its standardised quantiles at 0.01 … 0.99. `kernel`, if there is one,
    tells what to add to the logit of the chance and to the cube root, and `seasonal` whether it sees the
    season."""

    feeds: tuple[str, ...]
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    occurrence: tuple[float, ...]
    amount: tuple[float, ...]
    width: tuple[float, float]
    errors: tuple[float, ...]
    seasonal: bool = False
    kernel: Kernel | None = None

    def __call__(self, features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Quantiles at QUANTILE_LEVELS, row × level in mm, and the probability of at least 0.1 mm."""
        logit, root = self.lines(features)
        if self.kernel is not None:
            beyond = self.kernel(bends(features, self.feeds, seasonal=self.seasonal))
            logit, root = logit + beyond[0], root + beyond[1]
        chance = np.clip(expit(logit), 1e-4, 1 - 1e-4)
        within = (np.array(QUANTILE_LEVELS) - (1 - chance[:, None])) / chance[:, None]
        error = np.interp(np.clip(within, _LEVELS[0], _LEVELS[-1]), _LEVELS, self.errors)
        amount = root[:, None] + _width(root, self.width)[:, None] * error
        return np.where(within > 0, np.maximum(amount, np.cbrt(WET_MM)) ** 3, 0.0), chance

    def lines(self, features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """The logit of the chance and the cube root to expect, without the kernel."""
        x = _scaled(_columns(features, self.feeds), np.array(self.mean), np.array(self.sd))
        logit, root = (line[0] + x @ np.array(line[1:]) for line in (self.occurrence, self.amount))
        return logit, root

    def parameters(self) -> dict[str, Any]:
        """As JSON can hold it; `Hurdle.of` reads it back."""
        return asdict(self)

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> "Hurdle":
        """From what `parameters` gave."""
        lines = {name: tuple(value) for name, value in parameters.items() if name not in _OF_KERNEL}
        # Neither is in models of releases before December 2026.
        seasonal, kernel = (parameters.get(name) for name in _OF_KERNEL)
        return cls(**lines, seasonal=bool(seasonal), kernel=kernel and Kernel.of(kernel))


def bends(features: pd.DataFrame, feeds: Sequence[str], *, seasonal: bool) -> np.ndarray:
    """Row × column that a kernel sees."""
    return tree_matrix(features, "precipitation_mm", feeds, seasonal=seasonal)


def fit_hurdle(features: pd.DataFrame, observed: np.ndarray, feeds: Sequence[str]) -> Hurdle | None:
    """Fit on rows with at least one feed, at most 60 000 of them; None where rows of
    one kind are too few."""
    keep = some_of(len(features), _ROWS)
    features, observed = features.iloc[keep], observed[keep]
    wet = is_wet(observed)
    if min(wet.sum(), (~wet).sum()) < FEWEST_OF_EITHER:
        return None
    columns = _columns(features, feeds)
    mean, sd = moments(columns)
    x = _scaled(columns, mean, sd)
    occurrence = LogisticRegression(C=_OCCURRENCE_C, max_iter=200).fit(x, wet)
    root = np.cbrt(observed[wet])
    amount = Ridge(alpha=_AMOUNT_ALPHA).fit(x[wet], root)
    width, errors = spread_of(amount.predict(x[wet]), root)
    return Hurdle(
        feeds=tuple(feeds),
        mean=tuple(mean.tolist()),
        sd=tuple(sd.tolist()),
        occurrence=(float(occurrence.intercept_[0]), *occurrence.coef_[0].tolist()),
        amount=(float(amount.intercept_), *amount.coef_.tolist()),
        width=width,
        errors=errors,
    )


def spread_of(fitted: np.ndarray, root: np.ndarray) -> tuple[tuple[float, float], tuple[float, ...]]:
    """`width` and `errors` of a Hurdle, by the cube roots that were expected of wet rows and their own."""
    slope, constant = np.polyfit(fitted, np.abs(root - fitted), 1).tolist()
    errors = np.quantile((root - fitted) / _width(fitted, (slope, constant)), _LEVELS)
    return (slope, constant), tuple(errors.tolist())


def _columns(features: pd.DataFrame, feeds: Sequence[str]) -> np.ndarray:
    return np.hstack([common_amounts(features), feed_amounts(features, feeds)])


def _scaled(columns: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Standardised columns, unknown values at the mean, those of the feeds made smaller."""
    scaled = np.nan_to_num((columns - mean) / sd)
    scaled[:, COMMON_AMOUNTS:] *= _FEED_SCALE
    return scaled


def _width(root: np.ndarray, line: tuple[float, float]) -> np.ndarray:
    return np.maximum(line[0] * root + line[1], _NARROWEST)
