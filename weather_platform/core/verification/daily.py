"""Scores of forecasts of whole days: ours, every feed's and the plain blends', beside what the days were.

Belongs here: days of values and their truth side by side. Does not: our forecast of a day (core.days), sums
of scores (see score), or ranks (see leaderboard).

What a feed says of a day is the highest, lowest, mean or sum of the same eight values that ours is made of.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
import pandas as pd

from weather_platform.core.contracts.days import DAILY_SCORE
from weather_platform.core.contracts.learned import FEATURES, QUANTILES
from weather_platform.core.days.calendar import ended_in, whole_days
from weather_platform.core.days.lengths import LENGTH, STEPS
from weather_platform.core.days.statistics import Daily, dailies
from weather_platform.core.feed_columns import value_columns
from weather_platform.core.grid import Table, as_table, computed, truth_grid
from weather_platform.core.scoring.baselines import BASELINES, points
from weather_platform.core.scoring.scores import RowScores, score_quantiles, score_value
from weather_platform.core.tables.schema import conform, empty
from weather_platform.core.verification.methods import OURS, MethodScores
from weather_platform.core.verification.score import cut, of_methods, without_refused

_KEY = list(FEATURES.key)
_AT = ["location_id", "cycle", "starts_at"]
_OF_DAY = [*_AT, "day", "latitude", "longitude"]


def daily_scores(
    daily: Table,
    features: Table,
    observations: Table,
    places: pd.DataFrame,
    *,
    start: datetime,
    end: datetime,
    variables: Sequence[str],
    agreement: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """DAILY_SCORE rows of the days of the targets `variables` that ended in [start, end).

    `daily` (DAILY_PREDICTION) and `features` of every cycle that reaches into them, `observations` from the
    day before on; `agreement` as for `score.scores`. Days that stand on a value without feeds are left out.
    One target is in memory at a time.
    """
    frames: list[pd.DataFrame] = []
    for target in variables:
        rows = _beside_truth(features, observations, target, start, end)
        if agreement is not None:
            rows = without_refused(rows.assign(day=rows["valid_time"].dt.floor("D")), agreement)
        rows = ended_in(whole_days(rows, places, target, ["cycle"]), start, end)
        if rows.empty:
            continue
        ours = _ours(daily, target, start, end)
        for asked in dailies([target]):
            frames += _scored(rows, ours[ours["variable"] == asked.name], asked)
    if not frames:
        return empty(DAILY_SCORE)
    return conform(pd.concat(frames, ignore_index=True), DAILY_SCORE).reset_index(drop=True)


def _ours(daily: Table, target: str, start: datetime, end: datetime) -> pd.DataFrame:
    """What was said of days of a target that may have ended in [start, end)."""
    said = as_table(daily)
    near = (said.starts_at >= start - 2 * LENGTH) & (said.starts_at < end)
    named = said.variable.isin([one.name for one in dailies([target])])
    columns = ("variable", *_AT, "lead_hours", *QUANTILES, "model_version")
    return computed(said.filter(~said.degraded, near, named).select(*columns), ["variable", *_AT])


def _beside_truth(
    features: Table, observations: Table, target: str, start: datetime, end: datetime
) -> pd.DataFrame:
    """What feeds and baselines said of each hour, with `observed` and `truth_source`."""
    said = as_table(features)
    inside = (said.variable == target) & (said.valid_time >= start - LENGTH) & (said.valid_time < end)
    told = said.filter(inside).select(
        *_KEY, "latitude", "longitude", *BASELINES, *value_columns(said.columns)
    )
    truth = truth_grid(observations, [target]).select("location_id", "valid_time", "observed", "truth_source")
    return computed(told.inner_join(truth, ["location_id", "valid_time"]), _KEY)


def _scored(rows: pd.DataFrame, ours: pd.DataFrame, asked: Daily) -> Iterator[pd.DataFrame]:
    """Sums of one statistic by method. `rows`: whole days; `ours`: DAILY_PREDICTION of it."""

    def of_day(values: np.ndarray) -> np.ndarray:
        return asked.of(values.reshape(-1, STEPS), axis=1)

    days = rows.iloc[::STEPS][_OF_DAY].reset_index(drop=True)
    said = {name: of_day(values) for name, values in points(rows).items()}
    days = days.assign(observed=of_day(rows["observed"].to_numpy(np.float64)), **said)
    both = days.merge(ours, on=_AT, validate="one_to_one")
    if both.empty:
        return
    observed = both["observed"].to_numpy(np.float64)
    found = {name: _of(score_value(both[name].to_numpy(np.float64), observed)) for name in said}
    found[OURS] = _of(score_quantiles(both[list(QUANTILES)].to_numpy(np.float64), observed))
    labelled = cut(both.assign(valid_time=both["starts_at"])).assign(day=both["day"])
    yield of_methods(labelled, found, {name: name for name in found})


def _of(scores: RowScores) -> MethodScores:
    return MethodScores(**vars(scores), brier=np.full(len(scores.error), np.nan))
