"""Whether the last week is still like the weeks before it: our scores, the feeds' bias and error, and what
models are fed.

Belongs here: the windows, and what of a day's signals is told and asked for. Does not: the signals and what
counts as a breach (see signals), when it is looked at, or what follows (see defs.drift).

Every signal compares the seven days that end with a day with the 28 days before those.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pandas as pd

from weather_platform.core.contracts.scores import DRIFT
from weather_platform.core.grid import Table, as_table, computed
from weather_platform.core.tables.exact_sum import exact_sum
from weather_platform.core.tables.schema import conform, empty
from weather_platform.core.verification.methods import OURS
from weather_platform.core.verification.signals import of_features, of_feeds, of_scores
from weather_platform.core.verification.stability import watched

RECENT, REFERENCE = timedelta(days=7), timedelta(days=28)
LOOK_BACK = RECENT + REFERENCE
COOL_DOWN = timedelta(days=7)
_SHOWN = 20  # breaches, in words
_OF_SCORES = ["n", "crps_sum", "expected_crps_sum", "covered80_sum", "covered90_sum"]
_OF_ERRORS = ["n", "error_sum", "absolute_error_sum"]


def drift(
    scores: Table,
    error_sums: Table,
    features: pd.DataFrame,
    days: Sequence[datetime],
    *,
    settled: datetime | None = None,
) -> pd.DataFrame:
    """DRIFT rows of each of `days` (their starts, aware). `scores` (SCORE), `error_sums` (ERROR_SUM) and
    `features` (FEATURES, its key and FEATURES_WATCHED) reach from LOOK_BACK before the first day's end to the
    last one's; what is outside is ignored. Before `settled` (where given) there is less past than features
    look back on: the error to expect then changes by itself as days are added to it, and is not watched."""
    # Each of a backfill's days looks at five weeks: of each table only what is asked of it, in order of time.
    scored = as_table(scores)
    ours = _daily(scored.filter(scored.method == OURS), ["variable"], _OF_SCORES)
    feeds = _daily(error_sums, ["variable", "feed"], _OF_ERRORS)
    fed = watched(features, settled)
    parts = []
    for day in days:
        end = pd.Timestamp(day) + pd.Timedelta(days=1)
        windows = [_microseconds(end - back) for back in (LOOK_BACK, RECENT, timedelta())]
        found = (of_scores(_ages(ours, end)), of_feeds(_ages(feeds, end)), of_features(fed, windows))
        parts += [part.assign(day=pd.Timestamp(day)) for part in found if len(part)]
    return conform(pd.concat(parts or [empty(DRIFT)], ignore_index=True), DRIFT)


def due(breaches: pd.DataFrame, asked: Mapping[str, datetime], now: datetime) -> list[str]:
    """Variables to train again: those with a breach, unless asked for within COOL_DOWN before `now`.

    `breaches`: DRIFT rows as `newest` has them; `asked`: when each variable's training was last asked for. A
    time after `now` was told by a clock that ran ahead, and counts for nothing.
    """
    breached = sorted(set(breaches.loc[breaches["breached"], "variable"]))
    return [name for name in breached if name not in asked or not now - COOL_DOWN < asked[name] <= now]


def _daily(rows: Table, keys: list[str], sums: list[str]) -> pd.DataFrame:
    """Sums of all places, made where the rows lie, in order of days."""
    table, group = as_table(rows), ["day", *keys]
    return computed(table.group_by(group).agg(**{name: exact_sum(table[name]) for name in sums}), group)


def _ages(daily: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Rows of the two windows before `end`, and which are `recent`; `daily` is in order of days."""
    first, after = daily["day"].searchsorted([end - LOOK_BACK, end])
    rows = daily.iloc[first:after]
    return rows.assign(recent=rows["day"] >= end - RECENT)


def _microseconds(time: pd.Timestamp) -> int:
    return int(time.timestamp()) * 1_000_000


def newest(rows: pd.DataFrame) -> pd.DataFrame:
    """Of DRIFT rows, those of the newest day that each signal of a variable was told on: what models are fed
    is known at once, and must not hide what truth tells days later."""
    told = rows.groupby(["variable", "signal"], observed=True)["day"].transform("max")
    return rows[rows["day"] == told].reset_index(drop=True)


def worst(rows: pd.DataFrame) -> list[str]:
    """Breaches in words, for people."""
    breached = rows[rows["breached"]].head(_SHOWN)
    return [
        f"{row.variable}: {row.signal} of {row.subject} is {row.value:.3g}, was {row.reference:.3g}, "
        f"limit {row.threshold:.3g}"
        for row in breached.itertuples()
    ]
