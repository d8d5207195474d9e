"""Rolling origin: fit on what was known, predict up to the next origin, go on.

Belongs here: the origins and what is fitted at each, by the platform's own model. Does not: scores.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.model.distributions import emos_quantiles
from weather_platform.core.model.emos import plain_emos
from weather_platform.core.model.expert import Raw, fit_expert, pooled, raw
from weather_platform.core.model.fallback import from_blend
from weather_platform.core.model.mixing import as_fitted, calibrate, forecast
from weather_platform.core.model.train import FEWEST_ROWS, TREES_FROM_STATION_DAYS, station_days
from weather_platform.core.scoring import crps_of_quantiles

BEFORE, WITHIN = 4, 6
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Walked:
    """Quantiles at QUANTILE_LEVELS of the held-out rows, row × level, by ours and EMOS."""

    held_out: np.ndarray
    ours: np.ndarray
    emos: np.ndarray


def walk(features: pd.DataFrame, variable: str, held_out: np.ndarray) -> Walked:
    """Predict the rows marked in `held_out` from origins before and within them.

    `features` as core.evaluate.history.features_of. At an origin, all that is fitted or calibrated rests
    on rows whose truth was known then; before there are enough, the blend's own distribution speaks.
    """
    init = features["cycle"].to_numpy("datetime64[us]").astype(np.int64)
    known = features["observed_known_at"].to_numpy("datetime64[us]").astype(np.int64)
    observed = features["observed"].to_numpy(np.float64)
    learnable = ~np.isnan(observed) & features["expected_error"].notna().to_numpy()
    first, last = init[held_out].min(), init.max() + 1
    start = init.min() + (first - init.min()) // 4
    origins = [*np.linspace(start, first, BEFORE + 1)[:-1], *np.linspace(first, last, WITHIN + 1)]
    ours = np.full((len(features), len(QUANTILE_LEVELS)), np.nan)
    emos, full = ours.copy(), ours.copy()
    outs: list[tuple[np.ndarray, Raw]] = []
    for origin, following in pairwise(origins):
        block = np.flatnonzero((init >= origin) & (init < following))
        train = np.flatnonzero(learnable & (known <= origin))
        if not len(block):
            continue
        rows = features.iloc[block]
        ours[block] = emos[block] = from_blend(rows, variable).quantiles
        if len(train) < FEWEST_ROWS // 3:
            continue
        past, truth = features.iloc[train], observed[train]
        emos[block] = emos_quantiles(*plain_emos(past, truth, rows, variable), variable)
        out = raw(fit_expert(past, truth, variable, station_days(past) >= TREES_FROM_STATION_DAYS), rows)
        made = forecast(
            out,
            _calibration(outs, out, origin=origin, known=known, observed=observed, variable=variable),
            variable,
        ).quantiles
        full[block] = made
        share = _share(emos, full, observed, known <= origin)
        ours[block] = emos[block] + share * (made - emos[block])
        outs.append((block, out))
    return Walked(np.flatnonzero(held_out), ours[held_out], emos[held_out])


def _calibration(
    outs: list[tuple[np.ndarray, Raw]],
    now: Raw,
    *,
    origin: float,
    known: np.ndarray,
    observed: np.ndarray,
    variable: str,
) -> dict[str, Any]:
    """From earlier blocks' output whose truth was known at `origin`; with trees where they had them."""
    parts, truth = [], []
    for block, out in outs:
        keep = (known[block] <= origin) & ~np.isnan(observed[block])
        if keep.any() and set(out.said) == set(now.said):
            parts.append(out.of(keep))
            truth.append(observed[block][keep])
    if sum(map(len, truth)) < FEWEST_ROWS:
        return as_fitted(variable)
    return calibrate(pooled(parts), np.concatenate(truth), variable)


def _share(emos: np.ndarray, full: np.ndarray, observed: np.ndarray, known: np.ndarray) -> float:
    """How much of the full model beside plain EMOS: the least CRPS out of fold so far, half before any."""
    rows = np.flatnonzero(known & ~np.isnan(full[:, 0]) & ~np.isnan(observed))
    if not len(rows):
        return 0.5
    low, high, y = emos[rows], full[rows], observed[rows]
    scores = [crps_of_quantiles(y, low + share * (high - low)).mean() for share in _SHARES]
    return _SHARES[int(np.argmin(scores))]
