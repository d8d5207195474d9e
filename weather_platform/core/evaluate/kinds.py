"""What an archive's variable is, by its name and its unit: whose distribution it has, which are evaluated.

Belongs here: what follows from names and units, and the order of variables. Does not: words (see names), or
what values are, but for those that cannot be what their name says.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from weather_platform.core.evaluate.archive import ArchiveError
from weather_platform.core.evaluate.names import (
    CHANCE,
    CLOUD,
    COMPONENT,
    DIRECTION,
    PRESSURE,
    RAIN,
    TEMPERATURE,
    plain,
    said_by,
)
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.quantities.units import affine, dimension_of, dimensions

# All else has the distribution of a wind's component: of any sign and size, and never too good to be true.
UNBOUNDED = COMPONENT
# Of a chance all truth lies at 0 or 1, where a censored normal gathers what it gives.
_CHANCES = CLOUD
# Air may be a little more than saturated, and archives have a wrong value here and there.
_MARGIN, _FEW = 0.2, 0.01
_RANKS = tuple(KNOWN)
_TURNS = frozenset({"dir", "direction", "bearing", "azimuth"})


def kind_of(variable: str, unit: str = "") -> str:
    """The target variable whose distribution serves one of this name, in a unit of any spelling.

    A unit that is known rules out what the name seems to say: a `wind_chill` in °C is a temperature. Raises
    ArchiveError for directions.
    """
    if is_direction(variable, unit):
        raise ArchiveError(f"{variable}: a direction is a circle; give its u and v components instead")
    measured = dimensions(unit)
    said = _CHANCES if is_chance(variable, unit) else said_by(variable)
    if said in KNOWN and (not measured or dimension_of(said) in measured):
        return said
    return next((kind for kind in (TEMPERATURE, PRESSURE) if dimension_of(kind) in measured), UNBOUNDED)


def kind_in(archive: pd.DataFrame, variable: str) -> str:
    """`kind_of` a checked archive's variable; UNBOUNDED where its values are none of such: shares beyond 1,
    wind below 0. Raises ArchiveError for directions.

    What is not known yet when a forecast is made must not be among those values."""
    rows = archive[archive["variable"] == variable]
    unit = str(rows["unit"].iloc[0])
    kind = kind_of(variable, unit)
    # Some archives write a trace of rain as -1.
    if kind in (RAIN, UNBOUNDED):
        return kind
    factor, offset = affine(unit, kind) if dimensions(unit) else (1.0, 0.0)
    values = rows[["forecast", "observation"]].to_numpy(np.float64) * factor + offset
    low, high = KNOWN[kind].range
    outside = (values < low - _MARGIN) | (values > high + _MARGIN)
    return UNBOUNDED if outside.sum() > _FEW * (~np.isnan(values)).sum() else kind


def is_chance(variable: str, unit: str = "") -> bool:
    """Whether it is the chance of an event, as rain in per cent is."""
    said = said_by(variable)
    return said == CHANCE or (said == RAIN and dimensions(unit) == {"fraction"})


def is_direction(variable: str, unit: str = "") -> bool:
    """Whether it turns around: a wind's direction by its name, or anything's that is given as an angle."""
    said, measured, words = said_by(variable) == DIRECTION, dimensions(unit), set(plain(variable))
    if "angle" in measured:
        return said or not words.isdisjoint(_TURNS)
    return said and (not measured or "wind" in variable.lower())


def chosen(frame: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """The variables to evaluate: those asked for, else all, a temperature first. Raises ArchiveError for one
    that is not there."""
    units = frame.drop_duplicates("variable").set_index("variable")["unit"].sort_index()
    unknown = [name for name in names if name not in units]
    if unknown:
        raise ArchiveError(f"no variable {', '.join(unknown)}; the archive has {', '.join(units.index)}")
    return list(dict.fromkeys(names)) or sorted(units.index, key=lambda name: _place(name, units[name]))


def _place(variable: str, unit: str) -> tuple[bool, bool, int, bool, str]:
    """Temperatures stand first, then the others in the order of the platform's own targets, then chances, and
    last what cannot be evaluated."""
    turns = is_direction(variable, unit)
    rank = len(_RANKS) if turns else _RANKS.index(kind_of(variable, unit))
    return turns, is_chance(variable, unit), rank, not variable.lower().startswith("t"), variable
