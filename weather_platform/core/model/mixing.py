"""From what an expert's parts say to the forecast: how much of each part, and how wide.

Belongs here: quantiles of each part, and the mix. Does not: learning weights (see aggregation) or width (see
width), or how trees are calibrated (see continuous).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.model import continuous
from weather_platform.core.model.aggregation import average, learn
from weather_platform.core.model.distributions import DISTRIBUTIONS, emos_quantiles, in_range
from weather_platform.core.model.forecasts import Forecast
from weather_platform.core.model.parts import Raw
from weather_platform.core.model.width import drawn, learn_widths
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.quantities.variables import ACCUMULATED
from weather_platform.core.quantities.wet import WET_MM

_DRIZZLE_MM = 0.99 * WET_MM  # as much as a dry hour may have
_LEAST_HEARD = 0.02  # of the loudest: a part of less weight costs as much time as any and changes nothing

# The textbook's EMOS and nothing else.
EMOS_ALONE: dict[str, Any] = {"weights": {"emos": 1.0}, "width": 1.0, "trees": {}}


@dataclass(frozen=True)
class Mixed:
    """`quantiles` (row × level) of the mix, each row by what was learned before its own init time; `weights`
    by part and `width`, a factor by level, after all of it."""

    quantiles: np.ndarray
    weights: dict[str, float]
    width: list[float]


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


def mix(
    quantiles: Mapping[str, np.ndarray],
    observed: np.ndarray,
    *,
    known: np.ndarray,
    init: np.ndarray,
    variable: str,
    told_by: int | None = None,
) -> Mixed:
    """Mix parts (row × level each, NaN where silent), learning from truths as they become `known` (int64
    microseconds, as `init`). Amounts and chances keep their width: an interval that ends where they end holds
    more than it says. Whether it is a chance is said by the truths known at `told_by`, or by all."""
    stack = np.stack(list(quantiles.values()))
    weights = learn(stack, observed, known)
    made = average(stack, weights.at(init))
    newest = dict(zip(quantiles, weights.newest.tolist(), strict=True))
    told = observed if told_by is None else observed[known <= told_by]
    if variable in ACCUMULATED or _only_ends(told, variable):
        return Mixed(in_range(made, variable), newest, [1.0] * made.shape[1])
    widths = learn_widths(made, observed, known)
    return Mixed(in_range(drawn(made, widths.at(init)), variable), newest, widths.newest.tolist())


def forecast(out: Raw, calibration: Mapping[str, Any], variable: str) -> Forecast:
    """Quantiles and, for precipitation, the probability of at least 0.1 mm. `calibration`: `weights` by part,
    `width` (one, or one by level) and `trees`; a part that it does not know is not heard."""
    heard = heard_of(out.said, calibration)
    parts = quantiles_of(
        Raw({name: out.said[name] for name in heard}, out.lead), calibration["trees"], variable
    )
    weights = np.array([calibration["weights"][name] for name in heard])
    values = average(np.stack([parts[name] for name in heard]), weights)
    emos = out.said["emos"]
    if variable in ACCUMULATED:
        chances = np.stack([_chance(out.said[name], variable) for name in heard])
        chance = weights @ chances / weights.sum()
        return Forecast(_with_chance(values, chance), chance, emos["location"], emos["scale"])
    values = in_range(drawn(values, np.array(calibration["width"])), variable)
    return Forecast(values, np.full(len(out.lead), np.nan), emos["location"], emos["scale"])


def heard_of(parts: Iterable[str], calibration: Mapping[str, Any]) -> list[str]:
    """Of parts that can speak those that the calibration knows, but for those whose weight changes nothing
    beside the others'."""
    weights = calibration["weights"]
    able = [name for name in parts if name in weights and (name != "trees" or calibration["trees"])]
    loudest = max(weights[name] for name in able)
    return [name for name in able if weights[name] >= _LEAST_HEARD * loudest]


def _only_ends(observed: np.ndarray, variable: str) -> bool:
    """Whether there are truths and all are at an end of what can be, as those of a chance are, 0 or 1."""
    floor, ceiling = KNOWN[variable].range
    known = observed[~np.isnan(observed)]
    return len(known) > 0 and not ((known > floor) & (known < ceiling)).any()


def _with_chance(values: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Quantiles (row × level) that are dry up to the chance of dryness and wet beyond it: averaged level by
    level they are wet where any part is, and one row in twelve contradicted the chance beside it."""
    dry = np.array(QUANTILE_LEVELS) <= 1 - chance[:, None]
    return np.where(dry, np.minimum(values, _DRIZZLE_MM), np.maximum(values, WET_MM))


def _chance(said: Mapping[str, np.ndarray], variable: str) -> np.ndarray:
    """Probability of at least 0.1 mm by one part."""
    if "chance" in said:
        return said["chance"]
    return 1 - DISTRIBUTIONS[variable].below(WET_MM, said["location"], said["scale"])
