"""How far each feed is from what the other providers say of the same hours, and whether it says anything new.

Belongs here: the two measurements, on dense arrays of any number of cycles. Does not: verdicts
(core.trust.feed_health). A provider has one vote, however many models it serves, so that a mistake of its own
cannot outvote the others.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import HOUR, microseconds, scatter, times
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.quantities.variables import STEP_HOURS

# How long ago a feed may not have said the very same: two cycles and a day. One cycle may pass between runs.
REPEATS = (timedelta(hours=12), timedelta(hours=24))
QUORUM = 3  # of two that differ nobody can say which is wrong
_VALUES_FOR_REPEAT = 2
_STEP = STEP_HOURS * HOUR


@dataclass(frozen=True)
class Told:
    """What `feeds` said in `cycles` (int64 microseconds): `values` by variable, feed × cycle × place × step,
    NaN where nothing was said. A step is as long after its cycle in every cycle."""

    feeds: tuple[str, ...]
    cycles: np.ndarray
    values: dict[str, np.ndarray]

    def only(self, cycles: np.ndarray) -> "Told":
        """Of `cycles` (int64 microseconds) alone, as far as they are there."""
        kept = np.isin(self.cycles, cycles)
        return Told(
            self.feeds, self.cycles[kept], {name: value[:, kept] for name, value in self.values.items()}
        )


def told(grid: pd.DataFrame, variables: Sequence[str]) -> Told:
    """Rows of core.grid.forecast_grid as dense arrays of `variables`."""
    feed, feeds = pd.factorize(grid["feed"], sort=True)
    place, places = pd.factorize(grid["location_id"])
    starts = microseconds(grid["cycle"])
    cycle, cycles = pd.factorize(starts, sort=True)
    step = (microseconds(grid["valid_time"]) - starts) // _STEP
    shape = (len(feeds), len(cycles), len(places), int(step.max(initial=-1)) + 1)
    index = (feed, cycle, place, step)
    values = {name: scatter(shape, index, grid[name].to_numpy(np.float64), np.nan) for name in variables}
    return Told(tuple(feeds), cycles, values)


def offsets(told: Told) -> pd.DataFrame:
    """Per `feed`, `cycle` and `variable` told: `n` values, most `providers` at an hour, and the `offset`
    from the consensus (null where fewer than three providers speak, or amounts are too small)."""
    frames = [_offsets(told, name) for name in told.values]
    return pd.concat(frames, ignore_index=True)


def _offsets(told: Told, variable: str) -> pd.DataFrame:
    values = told.values[variable]
    spoke, center = consensus(values, told.feeds)
    here = ~np.isnan(values)
    compared = here & ~np.isnan(center)
    if KNOWN[variable].rule.ratio:
        said, agreed = (np.where(compared, each, 0.0).sum(axis=(2, 3)) for each in (values, center))
        offset = _ln_ratios(said, agreed, KNOWN[variable].rule.enough)
    else:
        offset = _median(values - center, (2, 3))
    # Sums differ in their last bits with how many numbers they are made of, which is another for cycles alone
    # and together. Rounded they are the same: first to a place where no tie lies, and + 0 since a hair below
    # nothing rounds to −0, which is other bytes.
    return _long(
        told,
        variable=variable,
        n=here.sum(axis=(2, 3)),
        providers=np.where(here, spoke, 0).max(axis=(2, 3), initial=0),
        offset=offset.round(9).round(3) + 0.0,
    )


def consensus(values: np.ndarray, feeds: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Of each cycle, place and step (of `values` as Told has them) how many providers spoke, and what they
    agree on, NaN where fewer than three did.

    It is the median over providers of their models' mean, with that of the feed that is compared: with three
    providers one wrong one cannot move it past the other two.
    """
    votes = _votes(values, feeds)
    spoke = (~np.isnan(votes)).sum(axis=-1)
    return spoke, np.where(spoke >= QUORUM, _median(votes, -1), np.nan)


def _votes(values: np.ndarray, feeds: Sequence[str]) -> np.ndarray:
    """cycle × place × step × provider: the mean of each provider's models; NaN where it is silent."""
    provider, providers = pd.factorize(np.array([feed.split("/")[0] for feed in feeds], dtype=object))
    votes = np.full((*values.shape[1:], len(providers)), np.nan)
    for position in range(len(providers)):
        own = values[provider == position]
        number = (~np.isnan(own)).sum(axis=0)
        total = np.where(np.isnan(own), 0.0, own).sum(axis=0)
        np.divide(total, number, out=votes[..., position], where=number > 0)
    return votes


def _ln_ratios(said: np.ndarray, agreed: np.ndarray, enough: float) -> np.ndarray:
    """ln(said / agreed), where what is agreed on is enough; what is said is a thousandth of that at least.

    Where little is agreed on, a feed that says much would be the only one with a ratio, and so the measure of
    how far providers differ: it could never be off, and was told to be sound.
    """
    known = agreed >= enough
    ratio = np.log(np.maximum(said, enough / 1000) / np.where(known, agreed, enough))
    return np.where(known, ratio, np.nan)


def _median(values: np.ndarray, axes: int | tuple[int, ...]) -> np.ndarray:
    """Of what is not NaN; NaN where there is nothing. NaN are sorted last; NumPy's own looks at each of
    millions of short rows by itself, or masks all of them."""
    axes = (axes,) if isinstance(axes, int) else axes
    last = np.moveaxis(values, axes, range(-len(axes), 0))
    kept, asked = last.shape[: -len(axes)], last.shape[-len(axes) :]
    if 0 in asked:
        return np.full(kept, np.nan)
    rows = np.sort(last.reshape(*kept, math.prod(asked)), axis=-1)
    number = (~np.isnan(rows)).sum(axis=-1, keepdims=True)
    lower, upper = (
        np.take_along_axis(rows, middle, axis=-1)[..., 0]
        for middle in (np.maximum(number - 1, 0) // 2, np.minimum(number // 2, rows.shape[-1] - 1))
    )
    return np.asarray((lower + upper) / 2)


def repeats(told: Told) -> pd.DataFrame:
    """Per `feed` and `cycle`: `hours` since the newest earlier cycle among REPEATS of which every value at
    common hours is the same, and `same`, how many hours and places that was.

    Hours at which a feed has fewer than two values prove nothing.
    """
    present = sum((~np.isnan(values)).astype(np.int8) for values in told.values.values())
    proves = np.asarray(present) >= _VALUES_FOR_REPEAT
    return pd.concat([_repeat(told, proves, back) for back in REPEATS], ignore_index=True)


def _repeat(told: Told, proves: np.ndarray, back: timedelta) -> pd.DataFrame:
    hours = back.total_seconds() / 3600
    shift = int(hours / STEP_HOURS)
    _, now, before = np.intersect1d(told.cycles, told.cycles + int(hours) * HOUR, return_indices=True)
    common = proves[:, now, :, :-shift] & proves[:, before, :, shift:]
    alike = common.copy()
    for values in told.values.values():
        one, other = values[:, now, :, :-shift], values[:, before, :, shift:]
        alike &= (one == other) | (np.isnan(one) & np.isnan(other))
    same, of = alike.sum(axis=(2, 3)), common.sum(axis=(2, 3))
    again = Told(told.feeds, told.cycles[now], {})
    found = _long(again, hours=np.full(same.shape, hours), same=same, of=of)
    return found.loc[(found["of"] > 0) & (found["same"] == found["of"]), ["feed", "cycle", "hours", "same"]]


def _long(told: Told, **columns: "np.ndarray | str") -> pd.DataFrame:
    """One row per feed and cycle, with `columns` (feed × cycle each, or one value for all)."""
    flat = {name: v if isinstance(v, str) else v.ravel() for name, v in columns.items()}
    feed = np.repeat(np.array(told.feeds, dtype=object), len(told.cycles))
    cycle = times(np.tile(told.cycles, len(told.feeds)))
    return pd.DataFrame({"feed": feed, "cycle": cycle, **flat})
