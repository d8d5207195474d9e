"""What any model or fallback says of rows, as one value.

Belongs here: the shape of a forecast. Does not: how one is made.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Forecast:
    """`quantiles` row × level, `probability` by row (NaN except for precipitation), EMOS' location and
    scale (NaN without)."""

    quantiles: np.ndarray
    probability: np.ndarray
    location: np.ndarray
    scale: np.ndarray
