"""How much our 80 % and 90 % intervals hold, and of which variables that can be judged.

Belongs here: that judgement, on the leaderboard. Does not: where truth fell among all quantiles (see
calibration).
"""

from dataclasses import dataclass

import pandas as pd

from weather_platform.core.days.statistics import DAILIES
from weather_platform.core.quantities.targets import KNOWN, Target
from weather_platform.core.scoring.slices import ALL_LEADS
from weather_platform.core.verification.methods import OURS

TOLERANCE = 0.03


@dataclass(frozen=True)
class Coverage:
    """Share of truth inside, by variable and interval (`temperature_c 80 %`): what is judged, what is `off`
    by more than TOLERANCE, and what is only told: an interval that ends at a value which is often met, as
    0 mm or a clear sky is, holds more than it says."""

    judged: dict[str, float]
    told: dict[str, float]
    off: dict[str, float]


def coverage(board: pd.DataFrame) -> Coverage:
    """Of our lines of a leaderboard, of hours or of whole days, over all leads."""
    ours = board[(board["method"] == OURS) & (board["lead_bucket"] == ALL_LEADS)]
    held = {
        (str(row["variable"]), level): float(row[f"coverage_{level}"])
        for row in ours.to_dict("records")
        for level in (80, 90)
    }

    def named(wanted: set[tuple[str, int]]) -> dict[str, float]:
        return {
            f"{name} {level} %": value for (name, level), value in held.items() if (name, level) in wanted
        }

    judged = {(name, level) for name, level in held if _target(name).continuous}
    off = {(name, level) for name, level in judged if abs(held[name, level] - level / 100) > TOLERANCE}
    return Coverage(named(judged), named(held.keys() - judged), named(off))


def _target(name: str) -> Target:
    return KNOWN[DAILIES[name].target if name in DAILIES else name]
