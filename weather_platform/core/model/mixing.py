"""From what an expert's parts say to the forecast: how much of each part, and how wide.

Belongs here: quantiles of each part, the mix, its width. Does not: learning weights (see aggregation), or how
trees are calibrated (see continuous).

Parts and width are learned alike: the width is a weighted mean of five, by their own CRPS of late.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.model import continuous
from weather_platform.core.model.aggregation import average, learn
from weather_platform.core.model.distributions import DISTRIBUTIONS, WET_MM, emos_quantiles, in_range
from weather_platform.core.model.expert import Raw, pooled
from weather_platform.core.model.forecasts import Forecast
from weather_platform.core.variables import ACCUMULATED

_MEDIAN = QUANTILE_LEVELS.index(0.5)
_WIDTHS = np.array([0.7, 0.84, 1.0, 1.2, 1.43])
_WIDTHS_BEFORE = (0.5, 1.0, 2.0, 1.0, 0.5)
_WIDTH_HALF_LIFE_DAYS = 30.0
_FEWEST_TO_CALIBRATE = 300
_LEAST_HEARD = 0.01  # of the loudest: a part of less weight costs as much time as any and changes nothing

# The textbook's EMOS and nothing else.
EMOS_ALONE: dict[str, Any] = {"weights": {"emos": 1.0}, "width": 1.0, "trees": {}}


@dataclass(frozen=True)
class Mixed:
    """`quantiles` (row × level) of the mix, each row by what was learned before its own init time; `weights`
    by part and `width` after all of it."""

    quantiles: np.ndarray
    weights: dict[str, float]
    width: float


def quantiles_of(out: Raw, trees: Mapping[str, Any], variable: str) -> dict[str, np.ndarray]:
    """Row × level by part. Trees speak once they have a calibration (`trees`; empty before)."""
    found = {}
    for part, said in out.said.items():
        if part == "trees":
            if trees:
                found[part] = continuous.quantiles(said, trees, out.lead, variable=variable)
        elif "quantiles" in said:
            found[part] = said["quantiles"]
        else:
            found[part] = emos_quantiles(said["location"], said["scale"], variable)
    return found


def calibrate_trees(outs: Sequence[Raw], observed: Sequence[np.ndarray]) -> dict[str, Any]:
    """Calibration of trees from outputs out of fold and the truth of their rows, as JSON can hold it; empty
    where it has too few to stand on."""
    treed = [
        (out, truth) for out, truth in zip(outs, observed, strict=True) if "trees" in out.said and len(truth)
    ]
    if sum(len(truth) for _, truth in treed) < _FEWEST_TO_CALIBRATE:
        return {}
    all_of = pooled([out for out, _ in treed], "trees")
    return continuous.calibrate(
        all_of.said["trees"], np.concatenate([truth for _, truth in treed]), all_of.lead
    )


def mix(
    quantiles: Mapping[str, np.ndarray],
    observed: np.ndarray,
    *,
    known: np.ndarray,
    init: np.ndarray,
    variable: str,
) -> Mixed:
    """Mix parts (row × level each, NaN where silent), learning from truths as they become `known` (int64
    microseconds, as `init`). Amounts keep their width, since many of their quantiles are 0."""
    stack = np.stack(list(quantiles.values()))
    weights = learn(stack, observed, known, [1.0] * len(stack))
    made = average(stack, weights.at(init))
    newest = dict(zip(quantiles, weights.newest.tolist(), strict=True))
    if variable in ACCUMULATED:
        return Mixed(made, newest, 1.0)
    wider = np.stack([_widened(made, np.array([width])) for width in _WIDTHS])
    widths = learn(wider, observed, known, _WIDTHS_BEFORE, _WIDTH_HALF_LIFE_DAYS)
    made = in_range(_widened(made, widths.at(init) @ _WIDTHS), variable)
    return Mixed(made, newest, float(widths.newest @ _WIDTHS))


def forecast(out: Raw, calibration: Mapping[str, Any], variable: str) -> Forecast:
    """Quantiles and, for precipitation, the probability of at least 0.1 mm. `calibration`: `weights` by part,
    `width` and `trees`; a part that it does not know is not heard."""
    heard = _heard(out, calibration)
    parts = quantiles_of(
        Raw({name: out.said[name] for name in heard}, out.lead), calibration["trees"], variable
    )
    weights = np.array([calibration["weights"][name] for name in heard])
    values = average(np.stack([parts[name] for name in heard]), weights)
    emos = out.said["emos"]
    if variable in ACCUMULATED:
        chances = np.stack([_chance(out.said[name], variable) for name in heard])
        return Forecast(values, weights @ chances / weights.sum(), emos["location"], emos["scale"])
    values = in_range(_widened(values, np.array([calibration["width"]])), variable)
    return Forecast(values, np.full(len(out.lead), np.nan), emos["location"], emos["scale"])


def _heard(out: Raw, calibration: Mapping[str, Any]) -> list[str]:
    """Parts that can speak and that the calibration knows, but for those whose weight changes nothing beside
    the others'."""
    weights = calibration["weights"]
    able = [name for name in out.said if name in weights and (name != "trees" or calibration["trees"])]
    loudest = max(weights[name] for name in able)
    return [name for name in able if weights[name] >= _LEAST_HEARD * loudest]


def _widened(quantiles: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Quantiles drawn from their median by a factor by row."""
    middle = quantiles[:, [_MEDIAN]]
    return middle + (quantiles - middle) * factor[:, None]


def _chance(said: Mapping[str, np.ndarray], variable: str) -> np.ndarray:
    """Probability of at least 0.1 mm by one part."""
    if "chance" in said:
        return said["chance"]
    return 1 - DISTRIBUTIONS[variable].below(WET_MM, said["location"], said["scale"])
