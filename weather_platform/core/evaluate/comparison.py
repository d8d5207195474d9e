"""Scores of several methods on the same rows, and how far each is from ours.

Belongs here: scores and differences as the JSON has them. Does not: which rows, or what the methods say.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.evaluate.occurrence import NAMES as OF_OCCURRENCE
from weather_platform.core.evaluate.occurrence import chance_of_wet, occurrence
from weather_platform.core.evaluate.unit import Unit
from weather_platform.core.scoring.differences import differences
from weather_platform.core.scoring.scores import crps_of_quantiles, score_quantiles

_MEDIAN = QUANTILE_LEVELS.index(0.5)
_OF_DISTRIBUTIONS = {"coverage_80": "covered80", "coverage_90": "covered90", "width_80": "width80"}


def compared(
    methods: Mapping[str, np.ndarray],
    points: Mapping[str, np.ndarray],
    test: pd.DataFrame,
    unit: Unit,
    usually_wet: float | None,
) -> dict[str, Any]:
    """`methods` and `differences` of the JSON, in the archive's unit: of quantiles at QUANTILE_LEVELS (row ×
    level) and of points, which are distributions without width; by the truth of `test`, a row each.
    `usually_wet`: the share of wet cases before, None where the variable is no amount."""
    quantiles = {
        **methods,
        **{name: np.repeat(point[:, None], len(QUANTILE_LEVELS), 1) for name, point in points.items()},
    }
    truth = test["observed"].to_numpy()
    rain = {name: _rain(q, truth, usually_wet) for name, q in quantiles.items()}
    said = {name: unit.outward(q) for name, q in quantiles.items()}
    observed, day = unit.outward(truth), test["valid_time"].to_numpy("datetime64[D]").astype(np.int64)
    return {
        "methods": {name: _scores(q, observed, name in methods) | rain[name] for name, q in said.items()},
        "differences": {
            name: _difference(said["ours"], q, observed, day) for name, q in said.items() if name != "ours"
        },
    }


def _scores(q: np.ndarray, observed: np.ndarray, distribution: bool) -> dict[str, float | int | None]:
    have = ~np.isnan(q[:, _MEDIAN])
    found = score_quantiles(q[have], observed[have])
    if not have.any():
        return {"n": 0, **dict.fromkeys(("crps", "mae", "rmse", "bias", *_OF_DISTRIBUTIONS))}
    of_distribution = {name: float(getattr(found, key).mean()) for name, key in _OF_DISTRIBUTIONS.items()}
    return {
        "n": int(have.sum()),
        "crps": float(found.crps.mean()) if distribution else float(np.abs(found.error).mean()),
        "mae": float(np.abs(found.error).mean()),
        "rmse": float(np.sqrt((found.error**2).mean())),
        "bias": float(found.error.mean()),
        **(of_distribution if distribution else dict.fromkeys(_OF_DISTRIBUTIONS)),
    }


def _rain(q: np.ndarray, observed: np.ndarray, usual: float | None) -> dict[str, float | None]:
    """Of whether it rains at all, beside the `usual` share of wet cases; nothing where that is None."""
    have = ~np.isnan(q[:, _MEDIAN])
    if usual is None:
        return {}
    return (
        occurrence(chance_of_wet(q[have]), observed[have], usual)
        if have.any()
        else dict.fromkeys(OF_OCCURRENCE)
    )


def _difference(
    ours: np.ndarray, other: np.ndarray, y: np.ndarray, day: np.ndarray
) -> dict[str, float | int | None]:
    """Mean CRPS of ours less the other's on common rows, with a 95 % block-bootstrap interval over days and
    the p-value of none."""
    have = ~np.isnan(other[:, _MEDIAN])
    if not have.any():
        return {"n": 0, "crps": None, "low": None, "high": None, "p": None}
    gap = crps_of_quantiles(y[have], ours[have]) - crps_of_quantiles(y[have], other[have])
    daily = pd.Series(gap).groupby(day[have]).agg(["sum", "count"])
    found = differences(*daily.to_numpy(np.float64).T[:, :, None])
    told = {name: getattr(found, name)[0] for name in ("low", "high", "p")}
    return {
        "n": int(have.sum()),
        "crps": float(gap.mean()),
        **{name: None if np.isnan(value) else float(value) for name, value in told.items()},
    }
