"""Sums of what was known at a time, each part halved with age: one search per question, no loop over rows.

Belongs here: the arithmetic. Does not: what is summed (errors, observations, sizes of misses).
"""

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import DAY

_LONGEST = 900.0  # half-lives that float64 can hold


def as_of_sums(
    known: np.ndarray,
    group: np.ndarray,
    values: np.ndarray,
    at: np.ndarray,
    at_group: np.ndarray,
    *,
    half_life_days: float,
) -> np.ndarray:
    """Sum of `values` (row × k) of the same group known by `at`, each halved every `half_life_days` of age.

    Times in int64 microseconds, groups as small integers. A running sum with growing weights, looked up
    and scaled back: so every query costs one search.
    """
    if not len(known):
        return np.zeros((len(at), values.shape[1]))
    order = np.lexsort((known, group))
    group_s, known_s = group[order], known[order]
    origin = known.min()
    exponent = (known_s - origin) / DAY / half_life_days
    half = exponent.max() / 2
    weight = 2.0 ** np.clip(exponent - half, -_LONGEST, _LONGEST)
    # Summed within each group alone: across groups, one's late weights would drown another's early ones.
    total = pd.DataFrame(values[order] * weight[:, None]).groupby(group_s).cumsum().to_numpy()
    starts = np.searchsorted(group_s, at_group, side="left")
    stamp = np.unique(np.concatenate([known, at]))
    code, wanted = np.searchsorted(stamp, known_s), np.searchsorted(stamp, at)
    ends = np.searchsorted(group_s * len(stamp) + code, at_group * len(stamp) + wanted, side="right")
    scale = 2.0 ** -np.clip((at - origin) / DAY / half_life_days - half, -_LONGEST, _LONGEST)
    return np.where((ends > starts)[:, None], total[np.maximum(ends, 1) - 1], 0.0) * scale[:, None]
