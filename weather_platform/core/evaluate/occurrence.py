"""How good a forecast is at whether it rains at all: Brier score, skill and reliability, from quantiles.

Belongs here: the chance that quantiles give, its scores, and quantiles that a chance gives. Does not: amounts
(see score).
"""

from collections.abc import Sequence

import numpy as np
import scoringrules

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.quantities.wet import is_wet

NAMES = ("brier", "brier_skill", "reliability_slope")


def chance_of_wet(quantiles: np.ndarray) -> np.ndarray:
    """Probability of at least 0.1 mm by row: one less the level where the quantiles (row × level) turn wet,
    halfway between the last dry level and the first wet one."""
    edges = np.concatenate([[0.0], QUANTILE_LEVELS, [1.0]])
    dry = (~is_wet(quantiles)).sum(axis=1)
    return 1 - (edges[dry] + edges[dry + 1]) / 2


def steps(chance: np.ndarray, levels: Sequence[float] | np.ndarray) -> np.ndarray:
    """Row × level: quantiles of what comes true, 1, with a chance by row, or does not, 0. Their CRPS is the
    Brier score of the chance; anything between 0 and 1, where no truth lies, costs more."""
    return (np.asarray(levels) > 1 - chance[:, None]).astype(np.float64)


def occurrence(chance: np.ndarray, observed: np.ndarray, usual: float) -> dict[str, float | None]:
    """Brier score of the chances (Brier 1950), its skill over always saying `usual`, and the slope of what
    happened on what was said (1 is reliable; None where the chance never varies)."""
    wet = is_wet(observed).astype(np.float64)
    brier = float(scoringrules.brier_score(wet, chance).mean())
    climatology = float(scoringrules.brier_score(wet, np.full(len(wet), usual)).mean())
    spread = float(chance.var())
    covariance = float(((chance - chance.mean()) * (wet - wet.mean())).mean())
    return {
        "brier": brier,
        "brier_skill": 1 - brier / climatology if climatology > 0 else None,
        "reliability_slope": covariance / spread if spread > 1e-12 else None,
    }
