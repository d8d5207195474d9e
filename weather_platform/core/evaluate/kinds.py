"""What an archive's variable is, by its name: whose distribution it has, and which are evaluated.

Belongs here: names and their order. Does not: values or units (see score).
"""

from collections.abc import Sequence

import pandas as pd

from weather_platform.core.evaluate.archive import ArchiveError
from weather_platform.core.targets import KNOWN

# How archives call what has the distribution of a target; all else has that of temperatures.
_BEGINS = {
    "precipitation_mm": ("precip", "rain", "pcp", "snow"),
    "wind_speed_m_s": ("wind", "gust", "ws"),
    "relative_humidity": ("rh", "relative_hum", "humid"),
    "cloud_cover": ("cloud",),
    "pressure_msl_hpa": ("pres", "msl", "slp"),
}
# Of a chance all truth lies at 0 or 1, where a censored normal gathers what it gives.
_CHANCES = "cloud_cover"
_OTHERS = "temperature_c"
_RANKS = tuple(KNOWN)


def kind_of(variable: str) -> str:
    """The target variable whose distribution serves one of this name. Raises ArchiveError for directions."""
    name = variable.lower()
    if "dir" in name:
        raise ArchiveError(f"{variable}: a direction is a circle; give its u and v components instead")
    if is_chance(name):
        return _CHANCES
    return next((kind for kind, begins in _BEGINS.items() if name.startswith(begins)), _OTHERS)


def is_chance(variable: str) -> bool:
    """Whether it is the chance of an event."""
    name = variable.lower()
    return "prob" in name or name.startswith("pop")


def chosen(frame: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """The variables to evaluate: those asked for, else all, a temperature first. Raises ArchiveError for one
    that is not there, and where a direction is among all."""
    present = sorted(frame["variable"].unique())
    unknown = [name for name in names if name not in present]
    if unknown:
        raise ArchiveError(f"no variable {', '.join(unknown)}; the archive has {', '.join(present)}")
    return list(names) or sorted(present, key=_place)


def _place(variable: str) -> tuple[bool, int, bool, str]:
    """Temperatures stand first, then the others in the order of the platform's own targets, then chances."""
    no_temperature = not variable.lower().startswith("t")
    return is_chance(variable), _RANKS.index(kind_of(variable)), no_temperature, variable
