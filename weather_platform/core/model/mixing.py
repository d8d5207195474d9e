"""From raw output to the forecast: EMOS and what stands beside it, each calibrated, and how much of each.

Belongs here: the mix and how its weight is found. Does not: either part's own calibration (see
continuous; a hurdle has none).

Quantiles are averaged level by level, which keeps them in order. The weight of the trees or of the hurdle
is the one with the least CRPS out of fold: where they learned nothing that lasts, it is 0, and the forecast
is EMOS, with conformal quantiles but for amounts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from weather_platform.core.model import continuous
from weather_platform.core.model.distributions import DISTRIBUTIONS, WET_MM, emos_quantiles
from weather_platform.core.model.expert import Raw
from weather_platform.core.scoring import crps_of_quantiles
from weather_platform.core.variables import ACCUMULATED

_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Forecast:
    """`quantiles` row × level, `probability` by row (NaN except for precipitation), EMOS' location and
    scale."""

    quantiles: np.ndarray
    probability: np.ndarray
    location: np.ndarray
    scale: np.ndarray


# Nothing is changed of what EMOS says: for histories too short to learn what it gets wrong.
AS_FITTED: dict[str, Any] = {"plain": {}, "treed": {}, "weight": 0.0}
# A hurdle needs no errors out of fold for its distribution: until some tell which is better, half of each.
HALF: dict[str, Any] = AS_FITTED | {"weight": 0.5}


def as_fitted(variable: str) -> dict[str, Any]:
    """What stands in for `calibrate` while nothing is known out of fold."""
    return HALF if variable in ACCUMULATED else AS_FITTED


def calibrate(out: Raw, observed: np.ndarray, variable: str) -> dict[str, Any]:
    """Calibration from rows out of fold, as JSON can hold it: `plain` of EMOS, `treed` and `weight` of
    what stands beside it."""
    plain = _calibrated(replace(out, said={}), observed, variable)
    if not out.said:
        return {"plain": plain, "treed": {}, "weight": 0.0}
    treed = _calibrated(out, observed, variable)
    low, _ = _part(replace(out, said={}), plain, variable)
    high, _ = _part(out, treed, variable)
    scores = [crps_of_quantiles(observed, low + weight * (high - low)).mean() for weight in _WEIGHTS]
    return {"plain": plain, "treed": treed, "weight": _WEIGHTS[int(np.argmin(scores))]}


def forecast(out: Raw, calibration: Mapping[str, Any], variable: str) -> Forecast:
    """Calibrated quantiles and, for precipitation, the probability of at least 0.1 mm."""
    values, chance = _part(replace(out, said={}), calibration["plain"], variable)
    weight = calibration["weight"] if out.said else 0.0
    if weight > 0:
        by_trees, chance_by_trees = _part(out, calibration["treed"], variable)
        values = values + weight * (by_trees - values)
        chance = chance + weight * (chance_by_trees - chance)
    return Forecast(values, chance, out.location, out.scale)


def _calibrated(out: Raw, observed: np.ndarray, variable: str) -> dict[str, Any]:
    """Of one part. Amounts keep their distribution, whose zeros no residual could mend."""
    if variable in ACCUMULATED:
        return {}
    return continuous.calibrate(out.said, observed, out.location, out.scale, out.lead)


def _part(out: Raw, calibration: Mapping[str, Any], variable: str) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles and probability of one part."""
    location, scale, lead = out.location, out.scale, out.lead
    if "quantiles" in out.said:
        return out.said["quantiles"], out.said["chance"]
    if variable not in ACCUMULATED and calibration:
        values = continuous.quantiles(out.said, calibration, location, scale, lead, variable=variable)
        return values, np.full(len(lead), np.nan)
    values = emos_quantiles(location, scale, variable)
    if variable not in ACCUMULATED:
        return values, np.full(len(lead), np.nan)
    return values, 1 - DISTRIBUTIONS[variable].below(WET_MM, location, scale)
