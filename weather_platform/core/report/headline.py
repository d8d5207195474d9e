"""What a hurried reader should take away of one variable, in a few sentences.

Belongs here: words. Does not: any number of its own (core.verification), or tables (see tables).
"""

from collections.abc import Hashable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from weather_platform.core.report.feeds import they_do
from weather_platform.core.report.style import LABELS
from weather_platform.core.report.tables import percent
from weather_platform.core.scoring.slices import ALL_LEADS, lead_label
from weather_platform.core.trust.unsound import FeedsNow, UnsoundFeed
from weather_platform.core.verification.methods import OURS
from weather_platform.core.verification.verdict import lower_errors, rivals, verdicts

_LEVEL = 0.005  # of CRPS: what nobody would notice
_NEARLY_ALL = 0.9  # of our rows; below it a feed's share is said
_MOST_REGIONS = 3  # told by name
_DIGITS = 3  # of an error

Row = Mapping[Hashable, Any]  # a line of a table


def headline(board: pd.DataFrame, regional: pd.DataFrame, variable: str, now: FeedsNow | None = None) -> str:
    """Whom to trust to what lead, and who of them is not to be trusted `now`; how ours compares with the best
    over all leads, where a feed's error is lower than ours, and where ours stands. `board` a leaderboard,
    `regional` one by region."""
    board, regional = (rows[rows["variable"] == variable] for rows in (board, regional))
    best, rows = verdicts(board), board[board["lead_bucket"] == ALL_LEADS]
    overall = best[best["lead_bucket"] == ALL_LEADS]
    if OURS not in set(rows["method"]) or overall.empty:
        return f"{LABELS[variable]}: nothing verified yet."
    unit = LABELS[variable].rpartition(", ")[2]
    leads = best[best["lead_bucket"] != ALL_LEADS]
    said = [
        _by_lead(leads),
        _not_now(leads, [] if now is None else now.without(variable)),
        _beside(overall.iloc[0], unit),
        _lower(lower_errors(board), lower_errors(regional, by=["region"]), unit),
        _place(rivals(rows)),
    ]
    return " ".join(sentence for sentence in said if sentence)


def _by_lead(best: pd.DataFrame) -> str:
    """`best` by lead bucket, in order: neighbours that have the same feed are one."""
    runs = [list(run) for _, run in groupby(best.to_dict("records"), key=lambda row: row["feed"])]
    if not runs:
        return ""
    if len(runs) == 1:
        return f"Of the providers trust {runs[0][0]['feed']} at every lead{_share(runs[0])}."
    parts = [f"{run[0]['feed']} to {_end(run[-1]['lead_bucket'])}{_share(run)}" for run in runs[:-1]]
    return f"Of the providers trust {', '.join(parts)}, and {runs[-1][0]['feed']} beyond{_share(runs[-1])}."


def _not_now(best: pd.DataFrame, without: Sequence[UnsoundFeed]) -> str:
    """The best of a year may be wrong today."""
    named = [one for one in without if one.feed in set(best["feed"])]
    return f"But not now: {' and '.join(one.feed for one in named)} {they_do(named)}." if named else ""


def _end(bucket: str) -> str:
    return lead_label(bucket).rpartition("–")[2]


def _share(run: Sequence[Row]) -> str:
    """How many of our rows a feed has at these leads, unless it is nearly all."""
    shares = [float(row["share"]) for row in run]
    if min(shares) >= _NEARLY_ALL:
        return ""
    low, high = percent(min(shares)), percent(max(shares))
    return f" ({low} of our rows)" if low == high else f" ({low.removesuffix(' %')} to {high} of our rows)"


def _beside(feed: pd.Series, unit: str) -> str:
    by_mae = _better(feed["mae_gain"], np.sign(feed["mae"] - feed["ours_mae"]))
    by_crps = _better(feed["crps_gain"], feed["sure"] or np.sign(np.nan_to_num(feed["crps_gain"])))
    if by_crps != "level":
        by_crps += ", beyond chance" if feed["sure"] else ", which may be chance"
    of_ours = f" ({percent(feed['share'])} of ours)" if feed["share"] < _NEARLY_ALL else ""
    its, ours = (f"{feed[name]:.{_DIGITS}f} {unit}" for name in ("mae", "ours_mae"))
    return (
        f"Over all leads that it has, {feed['feed']} is off by {its} on average, ours by {ours} on "
        f"the same {feed['n']:,} rows{of_ours}: {by_mae}. "
        f"As a whole distribution (CRPS) ours is {by_crps}."
    )


def _better(share: float, sign: float) -> str:
    """`share` is NaN where the other made no error: then the sign alone tells."""
    size = "" if pd.isna(share) else f"{_size(abs(share))}\u00a0% "
    return "level" if sign == 0 else f"{size}{'better' if sign > 0 else 'worse'}"


def _size(share: float) -> str:
    return f"{100 * share:.0f}" if share >= _LEVEL else "less than 1"


def _lower(leads: pd.DataFrame, regions: pd.DataFrame, unit: str) -> str:
    """Every lead, and the regions, where the error of a feed is lower than ours."""
    leads = _told_apart(leads[leads["lead_bucket"] != ALL_LEADS])
    regions = _told_apart(regions[regions["lead_bucket"] == ALL_LEADS])
    regions = regions.assign(ratio=regions["mae"] / regions["ours_mae"]).sort_values(["ratio", "region"])
    parts = [f"at {lead_label(row['lead_bucket'])} {_against(row)}" for row in leads.to_dict("records")]
    parts += [f"in {row['region']} {_against(row)}" for row in regions.head(_MOST_REGIONS).to_dict("records")]
    more = len(regions) - _MOST_REGIONS
    parts += [f"and in {more} more region{'s' if more > 1 else ''}"] * (more > 0)
    return f"Off by less than ours, in {unit}: {'; '.join(parts)}." if parts else ""


def _told_apart(rows: pd.DataFrame) -> pd.DataFrame:
    """Those whose errors are not the same as they are written (_against)."""
    return rows[rows["mae"].round(_DIGITS) < rows["ours_mae"].round(_DIGITS)]


def _against(row: Row) -> str:
    return f"{row['feed']} ({row['mae']:.{_DIGITS}f} against {row['ours_mae']:.{_DIGITS}f})"


def _place(others: pd.DataFrame) -> str:
    """Where ours stands among all methods, by its distribution."""
    ahead = others[others["relative"] < 1 - _LEVEL]
    level = others.loc[(others["relative"] - 1).abs() <= _LEVEL, "method"]
    if len(ahead):
        named = ahead["method"].where(ahead["sure"] < 0, ahead["method"] + " (perhaps by chance)")
        return f"By CRPS, better than ours: {', '.join(named)}."
    if len(level) == len(others):
        return f"By CRPS, ours is level with {', '.join(level)}."
    led = len(others) - len(level)
    unsure = ((others["relative"] > 1 + _LEVEL) & (others["sure"] < 1)).sum()
    which = "" if led == 1 else "all of them " if unsure == led else f"{unsure} of them "
    chance = f", {which}perhaps by chance" if unsure else ""
    beside = f"{',' * bool(unsure)} and is level with {', '.join(level)}" if len(level) else ""
    return (
        f"By CRPS, ours leads {f'{led} of' if len(level) else 'all'} {len(others)} baselines{chance}{beside}."
    )
