"""What any model or fallback says of rows, as one value.

Belongs here: the shape of a forecast. Does not: how one is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True)
class Forecast:
    """`quantiles` row × level, `probability` by row (NaN except for precipitation), EMOS' location and
    scale (NaN without)."""

    quantiles: np.ndarray
    probability: np.ndarray
    location: np.ndarray
    scale: np.ndarray


def joined(parts: Sequence[Forecast]) -> Forecast:
    """Forecasts of rows that follow each other, as one."""
    return Forecast(
        *(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Forecast))
    )
