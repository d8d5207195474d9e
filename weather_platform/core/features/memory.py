"""What past observations alone say about a place and hour: persistence and a climatology of recent weeks.

Belongs here: statistics of truth known at the start of a cycle. Does not: errors of forecasts (see recent).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import (
    DAY,
    MISSING_TIME,
    Axes,
    microseconds,
    positions,
    scatter,
)
from weather_platform.core.features.lookback import Lookback
from weather_platform.core.quantities.variables import STEP_HOURS

SLOTS = 24 // STEP_HOURS


@dataclass(frozen=True)
class Past:
    """Observations of one variable: arrays day × slot of the day × place, NaN where there is none."""

    look: Lookback
    first_day: int
    observed: np.ndarray
    known_at: np.ndarray

    @property
    def slots(self) -> int:
        """Slots of a day."""
        return self.observed.shape[1]


@dataclass(frozen=True)
class Memory:
    """Arrays slot × place, NaN where nothing is known. `persistence` is the newest known value of that
    slot."""

    persistence: np.ndarray
    climatology: np.ndarray
    climatology_sd: np.ndarray


def past_of(truth: pd.DataFrame, variable: str, axes: Axes, look: Lookback, slots: int = SLOTS) -> Past:
    """Dense observations of one variable, of which a slot of the day (there are `slots`) has one. `truth` as
    core.grid.truth_grid gives it."""
    rows = truth[(truth["variable"] == variable).to_numpy(bool)]
    first = int(axes.cycles[0] // DAY - look.days)
    time = microseconds(rows["valid_time"])
    index = (
        time // DAY - first,
        slot_of(time, slots),
        positions(axes.places, rows["location_id"]),
    )
    shape = (int(axes.cycles[-1] // DAY - first + 1), slots, len(axes.places))
    return Past(
        look,
        first,
        scatter(shape, index, rows["observed"].to_numpy(np.float64), np.nan),
        scatter(shape, index, microseconds(rows["known_at"]), MISSING_TIME),
    )


def slot_of(time: np.ndarray, slots: int) -> np.ndarray:
    """Which of the day's equal slots each time (int64 microseconds) lies in."""
    return time % DAY // (DAY // slots)


def memory(past: Past, as_of: int) -> Memory:
    """What the observations known at `as_of` (microseconds) say."""
    last = as_of // DAY - past.first_day
    window = slice(max(last - past.look.days, 0), last + 1)
    known = (past.known_at[window] <= as_of) & ~np.isnan(past.observed[window])
    observed = np.where(known, past.observed[window], 0.0)
    count = known.sum(axis=0)
    age = last - np.arange(window.start, window.stop)
    weight = np.where(known, 0.5 ** (age / past.look.observation_half_life)[:, None, None], 0.0)
    total = weight.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (weight * observed).sum(axis=0) / total
        # Unbiased for weights that fade; without fading it is the usual sum over (count − 1).
        squares = (weight * np.where(known, observed - mean, 0.0) ** 2).sum(axis=0)
        sd = np.sqrt(squares / (total - (weight**2).sum(axis=0) / total))
    newest = known.shape[0] - 1 - known[::-1].argmax(axis=0)
    persistence = np.take_along_axis(observed, newest[None], axis=0)[0]
    return Memory(
        np.where(count > 0, persistence, np.nan),
        np.where(count > 0, mean, np.nan),
        np.where(count > 1, sd, np.nan),
    )
