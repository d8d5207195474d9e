"""What an expert's parts say of rows.

Belongs here: their raw output. Does not: fitting them (see expert), or how much of each counts (see mixing).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from weather_platform.core.model import continuous
from weather_platform.core.model.expert import Expert
from weather_platform.core.model.fallback import blend_terms
from weather_platform.core.model.matrix import linear_matrix, size_matrix, tree_matrix
from weather_platform.core.model.one_thread import one_thread
from weather_platform.core.model.own_blend import correlation_of, with_blend


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


def unfitted(features: pd.DataFrame, variable: str) -> Raw:
    """What can be said before anything is fitted: the blend alone."""
    rows = with_blend(features, variable, correlation_of(variable))
    said = {"blend": _located(*blend_terms(rows, variable))}
    return Raw(said, features["lead_hours"].to_numpy(np.float64))


@one_thread
def raw(expert: Expert, features: pd.DataFrame, only: Collection[str] | None = None) -> Raw:
    """What the expert says of rows that have a feed, by all of its parts; or by `only` these of them, and the
    textbook's EMOS, whose location and scale stand in every forecast."""
    variable = expert.wide.variable
    features = with_blend(features, variable, expert.correlation)
    parts = {name for name in expert.parts if only is None or name in only} | {"emos"}
    said = {}
    if "blend" in parts:
        said["blend"] = _located(*blend_terms(features, variable))
    said["emos"] = _located(*expert.emos(features))
    if parts & {"wide", "trees"}:
        said["wide"] = _located(*expert.wide(features))
    if expert.hurdle is not None and "hurdle" in parts:
        said["hurdle"] = dict(zip(("quantiles", "chance"), expert.hurdle(features), strict=True))
    if parts & {"kernel", "trees"}:
        x = tree_matrix(features, variable, expert.wide.feeds, seasonal=expert.seasonal)
    if expert.linear is not None and parts & {"fitted_blend", "linear", "kernel"}:
        center, sizes = features["blend"].to_numpy(np.float64), size_matrix(features, variable)
        columns = linear_matrix(features, variable, expert.wide.feeds, seasonal=expert.seasonal)
        line, size = center + expert.linear(columns), expert.scales["linear"](sizes)
        said["fitted_blend"] = _located(center, expert.scales["blend"](sizes))
        said["linear"] = _located(line, size)
        if expert.kernel is not None and "kernel" in parts:
            beyond, *of_size = expert.kernel(x)
            scale = expert.scales["kernel"](np.column_stack([sizes, *of_size]))
            said["kernel"] = _located(line + size * beyond, scale)
    if "trees" in parts:
        said["trees"] = said["wide"] | continuous.signals(expert.trees, x)
    return Raw(said, features["lead_hours"].to_numpy(np.float64))


def _located(location: np.ndarray, scale: np.ndarray) -> dict[str, np.ndarray]:
    return {"location": location, "scale": scale}


def pooled(outs: Sequence[Raw], part: str) -> Raw:
    """What one part said in several outputs, one after the other."""
    said = {name: np.concatenate([out.said[part][name] for out in outs]) for name in outs[0].said[part]}
    return Raw({part: said}, np.concatenate([out.lead for out in outs]))
