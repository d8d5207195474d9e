"""One fit of everything for a variable, and what its parts say of rows.

Belongs here: which parts a variable has, and their raw output. Does not: when what is fitted (see rolling,
train), or how much of each part counts (see mixing).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import DAY, microseconds
from weather_platform.core.model import continuous
from weather_platform.core.model.dropout import with_dropout, with_forgetting
from weather_platform.core.model.emos import Emos, fit_emos
from weather_platform.core.model.fallback import blend_terms
from weather_platform.core.model.hurdle import Hurdle, fit_hurdle
from weather_platform.core.model.linear import Linear, fit_linear
from weather_platform.core.model.matrix import (
    SEASONAL_FROM_DAYS,
    feeds_of,
    linear_matrix,
    size_matrix,
    tree_matrix,
)
from weather_platform.core.model.one_thread import one_thread
from weather_platform.core.model.scale import Scale, fit_scale
from weather_platform.core.model.standardise import some_of
from weather_platform.core.quantities.variables import ACCUMULATED

_MOST_ROWS = 200_000  # the linear correction learns from all of them, the other parts from fewer


@dataclass(frozen=True)
class Expert:
    """Beside the blend with the error to expect of it, which needs no fit: `emos`, the textbook's; `wide`, an
    EMOS that sees every feed. Precipitation has a `hurdle` (none where data were few). The others have a
    `linear` correction of the blend, `scales` of what it and the blend leave, and `trees` (none where data
    were few). `seasonal`: whether linear and trees see the season."""

    emos: Emos
    wide: Emos
    seasonal: bool = False
    linear: Linear | None = None
    scales: Mapping[str, Scale] = field(default_factory=dict)
    hurdle: Hurdle | None = None
    trees: Mapping[str, Any] = field(default_factory=dict)

    def parameters(self) -> dict[str, Any]:
        """All but the trees, as JSON can hold it."""
        return {
            "emos": self.emos.parameters(),
            "wide": self.wide.parameters(),
            "seasonal": self.seasonal,
            "linear": self.linear and asdict(self.linear),
            "scales": {name: asdict(scale) for name, scale in self.scales.items()},
            "hurdle": self.hurdle and self.hurdle.parameters(),
        }

    @classmethod
    def of(cls, parameters: Mapping[str, Any], trees: Mapping[str, Any]) -> "Expert":
        """From what `parameters` gave, and the trees."""
        linear, hurdle = parameters["linear"], parameters["hurdle"]
        return cls(
            Emos.of(parameters["emos"]),
            Emos.of(parameters["wide"]),
            parameters["seasonal"],
            linear and Linear(**{name: tuple(values) for name, values in linear.items()}),
            {
                name: Scale(**{key: tuple(values) for key, values in scale.items()})
                for name, scale in parameters["scales"].items()
            },
            hurdle and Hurdle.of(hurdle),
            trees,
        )


@dataclass(frozen=True)
class Raw:
    """What an expert's parts say of rows: `said` by part and by name, arrays whose first axis is the row.

    A part says `location` and `scale` of the variable's distribution; trees also `center` and `size` (see
    continuous); a hurdle its `quantiles` and `chance` instead.
    """

    said: dict[str, dict[str, np.ndarray]]
    lead: np.ndarray

    def of(self, keep: np.ndarray) -> "Raw":
        """The output of some of the rows, by a mask or by positions."""
        said = {part: {name: v[keep] for name, v in values.items()} for part, values in self.said.items()}
        return Raw(said, self.lead[keep])


@one_thread
def fit_expert(features: pd.DataFrame, observed: np.ndarray, variable: str, trees: bool) -> Expert:
    """Fit on rows that have a feed and a truth, at most 200 000 of them; all but the
    textbook's EMOS with some feeds dropped."""
    day = microseconds(features["valid_time"]) // DAY
    days, seasonal = len(np.unique(day)), bool(day.max() - day.min() >= SEASONAL_FROM_DAYS)
    keep = some_of(len(features), _MOST_ROWS)
    features, observed = features.iloc[keep], observed[keep]
    feeds = feeds_of(features)
    thinned = with_dropout(features, variable, seed=0)
    emos = fit_emos(features, observed, variable, feeds, plain=True)
    wide = fit_emos(thinned, observed, variable, feeds, plain=False)
    if variable in ACCUMULATED:
        return Expert(emos, wide, hurdle=fit_hurdle(thinned, observed, feeds))
    error = observed - thinned["bias_corrected"].to_numpy(np.float64)
    columns = linear_matrix(thinned, variable, feeds, seasonal=seasonal)
    sizes = size_matrix(thinned, variable)
    linear = fit_linear(columns, error, days)
    scales = {
        "blend": fit_scale(sizes, error, days),
        "linear": fit_scale(sizes, error - linear(columns), days),
    }
    grown = _grown(thinned, observed, wide, seasonal) if trees else {}
    return Expert(emos, wide, seasonal, linear, scales, trees=grown)


def _grown(thinned: pd.DataFrame, observed: np.ndarray, wide: Emos, seasonal: bool) -> dict[str, Any]:
    """Trees on what an EMOS that sees every feed leaves."""
    keep = some_of(len(thinned), continuous.MOST_ROWS)
    some = with_forgetting(thinned.iloc[keep], seed=1)
    x = tree_matrix(some, wide.variable, wide.feeds, seasonal=seasonal)
    return continuous.fit_trees(x, observed[keep], *wide(some))


def unfitted(features: pd.DataFrame, variable: str) -> Raw:
    """What can be said before anything is fitted: the blend alone."""
    said = {"blend": _located(*blend_terms(features, variable))}
    return Raw(said, features["lead_hours"].to_numpy(np.float64))


@one_thread
def raw(expert: Expert, features: pd.DataFrame) -> Raw:
    """What the expert says of rows that have a feed."""
    variable, feeds = expert.wide.variable, expert.wide.feeds
    # The blend of amounts is never quite dry, which would leave no quantile of the mix at 0.
    said = {} if variable in ACCUMULATED else dict(unfitted(features, variable).said)
    said["emos"] = _located(*expert.emos(features))
    said["wide"] = _located(*expert.wide(features))
    if expert.hurdle is not None:
        said["hurdle"] = dict(zip(("quantiles", "chance"), expert.hurdle(features), strict=True))
    if expert.linear is not None:
        center, sizes = features["bias_corrected"].to_numpy(np.float64), size_matrix(features, variable)
        columns = linear_matrix(features, variable, feeds, seasonal=expert.seasonal)
        said["fitted_blend"] = _located(center, expert.scales["blend"](sizes))
        said["linear"] = _located(center + expert.linear(columns), expert.scales["linear"](sizes))
    if expert.trees:
        x = tree_matrix(features, variable, feeds, seasonal=expert.seasonal)
        said["trees"] = said["wide"] | continuous.signals(expert.trees, x)
    return Raw(said, features["lead_hours"].to_numpy(np.float64))


def _located(location: np.ndarray, scale: np.ndarray) -> dict[str, np.ndarray]:
    return {"location": location, "scale": scale}


def pooled(outs: Sequence[Raw], part: str) -> Raw:
    """What one part said in several outputs, one after the other."""
    said = {name: np.concatenate([out.said[part][name] for out in outs]) for name in outs[0].said[part]}
    return Raw({part: said}, np.concatenate([out.lead for out in outs]))
