"""The leaderboard: scores summed over days and places, each method beside ours on the same rows.

Belongs here: sums of sums, ranks, significance. Does not: how it is shown (see core.report).

Methods do not have the same rows: a feed covers one country, or ends after two days. A mean over its own rows
would praise whoever leaves out what is hard. So the rank is by CRPS relative to ours on the very rows that
the method has, and its number of rows stands beside it.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.model.predictions import FALLBACK
from weather_platform.core.scoring.scores import gain, intervals, relative
from weather_platform.core.scoring.slices import ALL_LEADS
from weather_platform.core.verification.methods import OURS, OURS_WITHOUT_FEEDS

DIMENSIONS = ("region", "season", "location_id")
_CHUNK = 1000  # series whose resamples are in memory at once
_SUMS = [
    "n",
    "near",
    "error_sum",
    "absolute_error_sum",
    "squared_error_sum",
    "crps_sum",
    "covered80_sum",
    "covered90_sum",
    "width80_sum",
    "width90_sum",
    "brier_sum",
    "expected_crps_sum",
    "equal_weight_crps_sum",
    "ours_absolute_error_sum",
    "ours_crps_sum",
]


def leaderboard(scores: pd.DataFrame, by: Sequence[str] = (), only_models: bool = True) -> pd.DataFrame:
    """One row per variable, `by` (some of DIMENSIONS), lead bucket (and `all`) and method, best first.

    `scores` as SCORE. `only_models` leaves out rows that no trained model predicted, for variables that
    have any: what a model had not seen is what it is judged on. Lead buckets are scored on common days
    (`on_common_days`), so that a curve by lead is of the same weather; `all` is of every row. Columns: `n`,
    `days` (of valid time; `first_day`, `last_day`), `share` (of the rows that we predicted), `reach`
    (share of them in whose place, day and lead bucket the method said anything: all of them also for
    six-hourly steps), `mae`, `rmse`, `bias`, `crps`,
    `coverage_80`, `coverage_90`, `width_80`, `brier`, `expected_crps`, `skill` (1 − crps / the equal-weight
    mean's, on the method's rows), `ours_mae` and `ours_crps` on the method's rows, `ours_gain` (1 −
    ours_crps / crps), `relative` (crps / ours_crps, by which it is ranked), and the 95 % interval `low`,
    `high` of ours_crps − crps by block bootstrap over days: below 0 means that ours is better beyond doubt,
    NaN that there are too few days to tell.
    """
    kept = _with_near(ranked(scores) if only_models else scores)
    pooled = pd.concat([on_common_days(kept), kept.assign(lead_bucket=ALL_LEADS)], ignore_index=True)
    group = ["variable", *by, "lead_bucket", "method"]
    daily = pooled.groupby([*group, "day"], sort=True, observed=True)[_SUMS].sum(min_count=1)
    total = daily.groupby(level=group).sum(min_count=1)
    table = total[["n", "near"]].join(_days(daily, group))
    table = table.assign(**_means(total)).join(_intervals(daily)).reset_index()
    ours = table[table["method"] == OURS].set_index(group[:-1])["n"].rename("of")
    table = table.join(ours, on=group[:-1])
    table = table.assign(share=table["n"] / table["of"], reach=table["near"] / table["of"])
    table = table.drop(columns=["of", "near"])
    order = ["variable", *by, "lead_bucket", "relative", "crps", "method"]
    return table.sort_values(order, ignore_index=True)


def ranked(scores: pd.DataFrame) -> pd.DataFrame:
    """Of SCORE rows, those that the leaderboard stands on: predicted by a model, for variables that have
    one. No model predicts without feeds, so `ours_without_feeds` stands whatever there is."""
    by_model = scores["model_version"] != FALLBACK
    with_model = scores["variable"].isin(scores.loc[by_model, "variable"].unique())
    return scores[by_model | ~with_model | (scores["method"] == OURS_WITHOUT_FEEDS)]


def calibration_of_ranked(calibration: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Of CALIBRATION rows, those of the variables' model versions that the leaderboard stands on."""
    kept = ranked(scores)
    judged = kept.loc[kept["method"] == OURS, ["variable", "model_version"]].drop_duplicates()
    return calibration.merge(judged, on=["variable", "model_version"])


def on_common_days(scores: pd.DataFrame) -> pd.DataFrame:
    """SCORE rows of those days, by variable and place, on which we were scored at as many leads as on any day
    of that place.

    The first days of a record have short leads only and the weather of those days would count for them alone.
    A place whose feeds never reach as far as another's is no less judged at the leads that it has.
    """
    cell = ["variable", "location_id", "day"]
    ours = scores[scores["method"] == OURS]
    buckets = ours.groupby(cell, observed=True)["lead_bucket"].nunique().rename("buckets").reset_index()
    most = buckets.groupby(["variable", "location_id"], observed=True)["buckets"].transform("max")
    return scores.merge(buckets.loc[buckets["buckets"] == most, cell], on=cell)


def _with_near(scores: pd.DataFrame) -> pd.DataFrame:
    """SCORE rows with `near`: how many rows we predicted of the same place, day, lead bucket and version."""
    key = [name for name in SCORE.key if name != "method"]
    ours = scores.loc[scores["method"] == OURS, [*key, "n"]].rename(columns={"n": "near"})
    return scores.merge(ours, "left", key, validate="many_to_one")


def _days(daily: pd.DataFrame, group: Sequence[str]) -> pd.DataFrame:
    """How many days each line is of, the first and the last."""
    days = daily.index.to_frame(index=False).groupby(list(group), observed=True)["day"]
    return days.agg(["size", "min", "max"]).set_axis(["days", "first_day", "last_day"], axis=1)


def _means(total: pd.DataFrame) -> dict[str, pd.Series]:
    n = total["n"]
    return {
        "mae": total["absolute_error_sum"] / n,
        "rmse": (total["squared_error_sum"] / n) ** 0.5,
        "bias": total["error_sum"] / n,
        "crps": total["crps_sum"] / n,
        "coverage_80": total["covered80_sum"] / n,
        "coverage_90": total["covered90_sum"] / n,
        "width_80": total["width80_sum"] / n,
        "brier": total["brier_sum"] / n,
        "expected_crps": total["expected_crps_sum"] / n,
        "skill": gain(total["crps_sum"], total["equal_weight_crps_sum"]),
        "ours_mae": total["ours_absolute_error_sum"] / n,
        "ours_crps": total["ours_crps_sum"] / n,
        "ours_gain": gain(total["ours_crps_sum"], total["crps_sum"]),
        "relative": relative(total["crps_sum"], total["ours_crps_sum"]),
    }


def _intervals(daily: pd.DataFrame) -> pd.DataFrame:
    """`low` and `high` of our mean CRPS less each method's; NaN for fewer than FEWEST_DAYS days."""
    difference = (daily["ours_crps_sum"] - daily["crps_sum"]).unstack("day").fillna(0.0).T
    n = daily["n"].unstack("day").fillna(0.0).T
    if difference.empty:
        return pd.DataFrame(columns=["low", "high"], index=daily.index.droplevel("day"), dtype=np.float64)
    chunks = [slice(at, at + _CHUNK) for at in range(0, len(n.columns), _CHUNK)]
    found = [intervals(difference.iloc[:, part].to_numpy(), n.iloc[:, part].to_numpy()) for part in chunks]
    low, high = np.concatenate(found, axis=1)
    return pd.DataFrame({"low": low, "high": high}, index=difference.columns)
