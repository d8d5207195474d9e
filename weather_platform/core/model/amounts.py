"""Expert for precipitation: whether there is any, and how much if so (a hurdle).

Belongs here: fitting both parts, their calibration, quantiles and the probability. Does not: folds (see
train).

One quantile regression on amounts that are mostly 0 never leaves 0 (all its gradients tie), so occurrence
and amount are two models. quantile(τ) = 0 for τ ≤ 1 − p, else exp(m + Q((τ − (1 − p)) / p)) with p the
probability of at least 0.1 mm, m the logarithm of the amount to expect, Q the quantiles of the errors of
m out of fold.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.model.calibration import looked_up, quantile_table
from weather_platform.core.model.distributions import WET_MM
from weather_platform.core.model.trees import classifier, fit, predict, regressor

FEWEST_WET = 200  # rows of either kind, below which two models are one too many
_LEVELS = np.linspace(0.01, 0.99, 99)


def fit_trees(x: np.ndarray, observed: np.ndarray) -> dict[str, Any]:
    """Trees by name, from the matrix of features; none where rows of one kind are too few."""
    wet = observed >= WET_MM
    if min(wet.sum(), (~wet).sum()) < FEWEST_WET:
        return {}
    occurrence = fit(classifier(iterations=80, leaves=7), x, wet.astype(np.int64))
    amount = fit(regressor(iterations=80, leaves=7), x[wet], np.log(observed[wet]))
    return {"occurrence": occurrence, "amount": amount}


def signals(trees: Mapping[str, Any], x: np.ndarray) -> dict[str, np.ndarray]:
    """`logit` of the probability and `log_amount` of each row."""
    chance = np.clip(predict(trees["occurrence"], x), 1e-4, 1 - 1e-4)
    return {"logit": logit(chance), "log_amount": predict(trees["amount"], x)}


def calibrate(said: Mapping[str, np.ndarray], observed: np.ndarray, lead: np.ndarray) -> dict[str, Any]:
    """A line through the logits and the quantile table of amounts, from rows out of fold; JSON types."""
    wet = observed >= WET_MM
    line = LogisticRegression(C=1e3).fit(said["logit"][:, None], wet)
    table = quantile_table(np.log(observed[wet]) - said["log_amount"][wet], lead[wet], _LEVELS)
    return {"slope": float(line.coef_[0, 0]), "intercept": float(line.intercept_[0]), "table": table}


def quantiles(
    said: Mapping[str, np.ndarray], calibration: Mapping[str, Any], lead: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Row × level in mm, and the probability of at least 0.1 mm."""
    chance = expit(calibration["intercept"] + calibration["slope"] * said["logit"])
    levels = np.array(QUANTILE_LEVELS)
    within = (levels - (1 - chance[:, None])) / chance[:, None]
    table = looked_up(calibration["table"], lead)
    # The position within the table's even levels, so that one gather and one mix stand for an
    # interpolation by row.
    place = np.clip((within - _LEVELS[0]) / (_LEVELS[1] - _LEVELS[0]), 0, len(_LEVELS) - 1)
    low = np.minimum(place.astype(np.int64), len(_LEVELS) - 2)
    part = place - low
    error = np.take_along_axis(table, low, 1) * (1 - part) + np.take_along_axis(table, low + 1, 1) * part
    return np.where(within > 0, np.exp(said["log_amount"][:, None] + error), 0.0), chance
