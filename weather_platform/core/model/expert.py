"""One fit of everything for a variable.

Belongs here: which parts a variable has. Does not: when what is fitted (see rolling, train), what the parts
say of rows (see parts), or how much of each counts (see mixing).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import DAY, microseconds
from weather_platform.core.model import continuous
from weather_platform.core.model.dropout import with_dropout, with_forgetting
from weather_platform.core.model.emos import Emos, fit_emos
from weather_platform.core.model.hurdle import Hurdle, fit_hurdle
from weather_platform.core.model.kernel import MOST_ROWS, Bumps, Kernel
from weather_platform.core.model.linear import Linear, fit_linear
from weather_platform.core.model.matrix import (
    SEASONAL_FROM_DAYS,
    feeds_of,
    linear_matrix,
    size_matrix,
    tree_matrix,
)
from weather_platform.core.model.one_thread import one_thread
from weather_platform.core.model.own_blend import correlation_of, with_blend
from weather_platform.core.model.penalty import enough_days
from weather_platform.core.model.scale import Scale, fit_scale
from weather_platform.core.model.smooth_hurdle import smooth_hurdle
from weather_platform.core.model.standardise import some_of
from weather_platform.core.quantities.variables import ACCUMULATED

_MOST_ROWS = 200_000  # the linear correction learns from all of them, the other parts from fewer


@dataclass(frozen=True)
class Expert:
    """Beside the blend with the error to expect of it, which needs no fit: `emos`, the textbook's; `wide`, an
    EMOS that sees every feed. Precipitation has a `hurdle` (none where data were few). The others have a
    `linear` correction of the blend, a `kernel` that tells what that leaves and, where it can, the
    logarithm of the size of what is left then (none where it foretells nothing), `scales` of what these and
    the blend leave, and `trees` (none where data were few). `seasonal`: whether they see the season.
    `correlation`: of the blend on which all but the textbook's stands (see own_blend)."""

    emos: Emos
    wide: Emos
    seasonal: bool = False
    correlation: float = 0.0
    linear: Linear | None = None
    scales: Mapping[str, Scale] = field(default_factory=dict)
    hurdle: Hurdle | None = None
    trees: Mapping[str, Any] = field(default_factory=dict)
    kernel: Kernel | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of all that can speak, the blend among them."""
        # The blend of amounts is never quite dry, which would leave no quantile of the mix at 0.
        named = {
            "blend": self.wide.variable not in ACCUMULATED,
            "emos": True,
            "wide": True,
            "hurdle": self.hurdle is not None,
            "fitted_blend": self.linear is not None,
            "linear": self.linear is not None,
            "kernel": self.kernel is not None,
            "trees": bool(self.trees),
        }
        return tuple(name for name, able in named.items() if able)

    def parameters(self) -> dict[str, Any]:
        """All but the trees, as JSON can hold it."""
        return {
            "emos": self.emos.parameters(),
            "wide": self.wide.parameters(),
            "seasonal": self.seasonal,
            "correlation": self.correlation,
            "linear": self.linear and asdict(self.linear),
            "kernel": self.kernel and asdict(self.kernel),
            "scales": {name: asdict(scale) for name, scale in self.scales.items()},
            "hurdle": self.hurdle and self.hurdle.parameters(),
        }

    @classmethod
    def of(cls, parameters: Mapping[str, Any], trees: Mapping[str, Any]) -> "Expert":
        """From what `parameters` gave, and the trees."""
        linear, hurdle = parameters["linear"], parameters["hurdle"]
        # Neither is in models of releases before December 2026.
        kernel, correlation = parameters.get("kernel"), parameters.get("correlation", 0.0)
        return cls(
            Emos.of(parameters["emos"]),
            Emos.of(parameters["wide"]),
            parameters["seasonal"],
            correlation,
            linear and Linear(**{name: tuple(values) for name, values in linear.items()}),
            {
                name: Scale(**{key: tuple(values) for key, values in scale.items()})
                for name, scale in parameters["scales"].items()
            },
            hurdle and Hurdle.of(hurdle),
            trees,
            kernel and Kernel.of(kernel),
        )


@one_thread
def fit_expert(features: pd.DataFrame, observed: np.ndarray, variable: str, trees: bool) -> Expert:
    """Fit on rows that have a feed and a truth, at most 200 000 of them; all but the
    textbook's EMOS with some feeds dropped."""
    day = microseconds(features["valid_time"]) // DAY
    days, seasonal = len(np.unique(day)), bool(day.max() - day.min() >= SEASONAL_FROM_DAYS)
    keep = some_of(len(features), _MOST_ROWS)
    features, observed = features.iloc[keep], observed[keep]
    feeds = feeds_of(features)
    correlation = correlation_of(variable)
    thinned = with_blend(with_dropout(features, variable, seed=0), variable, correlation)
    emos = fit_emos(features, observed, variable, feeds, plain=True)
    wide = fit_emos(thinned, observed, variable, feeds, plain=False)
    if variable in ACCUMULATED:
        hurdle = fit_hurdle(thinned, observed, feeds)
        smooth = hurdle and smooth_hurdle(hurdle, thinned, observed, day[keep], seasonal=seasonal)
        return Expert(emos, wide, correlation=correlation, hurdle=smooth)
    error = observed - thinned["blend"].to_numpy(np.float64)
    columns = linear_matrix(thinned, variable, feeds, seasonal=seasonal)
    sizes = size_matrix(thinned, variable)
    linear = fit_linear(columns, error, day[keep])
    left = error - linear(columns)
    scales = {"blend": fit_scale(sizes, error, days), "linear": fit_scale(sizes, left, days)}
    grown = _grown(thinned, observed, wide, seasonal) if trees else {}
    expert = Expert(emos, wide, seasonal, correlation, linear, scales, trees=grown)
    return _smoothed(expert, thinned, left, day[keep])


def _smoothed(expert: Expert, thinned: pd.DataFrame, left: np.ndarray, day: np.ndarray) -> Expert:
    """With a kernel on what its linear correction leaves (`left`, by row), if anything holds there on days
    that a fit has not seen."""
    if not enough_days(day):
        return expert
    keep = some_of(len(thinned), MOST_ROWS)
    some, variable = thinned.iloc[keep], expert.wide.variable
    sizes, days = size_matrix(some, variable), len(np.unique(day))
    size = expert.scales["linear"](sizes)
    x = tree_matrix(some, variable, expert.wide.feeds, seasonal=expert.seasonal)
    standardised = np.clip(left[keep] / size, -continuous.CLIP, continuous.CLIP)
    bumps = Bumps(x, day[keep])
    found = bumps.fit(standardised)
    if found is None:
        return expert
    weights, unseen = [found[0]], found[1]
    error = size * (standardised - unseen)
    scale = fit_scale(sizes, error, days)
    of_size = bumps.fit(continuous.log_size(error / scale(sizes)))
    if of_size is not None:
        weights.append(of_size[0])
        scale = fit_scale(np.column_stack([sizes, of_size[1]]), error, days)
    return replace(expert, kernel=bumps.kernel(*weights), scales={**expert.scales, "kernel": scale})


def _grown(thinned: pd.DataFrame, observed: np.ndarray, wide: Emos, seasonal: bool) -> dict[str, Any]:
    """Trees on what an EMOS that sees every feed leaves."""
    keep = some_of(len(thinned), continuous.MOST_ROWS)
    some = with_forgetting(thinned.iloc[keep], seed=1)
    x = tree_matrix(some, wide.variable, wide.feeds, seasonal=seasonal)
    return continuous.fit_trees(x, observed[keep], *wide(some))
