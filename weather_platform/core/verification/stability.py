"""Whether what models are fed is distributed as it was: the population stability index.

Belongs here: which features are watched, in what form, and the index. Does not: windows or limits (see
drift).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

FEATURES_WATCHED = ("spread", "expected_error", "feeds_present")
_BINS = 10


@dataclass(frozen=True)
class Watched:
    """A variable's features in order of cycles: `at`, microseconds since 1970, and `values` by name."""

    at: np.ndarray
    values: Mapping[str, np.ndarray]


def watched(features: pd.DataFrame, settled: datetime | None = None) -> dict[str, Watched]:
    """By variable, from `features`: `variable`, `cycle` and FEATURES_WATCHED, in any order. The error to
    expect is NaN before `settled`."""
    if settled is not None:
        known = features["expected_error"].where(features["cycle"] >= pd.Timestamp(settled))
        features = features.assign(expected_error=known)
    found = {}
    for variable, rows in features.groupby("variable", sort=True, observed=True):
        at = rows["cycle"].to_numpy("datetime64[us]").astype(np.int64)
        order = np.argsort(at, kind="stable")
        values = {name: rows[name].to_numpy(np.float64)[order] for name in FEATURES_WATCHED}
        found[str(variable)] = Watched(at[order], values)
    return found


def population_stability(before: np.ndarray, now: np.ndarray) -> float:
    """Population stability index, sum of (p - q) ln(p / q) over tenths of `before`: the symmetric divergence
    of Jeffreys (1946). Bins that one side lacks count as half a row of it.

    A value that fills more than a tenth, as a count of feeds does, is several edges in one: it gets a bin of
    its own, else all above it would be counted with it.
    """
    edges, often = np.unique(np.quantile(before, np.linspace(0, 1, _BINS + 1)[1:-1]), return_counts=True)
    edges = np.union1d(edges, np.nextafter(edges[often > 1], np.inf))
    p, q = (_shares(values, edges) for values in (now, before))
    return float(((p - q) * np.log(p / q)).sum())


def _shares(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    return np.maximum(counts, 0.5) / len(values)
