"""What an archive's variable is, by its name: whose distribution it has, and which comes first.

Belongs here: names. Does not: values or units (see score).
"""

from collections.abc import Iterable

from weather_platform.core.evaluate.archive import ArchiveError
from weather_platform.core.targets import KNOWN

# How archives call what has the distribution of a target; all else has that of temperatures.
_BEGINS = {
    "precipitation_mm": ("precip", "rain", "pcp", "snow"),
    "wind_speed_m_s": ("wind", "gust", "ws"),
    "relative_humidity": ("rh", "relative_hum", "humid"),
    "cloud_cover": ("cloud",),
}
# Of a chance all truth lies at 0 or 1, where a censored normal gathers what it gives.
_CHANCES = "cloud_cover"
_OTHERS = "temperature_c"


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


def foremost_first(variables: Iterable[str]) -> list[str]:
    """Temperatures, then the others in the order of the platform's own targets, then chances; else by name.

    Raises ArchiveError for directions.
    """
    ranks = list(KNOWN)

    def place(name: str) -> tuple[bool, int, bool, str]:
        return is_chance(name), ranks.index(kind_of(name)), not name.lower().startswith("t"), name

    return sorted(variables, key=place)
