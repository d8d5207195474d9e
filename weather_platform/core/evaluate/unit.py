"""The unit an archive gives a variable in, and the one it is walked in: that of the target of its kind.

Belongs here: there and back, and what to tell of a unit that is unknown. Does not: the table of units
(core.quantities.units).

What is small, wet or impossible is said in the target's unit (0.1 mm, 0-1), whatever an archive has.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from weather_platform.core.evaluate.kinds import UNBOUNDED
from weather_platform.core.quantities.units import Affine, UnitError, affine, dimension_of, dimensions
from weather_platform.core.quantities.units import unit_of as own_unit


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


def unit_in(archive: pd.DataFrame, variable: str) -> str:
    """What a checked archive writes of one of its variables."""
    return str(archive.loc[archive["variable"] == variable, "unit"].iloc[0])


def is_known(written: str, kind: str) -> bool:
    """Whether it is a unit of such a target; of an unbounded quantity, any that there is."""
    measured = dimensions(written)
    return dimension_of(kind) in measured or (kind == UNBOUNDED and bool(measured))


def unit_of(written: str, kind: str) -> Unit:
    """Of a unit as an archive has it. One that is unknown, or no unit of such a target, is taken for the
    target's own."""
    try:
        return Unit(affine(written, kind))
    except UnitError:
        return Unit(Affine(1.0, 0.0))


def of_usual_size(known: pd.DataFrame, kind: str, written: str) -> Unit:
    """`unit_of`; a quantity that has no target's unit is walked in a power of ten of its own in which errors
    are of the size that models are made for, as `known` pairs of forecast and observation tell it: a humidity
    in kg/kg is thousandths, a geopotential hundred thousands.
    """
    if kind != UNBOUNDED or dimension_of(kind) in dimensions(written):
        return unit_of(written, kind)
    error = (known["forecast"] - known["observation"]).abs()
    usual = error[error > 0].median()
    if np.isnan(usual):
        return unit_of(written, kind)
    return Unit(Affine(float(10.0 ** -np.round(np.log10(usual))), 0.0))


def told_of(variable: str, written: str, kind: str) -> list[str]:
    """What to tell of a unit that is unknown: what it means for the scores."""
    if is_known(written, kind):
        return []
    said = f"the unit {written!r} is unknown" if written.strip() else "no unit is given"
    taken = "" if kind == UNBOUNDED else f"its values are taken for {own_unit(kind)}, "
    return [
        f"{variable}: {said}: {taken}scores are in the values' own unit, and a truth that was copied from a "
        "source is found only where it is the same"
    ]
