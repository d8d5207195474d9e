"""One fit of everything for a variable, and what it says of rows: EMOS first, then the trees of its kind.

Belongs here: choosing the kind of expert, and raw output. Does not: when what is fitted (see train).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.model import amounts, continuous
from weather_platform.core.model.distributions import DISTRIBUTIONS, WET_MM, emos_quantiles
from weather_platform.core.model.dropout import with_dropout
from weather_platform.core.model.emos import Emos, fit_emos
from weather_platform.core.model.matrix import feeds_of, tree_matrix
from weather_platform.core.variables import ACCUMULATED


@dataclass(frozen=True)
class Expert:
    """EMOS and the trees beside it (none where data were few)."""

    emos: Emos
    trees: Mapping[str, Any]

    @property
    def variable(self) -> str:
        return self.emos.variable


@dataclass(frozen=True)
class Raw:
    """What an expert says of rows before calibration; arrays by row."""

    location: np.ndarray
    scale: np.ndarray
    said: dict[str, np.ndarray]
    lead: np.ndarray


@dataclass(frozen=True)
class Forecast:
    """`quantiles` row × level, `probability` by row (NaN except for precipitation), EMOS' location and
    scale."""

    quantiles: np.ndarray
    probability: np.ndarray
    location: np.ndarray
    scale: np.ndarray


def fit_expert(features: pd.DataFrame, observed: np.ndarray, variable: str, trees: bool) -> Expert:
    """Fit on rows that have a feed and a truth, some of them with feeds dropped."""
    feeds = feeds_of(features)
    thinned = with_dropout(features, variable, seed=0)
    emos = fit_emos(thinned, observed, variable, feeds)
    if not trees:
        return Expert(emos, {})
    x = tree_matrix(thinned, variable, feeds)
    if variable in ACCUMULATED:
        return Expert(emos, amounts.fit_trees(x, observed))
    return Expert(emos, continuous.fit_trees(x, observed, *emos(thinned)))


def raw(expert: Expert, features: pd.DataFrame) -> Raw:
    """What the expert says of rows that have a feed."""
    location, scale = expert.emos(features)
    lead = features["lead_hours"].to_numpy(np.float64)
    x = tree_matrix(features, expert.variable, expert.emos.feeds)
    if expert.variable not in ACCUMULATED:
        return Raw(location, scale, continuous.signals(dict(expert.trees), x), lead)
    return Raw(location, scale, amounts.signals(dict(expert.trees), x) if expert.trees else {}, lead)


def pooled(outs: Sequence[Raw]) -> Raw:
    """Several outputs, one after the other."""
    return Raw(
        np.concatenate([out.location for out in outs]),
        np.concatenate([out.scale for out in outs]),
        {name: np.concatenate([out.said[name] for out in outs]) for name in outs[0].said},
        np.concatenate([out.lead for out in outs]),
    )


def calibrate(out: Raw, observed: np.ndarray, variable: str) -> dict[str, Any]:
    """Calibration from rows out of fold; empty for amounts without trees, which EMOS' own distribution
    serves."""
    if variable not in ACCUMULATED:
        return continuous.calibrate(out.said, observed, out.location, out.scale, out.lead)
    return amounts.calibrate(out.said, observed, out.lead) if out.said else {}


def forecast(out: Raw, calibration: dict[str, Any], variable: str) -> Forecast:
    """Calibrated quantiles and, for precipitation, the probability of at least 0.1 mm."""
    no_chance = np.full(len(out.lead), np.nan)
    location, scale, lead = out.location, out.scale, out.lead
    location, scale, lead = out.location, out.scale, out.lead
    if variable not in ACCUMULATED:
        values = continuous.quantiles(out.said, calibration, location, scale, lead, variable=variable)
        return Forecast(values, no_chance, location, scale)
    if calibration and out.said:
        return Forecast(*amounts.quantiles(out.said, calibration, lead), location, scale)
    chance = 1 - DISTRIBUTIONS[variable].below(WET_MM, location, scale)
    return Forecast(emos_quantiles(location, scale, variable), chance, location, scale)
