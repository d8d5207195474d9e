"""The leaderboard: scores summed over days and places, ranked, each method beside ours on the same rows.

Belongs here: sums of sums, ranks, significance. Does not: how it is shown (see core.report).
"""

from collections.abc import Hashable
from typing import cast

import pandas as pd

from weather_platform.core.predictions import FALLBACK
from weather_platform.core.scoring import bootstrap_mean
from weather_platform.core.verification.methods import OURS_WITHOUT_FEEDS

ALL_LEADS = "all"
_SUMS = [
    "n",
    "error_sum",
    "absolute_error_sum",
    "squared_error_sum",
    "crps_sum",
    "covered80_sum",
    "covered90_sum",
    "width80_sum",
    "width90_sum",
    "brier_sum",
    "equal_weight_crps_sum",
    "ours_absolute_error_sum",
    "ours_crps_sum",
]
_GROUP = ["variable", "lead_bucket", "method"]


def leaderboard(scores: pd.DataFrame, only_models: bool = True) -> pd.DataFrame:
    """One row per variable, lead bucket (and `all`) and method, best CRPS first.

    `scores` as SCORE. `only_models` leaves out rows that no trained model predicted, for variables that
    have any: what a model had not seen is what it is judged on. Columns: `n`, `days`, `mae`, `rmse`,
    `bias`, `crps`, `coverage_80`, `coverage_90`, `width_80`, `brier`, `skill` (1 − crps / the
    equal-weight mean's, on the method's rows), `ours_mae` and `ours_crps` on the method's rows,
    `ours_gain` (1 − ours_crps / crps), and the 95 % interval `low`, `high` of ours_crps − crps by block
    bootstrap over days: below 0 means that ours is better beyond doubt.
    """
    kept = ranked(scores) if only_models else scores
    pooled = pd.concat([kept, kept.assign(lead_bucket=ALL_LEADS)], ignore_index=True)
    daily = pooled.groupby([*_GROUP, "day"], sort=True)[_SUMS].sum(min_count=1).reset_index("day")
    total = daily.drop(columns="day").groupby(level=_GROUP).sum(min_count=1)
    table = pd.DataFrame({"n": total["n"], "days": daily.groupby(level=_GROUP).size()})
    table = table.assign(**_means(total)).join(_intervals(daily))
    return table.reset_index().sort_values(["variable", "lead_bucket", "crps", "method"], ignore_index=True)


def ranked(scores: pd.DataFrame) -> pd.DataFrame:
    """Of SCORE rows, those that the leaderboard stands on: predicted by a model, for variables that have
    one. No model predicts without feeds, so `ours_without_feeds` stands whatever there is."""
    by_model = scores["model_version"] != FALLBACK
    with_model = scores["variable"].isin(scores.loc[by_model, "variable"].unique())
    return scores[by_model | ~with_model | (scores["method"] == OURS_WITHOUT_FEEDS)]


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
        "skill": 1 - total["crps_sum"] / total["equal_weight_crps_sum"],
        "ours_mae": total["ours_absolute_error_sum"] / n,
        "ours_crps": total["ours_crps_sum"] / n,
        "ours_gain": 1 - total["ours_crps_sum"] / total["crps_sum"],
    }


def _intervals(daily: pd.DataFrame) -> pd.DataFrame:
    """`low` and `high` of our mean CRPS less each method's."""
    difference = (daily["ours_crps_sum"] - daily["crps_sum"]).rename("difference")
    keys: list[tuple[Hashable, ...]] = []
    found = []
    for key, own in difference.groupby(level=_GROUP):
        keys.append(cast(tuple[Hashable, ...], key))
        found.append(bootstrap_mean(own.to_numpy(), daily.loc[[key], "n"].to_numpy()))
    index = pd.MultiIndex.from_tuples(keys, names=_GROUP)
    return pd.DataFrame(found, columns=["low", "high"], index=index)
