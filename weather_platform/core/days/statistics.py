"""What is said of a whole day: a line for each target and statistic, and how eight values become one.

Belongs here: the list, which follows from the targets. Does not: which days there are (see calendar), or
forecasts (see daily).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from weather_platform.core.quantities.targets import KNOWN, Statistic, Target

_MADE: dict[Statistic, Callable[..., Any]] = {"min": np.min, "max": np.max, "mean": np.mean, "sum": np.sum}
_WORDS: dict[Statistic, str] = {"min": "lowest", "max": "highest", "mean": "mean", "sum": "total"}


@dataclass(frozen=True)
class Daily:
    """One statistic of the days of a target: `what` it is of, as people read it, and the `word` for it."""

    name: str
    target: str
    statistic: Statistic
    what: str
    word: str

    def of(self, values: np.ndarray, axis: int) -> np.ndarray:
        """The statistic along an axis; NaN where one value is."""
        return np.asarray(_MADE[self.statistic](values, axis=axis))


def _of(target: Target) -> Iterable[Daily]:
    what = target.label.rsplit(", ", 1)[0].removesuffix(" in 3 h")
    for statistic in target.daily:
        yield Daily(f"{target.name}_{statistic}", target.name, statistic, what, _WORDS[statistic])


DAILIES: dict[str, Daily] = {one.name: one for target in KNOWN.values() for one in _of(target)}


def dailies(targets: Iterable[str]) -> tuple[Daily, ...]:
    """What is said of the days of `targets`, in the registry's order."""
    wanted = set(targets)
    return tuple(one for one in DAILIES.values() if one.target in wanted)


def shown_dailies(targets: Iterable[str]) -> tuple[Daily, ...]:
    """Of `dailies` those that people ask for: no mean where the extremes are told."""
    found = dailies(targets)
    alone = {one.target for one in found} - {one.target for one in found if one.statistic != "mean"}
    return tuple(one for one in found if one.statistic != "mean" or one.target in alone)
