"""The forecasts of some cycles as dense arrays: place × cycle × step × feed.

Belongs here: the arrays and what each row's time of knowing is. Does not: the past (see rows).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import (
    HOUR,
    MISSING_TIME,
    Axes,
    microseconds,
    positions,
    scatter,
)
from weather_platform.core.features.beside import weights_between
from weather_platform.core.features.rows import Rows
from weather_platform.core.grid import Table, computed, forecast_grid
from weather_platform.core.quantities.variables import STEP_HOURS

# What was fetched so soon after the first answer of a cycle is one answer with it. A fetch ends within half
# an hour, and what comes later is a remedy, or a reply that somebody kept.
TOGETHER = timedelta(hours=1)
_TOGETHER = TOGETHER // timedelta(hours=1) * HOUR


@dataclass(frozen=True)
class Cube:
    """`values` by variable, NaN where missing, and `fetched_at` (int64 microseconds, 0 where missing),
    place × cycle × step × feed, where step k from 1 is valid 3 k hours after the cycle; `answered_at`, when
    what was fetched together was there, and `height` that it is of, place × cycle; `latitude`, `longitude`,
    `elevation` by place."""

    axes: Axes
    values: dict[str, np.ndarray]
    fetched_at: np.ndarray
    answered_at: np.ndarray
    height: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    elevation: np.ndarray
    horizon_hours: int

    @property
    def valid_times(self) -> np.ndarray:
        """Microseconds, cycle × step."""
        steps = np.arange(1, self.fetched_at.shape[2] + 1)
        return self.axes.cycles[:, None] + steps * STEP_HOURS * HOUR

    def known_at(self, variable: str) -> np.ndarray:
        """Newest fetch among the feeds present, place × cycle × step, and no earlier than the cycle's answer:
        so rows may look at each other that lack one another's feeds, and only what came later is hidden."""
        fetched = np.where(np.isnan(self.values[variable]), 0, self.fetched_at)
        return np.maximum(fetched.max(axis=-1, initial=0), self.answered_at[:, :, None])

    def rows(self, variable: str, known_at: np.ndarray) -> Rows:
        """All of one variable, place × cycle × step, of which `known_at` told when they were known."""
        starts = self.axes.cycles.tolist()
        return Rows(
            feeds=self.axes.feeds,
            values=self.values[variable],
            place=np.arange(len(self.axes.places))[:, None, None],
            valid_time=self.valid_times[None],
            lead_hours=(self.valid_times - known_at) / HOUR,
            latitude=self.latitude[:, None, None],
            longitude=self.longitude[:, None, None],
            weights=weights_between(self.latitude, self.longitude),
            cycles=[(start, (slice(None), index)) for index, start in enumerate(starts)],
        )

    def place_columns(self) -> dict[str, np.ndarray]:
        """Columns of FEATURES that belong to the place."""
        shape = self.fetched_at.shape[:3]
        place = {"latitude": self.latitude, "longitude": self.longitude, "elevation_m": self.elevation}
        columns = {name: np.broadcast_to(values[:, None, None], shape) for name, values in place.items()}
        difference = self.height - self.elevation[:, None]
        return {**columns, "elevation_difference_m": np.broadcast_to(difference[..., None], shape)}


def cube_of(
    cycles: Sequence[datetime],
    forecasts: Table,
    places: pd.DataFrame,
    variables: Sequence[str],
    horizon_hours: int,
) -> Cube:
    """Arrays of the forecasts of `variables` and `cycles` (any order) at `places`. Raises ValueError for a
    time that is no cycle."""
    panel = places.sort_values("location_id", ignore_index=True)
    starts = np.unique(microseconds(list(cycles)))
    if (starts % (6 * HOUR)).any():
        raise ValueError("build() takes starts of 6-hour cycles; pass CYCLE.start(key) of each partition")
    grid = forecast_grid(forecasts, variables)
    rows = computed(grid.filter(grid.cycle.isin(sorted(cycles))).drop("issue_age_hours"))
    steps = (horizon_hours + 6) // STEP_HOURS  # a fetch may come as late as six hours into its cycle
    axes = Axes(tuple(panel["location_id"]), starts, tuple(sorted(rows["feed"].unique())))
    index = _index(rows, axes)
    shape = (len(axes.places), len(starts), steps, len(axes.feeds))
    fetched_at = scatter(shape, index, microseconds(rows["fetched_at"]), 0)
    answered_at = _answered_at(fetched_at, starts)
    heights = scatter(shape, index, rows["elevation_m"].to_numpy(np.float64), np.nan)
    heights = np.where(fetched_at <= answered_at[:, :, None, None], heights, np.nan)
    latitude, longitude, elevation = (
        panel[name].to_numpy(np.float64) for name in ("latitude", "longitude", "elevation_m")
    )
    return Cube(
        axes,
        {name: scatter(shape, index, rows[name].to_numpy(np.float64), np.nan) for name in sorted(variables)},
        fetched_at,
        answered_at,
        _mean_height(heights),
        latitude,
        longitude,
        elevation,
        horizon_hours,
    )


def _index(rows: pd.DataFrame, axes: Axes) -> tuple[np.ndarray, ...]:
    """Position of each row on place, cycle, step and feed; −1 or beyond for rows off the axes."""
    cycle = microseconds(rows["cycle"])
    step = (microseconds(rows["valid_time"]) - cycle) // (STEP_HOURS * HOUR) - 1
    return (
        positions(axes.places, rows["location_id"]),
        np.searchsorted(axes.cycles, cycle),
        step,
        positions(axes.feeds, rows["feed"]),
    )


def _answered_at(fetched_at: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Newest fetch within TOGETHER of the first, place × cycle; the cycle's start where there is none."""
    there = fetched_at > 0
    first = np.where(there, fetched_at, MISSING_TIME).min(axis=(2, 3), initial=MISSING_TIME)
    soon = there & (fetched_at - _TOGETHER <= first[:, :, None, None])
    newest = np.where(soon, fetched_at, 0).max(axis=(2, 3), initial=0)
    return np.where(newest > 0, newest, starts)


def _mean_height(heights: np.ndarray) -> np.ndarray:
    """Mean over steps and feeds of the heights answered; NaN where none was."""
    known = ~np.isnan(heights)
    number = known.sum(axis=(2, 3))
    total = np.where(known, heights, 0.0).sum(axis=(2, 3))
    return np.divide(total, number, out=np.full(number.shape, np.nan), where=number > 0)
