"""Columns of FEATURES for whatever rows are asked about: from their feeds' values, and from what was known of
the past when their cycle began.

Belongs here: placing the past on rows, and the one list of those columns; the cube of some cycles and an
archive's table (core.evaluate.features) both ask here. Does not: where rows come from, their keys, or any of
the parts' arithmetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from weather_platform.core.features.beside import beside
from weather_platform.core.features.blend import blend
from weather_platform.core.features.calendar import calendar
from weather_platform.core.features.memory import Past, memory, slot_of
from weather_platform.core.features.recent import recent
from weather_platform.core.features.sums import Sums, part_of
from weather_platform.core.feed_columns import KINDS, column_of
from weather_platform.core.quantities.targets import ANY, KNOWN
from weather_platform.core.quantities.variables import ACCUMULATED

_OF_MEMORY = ("persistence", "climatology", "climatology_sd")


@dataclass(frozen=True)
class Rows:
    """What features are asked of, in arrays that broadcast to one shape, the rows'; `values` has the feed as
    a further axis, NaN where it is missing. `place` is a position on the axes of the past, `valid_time` int64
    microseconds. `weights`: how much each place counts at each other (core.features.beside). `cycles`: each
    cycle's start (microseconds), and the index of its rows in that shape."""

    feeds: Sequence[str]
    values: np.ndarray
    place: np.ndarray
    valid_time: np.ndarray
    lead_hours: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    weights: csr_array
    cycles: Sequence[tuple[int, Any]]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the rows."""
        return self.values.shape[:-1]


def columns_of(rows: Rows, variable: str, sums: Sums, past: Past) -> dict[str, np.ndarray]:
    """Columns of FEATURES by name, arrays of the rows' shape, with those of every feed."""
    known = _known(rows, sums, past, variable)
    mixed = blend(rows.values, known["bias"], known["rmse"], KNOWN[variable].range)
    theirs = np.where(np.isnan(rows.values), np.nan, known["neighbour_bias"])
    return {
        "feeds_present": mixed.feeds_present,
        "equal_weight": mixed.equal_weight,
        "bias_corrected": mixed.bias_corrected,
        "spread": mixed.spread,
        "expected_error": mixed.expected_error,
        "neighbour_bias": blend(theirs, np.zeros_like(theirs), known["rmse"], ANY).bias_corrected,
        "lead_hours": rows.lead_hours,
        **{name: known[name] for name in ("last_error", *_OF_MEMORY)},
        **calendar(rows.valid_time, rows.latitude, rows.longitude),
        **_per_feed(rows, known),
    }


def _known(rows: Rows, sums: Sums, past: Past, variable: str) -> dict[str, np.ndarray]:
    """What was known at each cycle's start, placed on its rows: bias (its own and its neighbours') and rmse
    by feed, the newest error and what the past alone says."""
    out = {name: np.empty(rows.values.shape) for name in ("bias", "rmse", "neighbour_bias")}
    out |= {name: np.empty(rows.shape) for name in ("last_error", *_OF_MEMORY)}
    lead_day, part, slot, place = (
        np.broadcast_to(array, rows.shape)
        for array in (
            _lead_day(sums.strata.lead_days, rows.lead_hours),
            _part(sums, rows.valid_time),
            slot_of(rows.valid_time, past.slots),
            rows.place,
        )
    )
    for as_of, at in rows.cycles:
        known = recent(
            sums, as_of, ratio=variable in ACCUMULATED, unknown_error=KNOWN[variable].unknown_error
        )
        remembered = memory(past, as_of)
        here, lead = place[at], lead_day[at]
        rmse = known.rmse[lead, here]
        bias = known.offset[part[at], lead, here] + rows.values[at] * (1 - known.factor[here])
        out["rmse"][at] = rmse
        out["bias"][at] = np.where(np.isnan(rmse), np.nan, bias)
        theirs = beside(known.offset, ~np.isnan(known.rmse), rows.weights)
        out["neighbour_bias"][at] = theirs[part[at], lead, here]
        newest = blend(known.newest, np.zeros_like(known.newest), known.rmse[0], ANY)
        out["last_error"][at] = newest.bias_corrected[here]
        for name in _OF_MEMORY:
            out[name][at] = getattr(remembered, name)[slot[at], here]
    return out


def _part(sums: Sums, valid_time: np.ndarray) -> np.ndarray:
    """Position of each valid time's part of the day among the sums', which have them all."""
    return np.searchsorted(sums.strata.parts, part_of(valid_time, sums.look))


def _lead_day(lead_days: np.ndarray, lead_hours: np.ndarray) -> np.ndarray:
    """Position of each lead's whole day among `lead_days`; the nearest one for a lead beyond them."""
    return np.clip(np.searchsorted(lead_days, lead_hours // 24), 0, len(lead_days) - 1)


def _per_feed(rows: Rows, known: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Columns of every kind; all three are missing where the feed is."""
    missing = np.isnan(rows.values)
    columns: dict[str, np.ndarray] = {}
    for kind, array in zip(KINDS, (rows.values, known["bias"], known["rmse"]), strict=True):
        shown = np.where(missing, np.nan, array)
        columns |= {column_of(kind, feed): shown[..., i] for i, feed in enumerate(rows.feeds)}
    return columns
