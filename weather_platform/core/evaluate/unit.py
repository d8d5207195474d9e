"""The unit an archive gives a variable in, and the one it is walked in: that of the target of its kind.

Belongs here: there and back. Does not: the table of units (core.units).

What is small, wet or impossible is said in the target's unit (0.1 mm, 0-1), whatever an archive has.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from weather_platform.core.units import Affine, UnitError, affine


@dataclass(frozen=True)
class Unit:
    """target = value × factor + offset."""

    affine: Affine

    def inward(self, rows: pd.DataFrame, values: list[str], differences: list[str]) -> pd.DataFrame:
        """`rows` with columns of `values` and of their `differences` in the target's unit."""
        factor, offset = self.affine
        return rows.assign(
            **{name: rows[name] * factor + offset for name in values},
            **{name: rows[name] * factor for name in differences},
        )

    def outward(self, values: np.ndarray) -> np.ndarray:
        """Values of the target's unit in the archive's."""
        factor, offset = self.affine
        return (values - offset) / factor


def unit_of(written: str, kind: str) -> Unit:
    """Of a unit as an archive has it. One that is unknown, or no unit of such a target, is taken for the
    target's own."""
    try:
        return Unit(affine(written, kind))
    except UnitError:
        return Unit(Affine(1.0, 0.0))
