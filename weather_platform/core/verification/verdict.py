"""Whom to trust: of the feeds, the best one, and how much better ours is on the very rows that it has.

Belongs here: choosing among the leaderboard's lines. Does not: scores (see leaderboard), or showing them.
"""

from collections.abc import Sequence

import pandas as pd

from weather_platform.core.scoring.scores import gain
from weather_platform.core.verification.methods import IDEAL, OURS, OURS_WITHOUT_FEEDS

# A feed that says nothing of more places and leads is no answer to "whom should I trust". How many hours of
# a day it has is another matter: six-hourly steps are half of our rows at most, and may be the best.
_LEAST_REACH = 0.5


def verdicts(board: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """One row per variable, `by` and lead bucket of a leaderboard made with the same `by`: the best feed.

    Columns: `feed`, `n` (its rows), `share` (of ours), `mae` and `ours_mae` on those rows, `mae_gain` (by
    what share our MAE is lower) and `crps_gain` of the CRPS, both NaN where the feed made no error, and
    `sure`: 1 where ours is better beyond doubt, -1 where the feed is, 0 where chance may decide. Feeds that
    say nothing of more than half of the places, days and leads (`reach` of the leaderboard) are no
    candidates, as long as there are others.
    """
    group = ["variable", *by, "lead_bucket"]
    best = candidates(board, by).sort_values(["relative", "method"]).drop_duplicates(group)
    best = best.sort_values(group, ignore_index=True)
    return best[[*group, "n", "share", "mae", "ours_mae", "sure"]].assign(
        feed=best["method"],
        mae_gain=gain(best["ours_mae"], best["mae"]),
        crps_gain=best["ours_gain"],
    )


def lower_errors(board: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """The groups of `verdicts` where the MAE of some candidate is lower than ours on its rows: of these the
    one that is furthest ahead, which need not be the best by CRPS. Columns: `feed`, `mae`, `ours_mae`."""
    group = ["variable", *by, "lead_bucket"]
    feeds = candidates(board, by)
    ahead = feeds[feeds["mae"] < feeds["ours_mae"]]
    ahead = ahead.assign(ratio=ahead["mae"] / ahead["ours_mae"], feed=ahead["method"])
    ahead = ahead.sort_values(["ratio", "feed"]).drop_duplicates(group).sort_values(group, ignore_index=True)
    return ahead[[*group, "feed", "mae", "ours_mae"]]


def candidates(board: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Lines of the feeds that say something of at least half of the places, days and leads; of all feeds
    where none does."""
    group = ["variable", *by, "lead_bucket"]
    feeds = board[board["method"].str.contains("/", regex=False)]
    whole = feeds["reach"] >= _LEAST_REACH
    others = whole.groupby([feeds[name] for name in group], observed=True).transform("any")
    return feeds[whole | ~others]


def rivals(board: pd.DataFrame) -> pd.DataFrame:
    """Lines of a leaderboard that ours is measured against: every method but ourselves and a simulator's
    reference."""
    return board[~board["method"].isin([OURS, OURS_WITHOUT_FEEDS, IDEAL])]
