"""Daily sums of errors as dense arrays, told apart by part of the day and day of lead.

Belongs here: laying stored sums out. Does not: summing pairs (see errors), what lies further back (see
before), or what is learned of the sums (see recent).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import (
    DAY,
    HOUR,
    MISSING_TIME,
    Axes,
    microseconds,
    positions,
    scatter,
)
from weather_platform.core.features.before import Before, before_of
from weather_platform.core.features.lookback import Lookback
from weather_platform.core.features.within_block import block_known_at, blocks_of


@dataclass(frozen=True)
class Strata:
    """What a day's sums are told apart by, each sorted: `parts` of the day (of the Lookback's length, counted
    from 0 UTC) and `lead_days`, whole days of lead."""

    parts: np.ndarray
    lead_days: np.ndarray


@dataclass(frozen=True)
class Sums:
    """Error sums of one variable: arrays day × part of the day × lead day × place × feed, 0 where there are
    none. `before`: of the days before `first_day`; None where the Lookback asks for none."""

    look: Lookback
    first_day: int
    strata: Strata
    known_at: np.ndarray
    n: np.ndarray
    error: np.ndarray
    squared: np.ndarray
    observed: np.ndarray
    before: Before | None = None

    @cached_property
    def counts_from(self) -> np.ndarray:
        """From when on (int64 microseconds) each counts: its part of the day has ended, and all that there is
        of its six-hour block is known."""
        days = self.first_day + np.arange(len(self.known_at))
        ends = days[:, None] * DAY + (self.strata.parts + 1) * self.look.part_hours * HOUR
        known_at = np.maximum(self.known_at, ends[:, :, None, None, None])
        return block_known_at(known_at, self.n > 0, blocks_of(self.strata.parts, self.look.part_hours))


def part_of(times: np.ndarray, look: Lookback) -> np.ndarray:
    """In which part of its day each time (int64 microseconds) lies."""
    return times % DAY // (look.part_hours * HOUR)


def sums_of(error_sums: pd.DataFrame, variable: str, axes: Axes, strata: Strata, look: Lookback) -> Sums:
    """Dense sums of one variable for the days that the axes' cycles look back to. `error_sums` as ERROR_SUM,
    by parts of the day of the Lookback's length; of other parts and lead days than the strata's nothing is
    kept."""
    rows = error_sums[(error_sums["variable"] == variable).to_numpy(bool)]
    first = int(axes.cycles[0] // DAY - look.days)
    days = int(axes.cycles[-1] // DAY - first + 1)
    index = (
        microseconds(rows["day"]) // DAY - first,
        positions(strata.parts, rows["hour_block"]),
        positions(strata.lead_days, rows["lead_day"]),
        positions(axes.places, rows["location_id"]),
        positions(axes.feeds, rows["feed"]),
    )
    shape = (days, len(strata.parts), len(strata.lead_days), len(axes.places), len(axes.feeds))
    names = ("n", "error_sum", "squared_error_sum", "observed_sum")
    columns = [rows[name].to_numpy(np.float64) for name in names]
    known_at = microseconds(rows["known_at"])
    before = None
    if look.fewest_days:
        old = (index[0] < 0) & (known_at <= axes.cycles[0])
        before = before_of(shape[1:], index[1:], columns, old)
    n, error, squared, observed = (scatter(shape, index, column, 0.0) for column in columns)
    known = scatter(shape, index, known_at, MISSING_TIME)
    return Sums(look, first, strata, known, n, error, squared, observed, before)
