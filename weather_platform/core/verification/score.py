"""Scores of some days: predictions and features beside truth, summed by method, variable, lead, place and
version.

Belongs here: joining and summing. Does not: the scores themselves (see methods) or ranks (see
leaderboard).
"""

from collections.abc import Sequence
from datetime import datetime

import ibis
import numpy as np
import pandas as pd

from weather_platform.core.contracts.learned import FEATURES, QUANTILES
from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.features.target import verified
from weather_platform.core.feed_columns import VALUE, column_of, value_columns
from weather_platform.core.grid import Table, as_table, computed
from weather_platform.core.scoring.baselines import BASELINES
from weather_platform.core.scoring.slices import lead_bucket, region, season
from weather_platform.core.tables.schema import conform, empty
from weather_platform.core.verification.methods import OURS, OURS_WITHOUT_FEEDS, MethodScores, row_scores

_KEY = list(FEATURES.key)
_OF_FEATURES = (*_KEY, "lead_hours", "feeds_present", "latitude", "longitude", *BASELINES)
_OF_PREDICTIONS = (*_KEY, *QUANTILES, "probability", "emos_location", "emos_scale", "model_version")
_GROUP = ["day", "variable", "lead_bucket", "location_id", "region", "season", "model_version"]


def scores(
    predictions: Table,
    features: Table,
    observations: Table,
    *,
    start: datetime,
    end: datetime,
    variables: Sequence[str],
    ideal: pd.DataFrame | None = None,
    agreement: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """SCORE rows of `variables` and the days in [start, end).

    `predictions` and `features` of every cycle that reaches into the window; `observations` from three
    hours before it. `ideal`: `variable`, `location_id`, `cycle`, `valid_time`, `value`, `sd` of a
    reference that only a simulator knows. Only rows that we predicted and whose truth is known count, so
    that every method is beside ours. Rows that no feed reached stand apart, as the one method
    `ours_without_feeds`: what we say from the past alone is no rival of any feed. A feed is not scored where
    `agreement` (TRUTH_AGREEMENT) refuses the truth for it. One variable is in memory at a time.
    """
    both = _beside(predictions, features)
    frames = []
    for variable in sorted(variables):
        rows = computed(verified(both, observations, variable, start, end), _KEY)
        rows = cut(rows if ideal is None else _with_ideal(rows, ideal, variable))
        if agreement is not None:
            rows = without_refused(rows, agreement)
        if len(rows):
            frames.append(_summed(rows, variable))
    return (
        conform(pd.concat(frames, ignore_index=True), SCORE).reset_index(drop=True)
        if frames
        else empty(SCORE)
    )


def _beside(predictions: Table, features: Table) -> ibis.Table:
    """What feeds and baselines said beside our forecast; none where either is not there."""
    said, ours = as_table(features), as_table(predictions)
    return said.select(*_OF_FEATURES, *value_columns(said.columns)).inner_join(
        ours.select(*_OF_PREDICTIONS), _KEY
    )


def _with_ideal(rows: pd.DataFrame, ideal: pd.DataFrame, variable: str) -> pd.DataFrame:
    """With `ideal_value` and `ideal_sd`, NaN where the reference says nothing."""
    key = [name for name in _KEY if name != "variable"]
    reference = ideal[ideal["variable"] == variable]
    reference = reference.rename(columns={"value": "ideal_value", "sd": "ideal_sd"}).drop(columns="variable")
    reference = reference.astype({name: rows[name].dtype for name in key})
    return rows.merge(reference, on=key, how="left", validate="one_to_one")


def cut(rows: pd.DataFrame) -> pd.DataFrame:
    """With the columns that sums are grouped by: of `valid_time`, `lead_hours`, `latitude`, `longitude`."""
    latitude = rows["latitude"].to_numpy(np.float64)
    return rows.assign(
        day=rows["valid_time"].dt.floor("D"),
        lead_bucket=lead_bucket(rows["lead_hours"].to_numpy(np.float64)),
        region=region(latitude, rows["longitude"].to_numpy(np.float64)),
        season=season(rows["valid_time"], latitude),
    )


def without_refused(rows: pd.DataFrame, agreement: pd.DataFrame) -> pd.DataFrame:
    """Rows with the values of feeds emptied that this day's truth is refused for."""
    keys = ["day", "variable", "location_id", "truth_source"]
    refused = agreement[agreement["refused"]]
    told, emptied = rows[keys], {}
    for feed, where in refused.groupby("feed", sort=True, observed=True):
        column = column_of(VALUE, str(feed))
        if column in rows:
            hit = told.merge(where[keys].assign(hit=True), "left", keys, validate="many_to_one")["hit"]
            emptied[column] = rows[column].mask(hit.notna().to_numpy())
    return rows.assign(**emptied)


def _summed(rows: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Sums of one variable's rows by group and method; rows without any feed under a method of their own."""
    fed = rows["feeds_present"] > 0
    frames = []
    if fed.any():
        found = row_scores(rows[fed], variable)
        frames.append(of_methods(rows[fed], found, {name: name for name in found}))
    if not fed.all():
        found = row_scores(rows[~fed], variable)
        frames.append(of_methods(rows[~fed], found, {OURS_WITHOUT_FEEDS: OURS}))
    return pd.concat(frames, ignore_index=True)


def of_methods(rows: pd.DataFrame, found: dict[str, MethodScores], shown: dict[str, str]) -> pd.DataFrame:
    """Sums by group of the methods `shown`: name on the leaderboard to name in `found`."""
    grouped = rows.groupby(_GROUP, sort=True, observed=True)
    group = grouped.ngroup().to_numpy()
    labels = rows.loc[~pd.Series(group, index=rows.index).duplicated(), _GROUP]
    labels = labels.assign(group=pd.Series(group, index=rows.index)).set_index("group").sort_index()
    frames = [_of_method(name, found, group, labels).assign(method=title) for title, name in shown.items()]
    return pd.concat(frames, ignore_index=True)


def _of_method(
    name: str, found: dict[str, MethodScores], group: np.ndarray, labels: pd.DataFrame
) -> pd.DataFrame:
    own, ours, equal = found[name], found[OURS], found["equal_weight"]
    have = ~np.isnan(own.crps)
    where, size = group[have], len(labels)

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(where, weights=values[have], minlength=size)

    sums = {
        "n": np.bincount(where, minlength=size),
        "error_sum": total(own.error),
        "absolute_error_sum": total(np.abs(own.error)),
        "squared_error_sum": total(own.error**2),
        "crps_sum": total(own.crps),
        "expected_crps_sum": total(own.expected_crps),
        "covered80_sum": total(own.covered80),
        "covered90_sum": total(own.covered90),
        "width80_sum": total(own.width80),
        "width90_sum": total(own.width90),
        "brier_sum": total(own.brier),
        "equal_weight_crps_sum": total(equal.crps),
        "ours_absolute_error_sum": total(np.abs(ours.error)),
        "ours_crps_sum": total(ours.crps),
    }
    return labels.assign(**sums)[sums["n"] > 0]
