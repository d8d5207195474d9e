"""The leaderboard: scores summed over days and places, each method beside ours on the same rows.

Belongs here: ranks, means, significance. Does not: which rows count and their sums (see gathered), or how it
is shown (see core.report).

Methods do not have the same rows: a feed covers one country, or ends after two days. A mean over its own rows
would praise whoever leaves out what is hard. So the rank is by CRPS relative to ours on the very rows that
the method has, and its number of rows stands beside it.
"""

from collections.abc import Iterator, Sequence

import ibis
import numpy as np
import pandas as pd

from weather_platform.core.grid import Table, computed
from weather_platform.core.scoring.differences import differences, sides
from weather_platform.core.scoring.scores import gain, relative
from weather_platform.core.scoring.slices import ALL_LEADS
from weather_platform.core.verification.gathered import SUMS, by_lead, of_all_leads, ranked
from weather_platform.core.verification.methods import OURS, OURS_WITHOUT_FEEDS

DIMENSIONS = ("region", "season", "location_id")
PLACES_AT_ONCE = 50  # whose every day is in memory at once, in tables by place
_CHUNK = 1000  # series whose resamples are in memory at once


def leaderboard(scores: Table, by: Sequence[str] = (), *, leads: bool = True) -> pd.DataFrame:
    """The `board` of those of `scores` (SCORE) that are `ranked`, of all leads alone without `leads`."""
    made = (by_lead, of_all_leads) if leads else (of_all_leads,)
    boards = [
        board(pd.concat([make(part, by) for make in made], ignore_index=True), by)
        for part in _parts(ranked(scores), by)
    ]
    return _best_first(pd.concat(boards, ignore_index=True), by)


def _parts(table: ibis.Table, by: Sequence[str]) -> Iterator[ibis.Table]:
    """Rows that no others are ranked with, part by part: a variable's, and by place those of a few places."""
    at_place = ["variable", "location_id"]
    cells = computed(table.select(at_place).distinct(), at_place) if "location_id" in by else pd.DataFrame()
    if cells.empty:
        yield table
        return
    for variable, places in cells.groupby("variable", observed=True)["location_id"]:
        names = places.tolist()
        for at in range(0, len(names), PLACES_AT_ONCE):
            few = table.location_id.isin(names[at : at + PLACES_AT_ONCE])
            yield table.filter(table.variable == variable, few)


def board(sums: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """One row per variable, `by` (some of DIMENSIONS), lead bucket (and `all`) and method, best first.

    `sums` as `by_lead` and `of_all_leads` give them together, cut by `by` at least. Lead buckets are
    scored on common days, so that a curve by lead is of the same weather; `all` is of every row. Columns:
    `n`, `days` (of valid time; `first_day`, `last_day`), `share` (of the rows that we predicted), `reach`
    (share of them in whose place, day and lead bucket the method said anything: all of them also for
    six-hourly steps), `mae`, `rmse`, `bias`, `crps`, `coverage_80`, `coverage_90`, `width_80`, `brier`,
    `expected_crps`, `skill` (1 − crps / the equal-weight mean's, on the method's rows), `ours_mae` and
    `ours_crps` on the method's rows, `ours_gain` (1 − ours_crps / crps), `relative` (crps / ours_crps, by
    which it is ranked), the 95 % interval `low`, `high` of ours_crps − crps by block bootstrap over days and
    the `p` of none, each line for itself, NaN where there are too few days to tell, and `sure`: 1 where ours
    is better beyond chance, -1 where the method is, 0 where neither is (see `_sure`).
    """
    group = ["variable", *by, "lead_bucket", "method"]
    daily = sums.groupby([*group, "day"], sort=True, observed=True)[SUMS].sum(min_count=1)
    total = daily.groupby(level=group).sum(min_count=1)
    table = total[["n", "near"]].join(_days(daily, group))
    table = table.assign(**_means(total)).join(_differences(daily)).reset_index()
    ours = table[table["method"] == OURS].set_index(group[:-1])["n"].rename("of")
    table = table.join(ours, on=group[:-1])
    table = table.assign(share=table["n"] / table["of"], reach=table["near"] / table["of"])
    return _best_first(table.drop(columns=["of", "near"]), by)


def _best_first(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    order = ["variable", *by, "lead_bucket", "relative", "crps", "method"]
    table = table.assign(sure=_sure(table))
    return table.sort_values(order, ignore_index=True)


def _sure(table: pd.DataFrame) -> pd.Series:
    """Whose lines are told from ours beyond chance. A table has hundreds of lines, and of a hundred without
    any difference five would seem to have one, each for itself: so a variable's lines share what may be
    chance, those of all leads among themselves and those by lead, whichever others are asked for."""
    ours = table["method"].isin([OURS, OURS_WITHOUT_FEEDS])
    family = [table["variable"], table["lead_bucket"] == ALL_LEADS]
    sure, difference = pd.Series(0, index=table.index), table["ours_crps"] - table["crps"]
    for _, p in table["p"].mask(ours).groupby(family, observed=True):
        sure[p.index] = sides(p.to_numpy(), difference[p.index].to_numpy())
    return sure


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


def _differences(daily: pd.DataFrame) -> pd.DataFrame:
    """`low`, `high` and `p` of our mean CRPS less each method's; NaN for fewer than FEWEST_DAYS days."""
    difference = (daily["ours_crps_sum"] - daily["crps_sum"]).unstack("day").fillna(0.0).T
    n = daily["n"].unstack("day").fillna(0.0).T
    if difference.empty:
        return pd.DataFrame(
            columns=["low", "high", "p"], index=daily.index.droplevel("day"), dtype=np.float64
        )
    chunks = [slice(at, at + _CHUNK) for at in range(0, len(n.columns), _CHUNK)]
    found = [differences(difference.iloc[:, part].to_numpy(), n.iloc[:, part].to_numpy()) for part in chunks]
    low, high, _, p = np.concatenate(found, axis=1)
    return pd.DataFrame({"low": low, "high": high, "p": p}, index=difference.columns)
