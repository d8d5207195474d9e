"""One fit of everything for a variable, and what it says of rows: EMOS first, then what its kind
has beside it.

Belongs here: choosing the kind of expert, and raw output. Does not: when what is fitted (see train).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.model import continuous
from weather_platform.core.model.dropout import with_dropout
from weather_platform.core.model.emos import Emos, fit_emos
from weather_platform.core.model.hurdle import Hurdle, fit_hurdle
from weather_platform.core.model.matrix import feeds_of, tree_matrix
from weather_platform.core.variables import ACCUMULATED


@dataclass(frozen=True)
class Expert:
    """EMOS and what stands beside it: trees or, for precipitation, a hurdle (none where data were few)."""

    emos: Emos
    trees: Mapping[str, Any]
    hurdle: Hurdle | None = None

    @property
    def variable(self) -> str:
        return self.emos.variable


@dataclass(frozen=True)
class Raw:
    """What an expert says of rows before calibration; arrays whose first axis is the row. `said` by the trees
    (see continuous.signals) or by the hurdle (its `quantiles` and `chance`); empty without."""

    location: np.ndarray
    scale: np.ndarray
    said: dict[str, np.ndarray]
    lead: np.ndarray

    def of(self, keep: np.ndarray) -> "Raw":
        """The output of some of the rows, by a mask or by positions."""
        said = {name: values[keep] for name, values in self.said.items()}
        return Raw(self.location[keep], self.scale[keep], said, self.lead[keep])


def fit_expert(features: pd.DataFrame, observed: np.ndarray, variable: str, trees: bool) -> Expert:
    """Fit on rows that have a feed and a truth, some of them with feeds dropped."""
    feeds = feeds_of(features)
    thinned = with_dropout(features, variable, seed=0)
    emos = fit_emos(thinned, observed, variable, feeds)
    if variable in ACCUMULATED:
        return Expert(emos, {}, fit_hurdle(thinned, observed, feeds))
    if not trees:
        return Expert(emos, {})
    x = tree_matrix(thinned, variable, feeds)
    return Expert(emos, continuous.fit_trees(x, observed, *emos(thinned)))


def raw(expert: Expert, features: pd.DataFrame) -> Raw:
    """What the expert says of rows that have a feed."""
    location, scale = expert.emos(features)
    said: dict[str, np.ndarray] = {}
    if expert.hurdle is not None:
        said = dict(zip(("quantiles", "chance"), expert.hurdle(features), strict=True))
    elif expert.trees:
        said = continuous.signals(expert.trees, tree_matrix(features, expert.variable, expert.emos.feeds))
    return Raw(location, scale, said, features["lead_hours"].to_numpy(np.float64))


def pooled(outs: Sequence[Raw]) -> Raw:
    """Several outputs, one after the other."""
    return Raw(
        np.concatenate([out.location for out in outs]),
        np.concatenate([out.scale for out in outs]),
        {name: np.concatenate([out.said[name] for out in outs]) for name in outs[0].said},
        np.concatenate([out.lead for out in outs]),
    )
