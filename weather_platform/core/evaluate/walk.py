"""Rolling origin over an archive: fit on what was known, predict up to the next origin, go on.

Belongs here: where the origins lie. Does not: fitting, mixing (the platform's own model) or scores.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import DAY, microseconds
from weather_platform.core.model.fallback import from_bias_corrected
from weather_platform.core.model.folds import Fold
from weather_platform.core.model.mixing import mix
from weather_platform.core.model.rolling import Tracked, roll

BEFORE, GROWN = 6, 24


@dataclass(frozen=True)
class Walked:
    """Quantiles at QUANTILE_LEVELS of the held-out rows, row × level, by ours and by the textbook's EMOS."""

    ours: np.ndarray
    emos: np.ndarray


def walk(
    features: pd.DataFrame,
    variable: str,
    held_out: np.ndarray,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    tracked: Tracked = iter,
) -> Walked:
    """Predict the rows marked in `held_out` from origins before and within them.

    `features` as core.evaluate.features.features_of; no quantile leaves `bounds`. At an origin, all that is
    fitted or calibrated rests on rows whose truth was known then; weights and width follow from what was
    known at each row's own init time. Before there is enough, the blend's own distribution speaks.
    """
    init, known = (microseconds(features[name]) for name in ("cycle", "observed_known_at"))
    observed = features["observed"].to_numpy(np.float64)
    learnable = ~np.isnan(observed) & features["expected_error"].notna().to_numpy()
    folds = [
        Fold(int(start), np.flatnonzero(learnable & (known <= start)), judge)
        for start, end in pairwise(_origins(init, held_out))
        if len(judge := np.flatnonzero((init >= start) & (init < end)))
    ]
    rolled = roll(features, observed, folds, variable, tracked=tracked)
    parts = {name: np.clip(quantiles, *bounds) for name, quantiles in rolled.quantiles.items()}
    begin = int(init[held_out].min())
    ours = mix(parts, observed, known=known, init=init, variable=variable, told_by=begin).quantiles
    blend = np.clip(from_bias_corrected(features[held_out], variable).quantiles, *bounds)
    emos = parts["emos"][held_out] if "emos" in parts else np.full_like(blend, np.nan)
    return Walked(np.clip(ours[held_out], *bounds), np.where(np.isnan(emos), blend, emos))


def _origins(init: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """Six in what comes before, of which the first sixth only trains; within, one each time that what came
    before has grown by a twenty-fourth, and by a day at least; and the end. None depends on how long the
    archive goes on, or quantiles would.
    """
    begin, first, end = init.min(), init[held_out].min(), init.max() + 1
    before = np.linspace(begin + (first - begin) // BEFORE, first, BEFORE + 1)[:-1]
    within = [int(first)]
    while (following := within[-1] + max((within[-1] - int(begin)) // GROWN, DAY)) < end:
        within.append(following)
    return np.concatenate([before, within, [end]]).astype(np.int64)
