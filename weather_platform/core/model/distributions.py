"""The distribution that EMOS gives each target variable: its CRPS (by scoringrules) and its quantiles.

Belongs here: one value a family. Does not: which target has which (core.quantities.targets), or fitting (see
emos).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scoringrules
from scipy.special import expit, logit, ndtr, ndtri

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.features.blend import within
from weather_platform.core.quantities.targets import FRACTION, KNOWN, Family

Numbers = np.ndarray | np.floating

_ALL_BEYOND = 6.0  # scales; less than one part in 10⁹ is left on this side


@dataclass(frozen=True)
class Distribution:
    """`crps(observed, location, scale)`, `quantile(level, location, scale)`, `below(value, location,
    scale)` (its CDF), all elementwise with broadcasting. `sd` is the standard deviation for scale 1,
    uncut. A location below `lowest` × scale changes nothing but rounding errors and is raised to it; one
    above `uncut_from` × scale leaves nothing that could be cut, and quantiles are a normal's.
    """

    crps: Callable[[Numbers, Numbers, Numbers], np.ndarray]
    quantile: Callable[[Numbers, Numbers, Numbers], np.ndarray]
    below: Callable[[float, Numbers, Numbers], np.ndarray]
    sd: float
    lowest: float = -np.inf
    uncut_from: float = np.inf


def _truncated_quantile(level: Numbers, location: Numbers, scale: Numbers) -> np.ndarray:
    outside = ndtr(-location / scale)
    return np.maximum(location + scale * ndtri(outside + level * (1 - outside)), 0.0)


def _truncated_below(value: float, location: Numbers, scale: Numbers) -> np.ndarray:
    outside = ndtr(-location / scale)
    return (ndtr((value - location) / scale) - outside) / np.maximum(1 - outside, 1e-12)


def _censored_logistic_crps(observed: Numbers, location: Numbers, scale: Numbers) -> np.ndarray:
    """CRPS of a logistic whose mass below 0 lies at 0.

    scoringrules 0.10 gives NaN for a single bound, so a second one stands 40 scales beyond everything;
    and its logarithms overflow 700 scales away, where the score grows with the distance and no longer
    bends.
    """
    near = np.minimum(observed, location + 500 * scale)
    upper = np.maximum(near, location) + 40 * scale
    with np.errstate(
        over="ignore"
    ):  # of exp(-location/scale) far above 0, which rightly becomes 0 mass there
        return scoringrules.crps_clogistic(near, location, scale, 0.0, upper) + (observed - near)


def _censored_normal_crps(observed: Numbers, location: Numbers, scale: Numbers) -> np.ndarray:
    """CRPS of a normal whose mass below 0 lies at 0 and above 1 at 1.

    scoringrules gives NaN where all of it lies at one of them; so it does from six scales beyond on, where
    the score no longer changes.
    """
    near = np.clip(location, -_ALL_BEYOND * scale, 1 + _ALL_BEYOND * scale)
    return scoringrules.crps_cnormal(observed, near, scale, *FRACTION)


NORMAL = Distribution(
    crps=scoringrules.crps_normal,
    quantile=lambda level, location, scale: location + scale * ndtri(level),
    below=lambda value, location, scale: ndtr((value - location) / scale),
    sd=1.0,
)
# Wind speed cannot be negative and is rarely exactly 0: a normal cut at 0 (Thorarinsdottir and Gneiting
# 2010).
TRUNCATED_NORMAL = Distribution(
    crps=lambda y, m, s: scoringrules.crps_tnormal(y, m, s, 0.0, np.inf),
    quantile=_truncated_quantile,
    below=_truncated_below,
    sd=1.0,
    lowest=-4.0,
    uncut_from=6.0,  # beyond, less than one part in 10⁹
)
# Precipitation is often exactly 0: a logistic with all that is below 0 gathered there (Messner et al. 2014).
CENSORED_LOGISTIC = Distribution(
    crps=_censored_logistic_crps,
    quantile=lambda level, location, scale: np.maximum(location + scale * logit(level), 0.0),
    below=lambda value, location, scale: expit((value - location) / scale),
    sd=float(np.pi / np.sqrt(3)),
    lowest=-12.0,
)

# Clear and overcast are whole shares of all hours, and fog is air of humidity 1: a normal with all that is
# outside 0-1 gathered at the two.
CENSORED_NORMAL = Distribution(
    crps=_censored_normal_crps,
    quantile=lambda level, location, scale: np.clip(location + scale * ndtri(level), *FRACTION),
    below=lambda value, location, scale: np.where(value < 1, ndtr((value - location) / scale), 1.0),
    sd=1.0,
)

FAMILIES: dict[Family, Distribution] = {
    "normal": NORMAL,
    "truncated_normal": TRUNCATED_NORMAL,
    "censored_normal": CENSORED_NORMAL,
    "censored_logistic": CENSORED_LOGISTIC,
}
DISTRIBUTIONS: dict[str, Distribution] = {name: FAMILIES[target.family] for name, target in KNOWN.items()}


def emos_quantiles(location: np.ndarray, scale: np.ndarray, variable: str) -> np.ndarray:
    """Quantiles at QUANTILE_LEVELS, row × level, in the variable's unit. A location below `lowest` is raised
    to it: a correction of a light wind may lie so far below 0 that rounding leaves no finite quantile."""
    one, levels = DISTRIBUTIONS[variable], np.array(QUANTILE_LEVELS)
    raised, scale = np.maximum(location, one.lowest * scale)[:, None], scale[:, None]
    if one.uncut_from == np.inf:
        return one.quantile(levels, raised, scale)
    made = NORMAL.quantile(levels, raised, scale)  # by a tenth of the time
    cut = ~(raised > one.uncut_from * scale)[:, 0]
    made[cut] = one.quantile(levels, raised[cut], scale[cut])
    return made


def in_range(values: np.ndarray, variable: str) -> np.ndarray:
    """Values of a variable, moved into what can be."""
    return within(values, KNOWN[variable].range)
