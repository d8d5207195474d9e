"""Whether times are shifted by hours: local ones read as UTC, most often.

Belongs here: at what lag temperatures fit a consensus best, and how much better than at none. Does not: the
consensus (core.trust.consensus), verdicts (core.trust.feed_health, core.trust.shifted_truth). Temperature
tells, since its day has one high and one low nearly everywhere; what is wrong with its times is wrong with
all.

A place has a lag of its own: where a panel spans time zones, so do local times.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from weather_platform.core.features.axes import HOUR, times
from weather_platform.core.quantities.variables import STEP_HOURS
from weather_platform.core.trust.consensus import Told, consensus

TOLD_BY = "temperature_c"
STEP_US = STEP_HOURS * HOUR
LAGS = tuple(hours for hours in range(-12, 13, STEP_HOURS) if hours)
# What is left at the best lag over what there is at none. Of 6,402 recorded feed cycles that were not shifted
# none was below 0.66; of one shifted by 3 hours it is about 0.5, by 6 hours 0.2, where days are lively.
_MOST_LEFT = 0.6
# What is shifted by 12 hours fits at 9, too. What is not fits at 12 alone, at times: where a day has no high
# and no low, and models differ in when the weather comes.
_SURE_HOURS = 9
_LEAST_PAIRS, _LEAST_OF_PLACE = 32, 8
_LEAST_K = 1.0  # standard deviation of what differs at no lag: below, there is nothing to be explained
_SPAN = (10, 50, 90)  # percentiles over places


@dataclass(frozen=True)
class _Fits:
    """feed × cycle × place × lag: `pairs` that both lags have, and their squared differences from the
    consensus, each place's mean apart, at no lag and `there`."""

    pairs: np.ndarray
    here: np.ndarray
    there: np.ndarray

    def at(self, index: np.ndarray) -> "_Fits":
        """At one lag of each place."""
        return _Fits(*(np.take_along_axis(each, index[..., None], -1)[..., 0] for each in self._all))

    def over_places(self, counted: np.ndarray) -> "_Fits":
        return _Fits(*(np.where(counted, each, 0.0).sum(axis=-1) for each in self._all))

    @property
    def left(self) -> np.ndarray:
        """Root mean square there over that here; infinite where nothing differs here."""
        ratio = np.full(self.here.shape, np.inf)
        return np.sqrt(np.divide(self.there, self.here, out=ratio, where=self.here > 0))

    @property
    def _all(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.pairs, self.here, self.there


def shifts(told: Told) -> pd.DataFrame:
    """`feed` and `cycle` of what is shifted, with `lag_hours`: how many hours later the consensus says what
    the feed says, the median over places, and `least` and `most` of nearly all places."""
    values = told.values[TOLD_BY]
    shifted, lags = lags_of(values, consensus(values, told.feeds)[1])
    feed, cycle = np.nonzero(shifted)
    names = np.array(told.feeds, dtype=object)[feed]
    rows = pd.DataFrame({"feed": names, "cycle": times(told.cycles[cycle])})
    if rows.empty:
        return rows.assign(lag_hours=np.nan, least=np.nan, most=np.nan)
    least, middle, most = np.nanpercentile(lags[shifted], _SPAN, axis=-1, method="nearest")
    return rows.assign(lag_hours=middle, least=least, most=most)


def lags_of(values: np.ndarray, center: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of `values` (… × place × step of STEP_HOURS) are shifted against `center`, all places together,
    and how many hours later `center` fits each place; NaN where no lag fits it well."""
    by_lag = [_fits(values, center, hours // STEP_HOURS) for hours in LAGS]
    fits = _Fits(*(np.stack(each, axis=-1) for each in zip(*by_lag, strict=True)))
    enough = fits.pairs >= _LEAST_OF_PLACE
    left = np.where(enough, fits.left, np.inf)
    best = left.argmin(axis=-1)
    sure = np.where(np.abs(LAGS) <= _SURE_HOURS, left, np.inf).argmin(axis=-1)
    counted = np.asarray(enough.any(axis=-1))
    panel = fits.at(sure).over_places(counted)
    freedom = np.maximum(panel.pairs - counted.sum(axis=-1), 1)
    shifted = panel.left.round(9) < _MOST_LEFT
    shifted &= (panel.pairs >= _LEAST_PAIRS) & (np.sqrt(panel.here / freedom) > _LEAST_K)
    fitting = counted & (fits.at(best).left < _MOST_LEFT)
    return shifted, np.where(fitting, np.array(LAGS, np.float64)[best], np.nan)


def _fits(values: np.ndarray, center: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What _Fits holds of one lag."""
    last = values.shape[-1]
    now = slice(max(0, -steps), max(0, last - max(0, steps)))
    then = slice(max(0, steps), max(0, last - max(0, -steps)))
    said = values[..., now]
    here, there = said - center[..., now], said - center[..., then]
    both = ~np.isnan(here) & ~np.isnan(there)
    pairs = both.sum(axis=-1)
    return pairs, _scatter(here, both, pairs), _scatter(there, both, pairs)


def _scatter(differences: np.ndarray, both: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Σ of squares about their mean."""
    taken = np.where(both, differences, 0.0)
    squares = np.einsum("...s,...s->...", taken, taken)
    return np.maximum(squares - taken.sum(axis=-1) ** 2 / np.maximum(pairs, 1), 0.0)


def fits_what(least: float, most: float) -> str:
    """Lags as people say them: "3 hours earlier"."""
    if least == most:
        return f"{abs(least):.0f} hours {_side(least)}"
    if (least < 0) == (most < 0):
        near, far = sorted((abs(least), abs(most)))
        return f"{near:.0f} to {far:.0f} hours {_side(least)}"
    return f"{abs(least):.0f} hours earlier to {most:.0f} hours later, from place to place"


def _side(hours: float) -> str:
    return "earlier" if hours < 0 else "later"
