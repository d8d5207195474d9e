"""The recent bias of every feed, and what else daily sums of known errors say, never from later ones.

Belongs here: weighting by age, the bias, the newest known error. Does not: pairing or summing (see
core.features.errors), or the error to expect once the bias is taken away (see recent_error).

A sum counts for a cycle if its part of the day ended and its last truth was known by the start of the cycle,
which no fetch of the cycle precedes. Days weigh by age, as a Lookback says. A cell of few days is drawn to
the wider one around it by n/(n + 8), with n in days: feed → place → place and 6-hour block. A lead is drawn
to these by how far leads have shown to differ beyond chance (empirical Bayes: Efron and Morris 1975), since
the errors of long ones are too large to tell their bias from. Parts of a block depart from it as within_block
says.
"""

from dataclasses import dataclass

import numpy as np

from weather_platform.core.features.axes import DAY
from weather_platform.core.features.before import Before, spoken_days
from weather_platform.core.features.recent_error import rmse_to_expect, squares_left
from weather_platform.core.features.shrinkage import SHRINK_DAYS, mean, toward
from weather_platform.core.features.sums import Sums
from weather_platform.core.features.within_block import (
    blocks_of,
    by_block,
    departures,
    has_parts,
)

_SHRINK_RANGE = (1.0, 64.0)
_PRIOR_DAYS = 30.0  # of all cells of a lead together, before what they show counts for more than SHRINK_DAYS
_FACTOR_RANGE = (1 / 3, 3.0)


@dataclass(frozen=True)
class Recent:
    """bias to subtract = offset + value × (1 − factor). `offset`: part of the day × lead day × place × feed;
    `factor`: place × feed; `rmse`, of what is left: lead day × place × feed; `newest` error less bias at the
    shortest lead: place × feed. NaN: unknown."""

    offset: np.ndarray
    factor: np.ndarray
    rmse: np.ndarray
    newest: np.ndarray


def recent(sums: Sums, as_of: int, *, ratio: bool, unknown_error: float) -> Recent:
    """What the sums known at `as_of` (microseconds) say; `ratio` corrects amounts by a factor, not an
    offset. `unknown_error`: RMSE to expect before anything is known; 0 where there is no telling."""
    last = as_of // DAY - sums.first_day
    window = slice(max(last - sums.look.days, 0), last + 1)
    block = blocks_of(sums.strata.parts, sums.look.part_hours)
    known, spoken = sums.counts_from[window] <= as_of, sums.n[window] > 0
    age = last - np.arange(window.start, window.stop)
    weight = np.where(known, 0.5 ** (age / sums.look.error_half_life)[:, None, None, None, None], 0.0)
    asked = (sums.n, sums.error, sums.squared, *([sums.observed] if ratio else []))
    totals = [(weight * each[window]).sum(axis=0) for each in asked]
    days = by_block(weight * spoken, block, np.maximum, axis=1).sum(axis=0)
    if sums.before is not None and (spoken_days(days) < sums.look.fewest_days).any():
        before = _before(sums, sums.before, window.start, as_of)
        days, totals = before.filled(totals, days, block, sums.look.fewest_days)
    n, error, squared = totals[:3]
    if ratio:
        offset, factor = np.zeros_like(error), _shrunk_factor(totals[3], error, days)
    else:
        of_block = _shrunk_bias(by_block(n, block), by_block(error, block), by_block(squared, block), days)
        offset, factor = of_block[block], np.ones(n.shape[2:])
        if has_parts(block):
            pairs, errors = (np.where(known, each[window], 0.0).sum(axis=2) for each in (sums.n, sums.error))
            offset += departures(pairs, errors, weight.max(axis=2), block)[:, None]
    rmse = rmse_to_expect(n, squares_left(n, error, squared, offset), days, unknown_error)
    newest = _newest(sums, window, known, offset)
    return Recent(offset, factor, rmse, newest)


def _before(sums: Sums, older: Before, start: int, as_of: int) -> Before:
    """Of all days before the one at `start`: the `older` ones, and those laid out for earlier cycles."""
    known = (sums.n[:start] > 0) & (sums.counts_from[:start] <= as_of)
    columns = (sums.n, sums.error, sums.squared, sums.observed)
    return older.and_of(known, [column[:start] for column in columns])


def _left(n: np.ndarray, error: np.ndarray, squared: np.ndarray) -> np.ndarray:
    """Mean square of errors less their mean."""
    return np.maximum(mean(squared, n) - mean(error, n) ** 2, 0.0)


def _shrunk_bias(n: np.ndarray, error: np.ndarray, squared: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Mean error by block × lead day × place × feed, drawn step by step to wider cells."""
    feed = mean(error.sum(axis=(0, 1, 2)), n.sum(axis=(0, 1, 2)))
    # The pooled cells hold each day several times (blocks, leads): the largest count of days is the
    # honest one.
    place = toward(mean(error.sum(axis=(0, 1)), n.sum(axis=(0, 1))), feed, days.max(axis=(0, 1)))
    block = toward(mean(error.sum(axis=1), n.sum(axis=1)), place, days.max(axis=1))
    cell, wider = mean(error, n), block[:, None]
    of_place = n.sum(axis=0), error.sum(axis=0), squared.sum(axis=0)
    variance = mean((_left(*of_place) * of_place[0]).sum(axis=1), of_place[0].sum(axis=1))
    return toward(cell, wider, days, _enough_days(cell - wider, days, variance[:, None]))


def _enough_days(difference: np.ndarray, days: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Days after which a lead's own mean counts half: the variance of its errors over that of how leads truly
    differ from wider cells, which is what they differ by less what chance makes of so few days."""
    weight = np.where(days > 1, days, 0.0)
    beyond_chance = (weight * difference**2 - np.where(weight > 0, variance, 0.0)).sum(axis=(0, 2))
    total = weight.sum(axis=(0, 2)) + _PRIOR_DAYS
    true = (beyond_chance[:, None] + _PRIOR_DAYS * variance / SHRINK_DAYS) / total[:, None]
    return np.clip(variance / np.maximum(true, 1e-9), *_SHRINK_RANGE)


def _shrunk_factor(observed: np.ndarray, error: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Amount observed over amount forecast by place × feed, drawn to the feed's by eight typical days of
    it."""
    amount, forecast = observed.sum(axis=(0, 1)), (observed + error).sum(axis=(0, 1))
    total_days = np.maximum(days.max(axis=(0, 1)).sum(axis=0), 1e-9)
    typical = SHRINK_DAYS * amount.sum(axis=0) / total_days + 0.1
    feed = (amount.sum(axis=0) + typical) / (forecast.sum(axis=0) + typical)
    return np.clip((amount + typical) / (forecast + typical / feed), *_FACTOR_RANGE)


def _newest(sums: Sums, window: slice, known: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """Mean error less bias of the newest known block at the shortest day of lead, by place × feed."""
    new, block = slice(-sums.look.error_is_new, None), blocks_of(sums.strata.parts, sums.look.part_hours)
    count = np.where(known[:, :, 0], sums.n[window][:, :, 0], 0.0)[new]
    left = np.where(count > 0, sums.error[window][:, :, 0][new] - offset[:, 0] * count, 0.0)
    flat = (len(count) * (block[-1] + 1), *count.shape[2:])
    count, left = (by_block(each, block, axis=1).reshape(flat) for each in (count, left))
    have = count > 0
    last = have.shape[0] - 1 - have[::-1].argmax(axis=0)
    picked = np.take_along_axis(mean(left, count), last[None], axis=0)[0]
    return np.where(have.any(axis=0), picked, np.nan)
