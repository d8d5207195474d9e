"""Whether the last week is still like the weeks before it: our scores, the feeds' bias and error, and what
models are fed.

Belongs here: the signals and what counts as a breach. Does not: how far two distributions are apart (see
stability), when it is looked at, or what follows (see defs.drift).

Every signal compares the seven days that end with a day with the 28 days before those. Thresholds were set on
a record of three years at one place, where a feed's bias flipped: 1 to 2 % of the days before are false
alarms.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from weather_platform.core.contracts.scores import DRIFT
from weather_platform.core.features.axes import DAY
from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.quantities.variables import ACCUMULATED
from weather_platform.core.tables.schema import conform, empty
from weather_platform.core.verification.methods import OURS
from weather_platform.core.verification.stability import Watched, population_stability, watched

RECENT, REFERENCE = timedelta(days=7), timedelta(days=28)
LOOK_BACK = RECENT + REFERENCE
COOL_DOWN = timedelta(days=7)
# CRPS over what our own quantiles expect. A single wet day makes a week's sum of an amount.
_MAX_CRPS_RATIO, _MAX_CRPS_RATIO_OF_AMOUNTS = 1.25, 2.0
_MAX_COVERAGE_MISS = 0.10
_FEWEST_DAYS, _FEWEST_REFERENCE_DAYS, _FEWEST_ROWS = 4, 21, 50
_BIAS_ERRORS, _BIAS_SHARE = 4.0, 0.5  # standard errors of the shift, and share of the usual absolute error
# Standard errors of the growth of the absolute error, and its ratio: over a steady month of simulation, 7
# feeds of 7 variables came to 3.1 and 1.27 at most; doubled errors, of amounts aside, to 6.4 at least.
_ERROR_ERRORS, _ERROR_RATIO = 4.0, 1.5
_MAX_PSI = 0.5
_OF_SCORES = ["n", "crps_sum", "expected_crps_sum", "covered80_sum", "covered90_sum"]
_OF_ERRORS = ["n", "error_sum", "absolute_error_sum"]


def drift(
    scores: pd.DataFrame,
    error_sums: pd.DataFrame,
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
    ours = _daily(scores[scores["method"] == OURS], ["variable"], _OF_SCORES)
    feeds = _daily(error_sums, ["variable", "feed"], _OF_ERRORS)
    fed = watched(features, settled)
    parts = []
    for day in days:
        end = pd.Timestamp(day) + pd.Timedelta(days=1)
        found = (_of_scores(_ages(ours, end)), _of_feeds(_ages(feeds, end)), _of_features(fed, end))
        parts += [part.assign(day=pd.Timestamp(day)) for part in found if len(part)]
    return conform(pd.concat(parts or [empty(DRIFT)], ignore_index=True), DRIFT)


def due(
    breaches: pd.DataFrame, asked: Mapping[str, datetime], now: datetime, cool_down: timedelta = COOL_DOWN
) -> list[str]:
    """Variables to train again: those with a breach, unless asked for within `cool_down` before `now`.

    `breaches`: DRIFT rows as `newest` has them; `asked`: when each variable's training was last asked for. A
    time after `now` was told by a clock that ran ahead, and counts for nothing.
    """
    breached = sorted(set(breaches.loc[breaches["breached"], "variable"]))
    return [name for name in breached if name not in asked or not now - cool_down < asked[name] <= now]


def _daily(rows: pd.DataFrame, keys: list[str], sums: list[str]) -> pd.DataFrame:
    return rows.groupby(["day", *keys], sort=True, observed=True)[sums].sum().reset_index()


def _ages(daily: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Rows of the two windows before `end`, and which are `recent`; `daily` is in order of days."""
    first, after = daily["day"].searchsorted([end - LOOK_BACK, end])
    rows = daily.iloc[first:after]
    return rows.assign(recent=rows["day"] >= end - RECENT)


def _line(
    signal: str, variable: str, subject: str, *, value: float, reference: float, limit: float, breached: bool
) -> dict[str, object]:
    return {
        "signal": signal,
        "variable": variable,
        "subject": subject,
        "value": value,
        "reference": reference,
        "threshold": limit,
        "breached": breached,
    }


def _of_scores(ours: pd.DataFrame) -> pd.DataFrame:
    """CRPS over its expectation, by what it was if that was above 1, and coverage, by variable. What
    is often exactly 0 or 1 is held by intervals too often: of that the ratio alone is watched."""
    lines = []
    for variable, rows in ours.groupby("variable", sort=True, observed=True):
        recent, before = rows[rows["recent"]], rows[~rows["recent"]]
        if len(recent) < _FEWEST_DAYS or recent["n"].sum() < _FEWEST_ROWS:
            continue
        ratio, usual = _ratio(recent), _ratio(before)
        most = _MAX_CRPS_RATIO_OF_AMOUNTS if variable in ACCUMULATED else _MAX_CRPS_RATIO
        limit = most * max(1.0, float(np.nan_to_num(usual)))
        name = str(variable)
        lines.append(
            _line("crps_ratio", name, OURS, value=ratio, reference=usual, limit=limit, breached=ratio > limit)
        )
        if not KNOWN[name].continuous:
            continue
        for level in (80, 90):
            held, usual = (_held(part, level) for part in (recent, before))
            off = abs(held - level / 100) > _MAX_COVERAGE_MISS
            lines.append(
                _line(
                    f"coverage_{level}", name, OURS,
                    value=held, reference=usual, limit=_MAX_COVERAGE_MISS, breached=bool(off),
                )
            )  # fmt: skip
    return pd.DataFrame(lines)


def _ratio(rows: pd.DataFrame) -> float:
    expected = float(rows["expected_crps_sum"].sum())
    return float(rows["crps_sum"].sum()) / expected if expected > 0 else float("nan")


def _held(rows: pd.DataFrame, level: int) -> float:
    n = float(rows["n"].sum())
    return float(rows[f"covered{level}_sum"].sum()) / n if n > 0 else float("nan")


def _of_feeds(sums: pd.DataFrame) -> pd.DataFrame:
    """Shift of each feed's mean error, and growth of its absolute error, in standard errors by its daily
    means before. The error of an amount follows the weather, so of that the bias alone is watched."""
    daily = sums.assign(mean=sums["error_sum"] / sums["n"], mae=sums["absolute_error_sum"] / sums["n"])
    table = daily.groupby(["variable", "feed", "recent"], observed=True).agg(
        mean=("mean", "mean"), sd=("mean", "std"), mae=("mae", "mean"), mae_sd=("mae", "std"),
        days=("day", "size"),
    )  # fmt: skip
    found = table.reset_index()
    recent, before = (found[found["recent"] == flag].drop(columns="recent") for flag in (True, False))
    both = recent.merge(before, on=["variable", "feed"], suffixes=("", "_before"))
    both = both[(both["days"] >= _FEWEST_DAYS) & (both["days_before"] >= _FEWEST_REFERENCE_DAYS)]
    of_days = np.sqrt(1 / both["days"] + 1 / both["days_before"])
    usual = both["mae_before"]
    shift = np.maximum(_BIAS_ERRORS * both["sd_before"] * of_days, _BIAS_SHARE * usual)
    most = np.maximum(usual + _ERROR_ERRORS * both["mae_sd_before"] * of_days, _ERROR_RATIO * usual)
    moved = (both["mean"] - both["mean_before"]).abs() > shift
    steady = ~both["variable"].isin(ACCUMULATED)
    bias = _feed_lines("feed_bias", both, "mean", limit=shift, breached=moved)
    error = _feed_lines("feed_error", both, "mae", limit=most, breached=both["mae"] > most)
    return pd.concat([bias, error[steady]], ignore_index=True)


def _feed_lines(
    signal: str, both: pd.DataFrame, name: str, *, limit: "np.ndarray | pd.Series", breached: pd.Series
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "signal": signal,
            "variable": both["variable"],
            "subject": both["feed"],
            "value": both[name],
            "reference": both[f"{name}_before"],
            "threshold": limit,
            "breached": breached,
        }
    )


def _of_features(fed: Mapping[str, Watched], end: pd.Timestamp) -> pd.DataFrame:
    """Population stability index of each watched feature: bins are tenths of what it was."""
    lines = []
    windows = [_microseconds(end - LOOK_BACK), _microseconds(end - RECENT), _microseconds(end)]
    for variable, rows in fed.items():
        first, turn, after = np.searchsorted(rows.at, windows)
        for name, values in rows.values.items():
            before, now = values[first:turn], values[turn:after]
            known = ~np.isnan(before)
            before, now = before[known], now[~np.isnan(now)]
            days = len(np.unique(rows.at[first:turn][known] // DAY))
            if len(now) < _FEWEST_ROWS or days < _FEWEST_REFERENCE_DAYS:
                continue
            psi = population_stability(before, now)
            lines.append(
                _line(
                    "feature_psi", variable, name,
                    value=psi, reference=0.0, limit=_MAX_PSI, breached=psi > _MAX_PSI,
                )
            )  # fmt: skip
    return pd.DataFrame(lines)


def _microseconds(time: pd.Timestamp) -> int:
    return int(time.timestamp()) * 1_000_000


def newest(rows: pd.DataFrame) -> pd.DataFrame:
    """Of DRIFT rows, those of the newest day that each signal of a variable was told on: what models are fed
    is known at once, and must not hide what truth tells days later."""
    told = rows.groupby(["variable", "signal"], observed=True)["day"].transform("max")
    return rows[rows["day"] == told].reset_index(drop=True)


def worst(rows: pd.DataFrame, most: int = 20) -> list[str]:
    """Breaches in words, for people."""
    breached = rows[rows["breached"]].head(most)
    return [
        f"{row.variable}: {row.signal} of {row.subject} is {row.value:.3g}, was {row.reference:.3g}, "
        f"limit {row.threshold:.3g}"
        for row in breached.itertuples()
    ]
