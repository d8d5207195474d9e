"""Rolling origin: at each origin fit on what was known, and let every part speak of the rows up to the next.

Belongs here: the one way that training and `evaluate` look back honestly. Does not: where the origins lie, or
the mix (see mixing).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.features.axes import DAY, microseconds
from weather_platform.core.model import continuous
from weather_platform.core.model.expert import fit_expert
from weather_platform.core.model.folds import Fold
from weather_platform.core.model.mixing import quantiles_of
from weather_platform.core.model.parts import Raw, pooled, raw, unfitted

FEWEST_TO_FIT = 100
# Over nine paired archives trees helped from about 500 station-days on and hurt at 40; rows or days did
# not separate. Of one place half as many are enough.
TREES_FROM_STATION_DAYS = 300
_DAYS_OF_ONE_PLACE = 2
# Before trees are calibrated on what they said: so many rows, or fewer if they are of so many days.
_ROWS_ENOUGH, _ROWS_OF_MANY_DAYS, _MANY_DAYS = 300, 60, 10


# Hands folds on one by one, and may show how far they are: `iter` shows nothing.
Tracked = Callable[[Sequence[Fold]], Iterable[Fold]]


@dataclass(frozen=True)
class Rolled:
    """`quantiles` by part (row × level of all the rows, NaN where a part said nothing); by fold, `raw` output
    and the calibration that its `trees` spoke by."""

    quantiles: dict[str, np.ndarray]
    raw: list[Raw]
    trees: list[dict[str, Any]]


def roll(
    features: pd.DataFrame,
    observed: np.ndarray,
    folds: Sequence[Fold],
    variable: str,
    trees_from_station_days: int = TREES_FROM_STATION_DAYS,
    *,
    tracked: Tracked = iter,
) -> Rolled:
    """Walk the folds in time order. Rows of `features` have a feed; `observed_known_at` tells when each truth
    became known."""
    known, day = microseconds(features["observed_known_at"]), microseconds(features["valid_time"]) // DAY
    rolled = Rolled({}, [], [])
    for index, fold in enumerate(tracked(folds)):
        past, rows = features.iloc[fold.train], features.iloc[fold.judge]
        if len(past) < FEWEST_TO_FIT:
            out = unfitted(rows, variable)
        else:
            trees = station_days(past) >= trees_from_station_days
            out = raw(fit_expert(past, observed[fold.train], variable, trees), rows)
        calibration = trees_calibration(rolled.raw, folds[:index], observed, day, known <= fold.start)
        for name, said in quantiles_of(out, calibration, variable).items():
            silent = np.full((len(features), len(QUANTILE_LEVELS)), np.nan, np.float32)
            rolled.quantiles.setdefault(name, silent)[fold.judge] = said
        rolled.raw.append(out)
        rolled.trees.append(calibration)
    return rolled


def trees_calibration(
    outs: Sequence[Raw],
    folds: Sequence[Fold],
    observed: np.ndarray,
    day: np.ndarray,
    usable: np.ndarray,
) -> dict[str, Any]:
    """Of the trees, from what they said in these folds of rows whose truth is `usable`, as JSON can hold it;
    empty where those are too few, counted in rows or in UTC days (`day`, of all rows)."""
    kept, rows = [], []
    for out, fold in zip(outs, folds, strict=True):
        if "trees" in out.said:
            keep = usable[fold.judge] & ~np.isnan(observed[fold.judge])
            kept.append(out.of(keep))
            rows.append(fold.judge[keep])
    known = np.concatenate([*rows, np.empty(0, np.int64)])
    days = len(np.unique(day[known]))
    if len(known) < (_ROWS_OF_MANY_DAYS if days >= _MANY_DAYS else _ROWS_ENOUGH):
        return {}
    all_of = pooled(kept, "trees")
    return continuous.calibrate(all_of.said["trees"], observed[known], all_of.lead)


def station_days(rows: pd.DataFrame) -> int:
    """Distinct pairs of a place and a UTC day of valid time; twice the days where places are so few that this
    is more, since a further day teaches more than a further place of the same day."""
    day = rows["valid_time"].dt.floor("D").rename("day")
    pairs = pd.concat([rows["location_id"], day], axis=1).drop_duplicates()
    return max(len(pairs), _DAYS_OF_ONE_PLACE * pairs["day"].nunique())
