"""What is learned day by day: as it stood before the first day, and after each.

Belongs here: rows by the day on which they teach, and what they taught by time. Does not: learning (see
aggregation and width).
"""

from dataclasses import dataclass

import numpy as np

from weather_platform.core.features.axes import DAY


@dataclass(frozen=True)
class ByDay:
    """`values` (one more than days × whatever is learned): before the first of the UTC `days` on which a
    truth became known, and after each of them."""

    days: np.ndarray
    values: np.ndarray

    def at(self, times: np.ndarray) -> np.ndarray:
        """Row × whatever: what was learned on days that were over at `times` (int64 microseconds)."""
        return self.values[np.searchsorted(self.days, times // DAY, side="left")]

    @property
    def newest(self) -> np.ndarray:
        """After all that was learned."""
        return self.values[-1]


def days_of(known: np.ndarray, usable: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
    """UTC days on which a usable truth became known (`known`, int64 microseconds), in order, and the
    positions of each day's rows.

    Rows of one day err together, so that a day is one step of learning, however many rows it has.
    """
    rows = np.flatnonzero(usable)
    rows = rows[np.argsort(known[rows], kind="stable")]
    days, starts = np.unique(known[rows] // DAY, return_index=True)
    return days, np.split(rows, starts[1:]) if len(rows) else []
