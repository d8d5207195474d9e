"""Lines of a leaderboard that are starred as beyond chance share what may be chance."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.scoring.slices import ALL_LEADS, LEAD_BUCKETS
from weather_platform.core.tables.schema import conform
from weather_platform.core.verification.leaderboard import leaderboard
from weather_platform.core.verification.verdict import verdicts
from weather_platform_tests.core.verification.score_rows import score_row

FEEDS, LEADS, NUMBER_OF_DAYS = 20, LEAD_BUCKETS[:5], 30


def _scores(worse_by: float) -> pd.DataFrame:
    """So many feeds, of which `a/0` is worse than ours by so much on average; the others are as good, each
    better on some days and leads and worse on others."""
    rng = np.random.default_rng(2)
    rows = []
    for index in range(NUMBER_OF_DAYS):
        day = datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=index)
        for lead in LEADS:
            rows.append(score_row("ours", "here", lead, day, 1.0, 1.0))
            for feed in range(FEEDS):
                crps = 1.0 + rng.normal(worse_by if feed == 0 else 0.0, 0.2)
                rows.append(score_row(f"a/{feed}", "here", lead, day, crps, 1.0))
    return conform(pd.DataFrame(rows), SCORE)


def test_among_many_feeds_that_are_as_good_none_is_starred_for_its_luck() -> None:
    board = leaderboard(_scores(worse_by=0.0))
    alone = (board["high"] < 0) | (board["low"] > 0)
    assert alone.sum() >= 4, "each line for itself"
    assert set(board["sure"]) == {0}
    assert set(verdicts(board)["sure"]) == {0}


def test_who_is_worse_beyond_chance_is_starred_and_who_is_better() -> None:
    board = leaderboard(_scores(worse_by=0.5))
    worse = board["method"] == "a/0"
    assert board.loc[worse, "sure"].tolist() == [1] * (len(LEADS) + 1)
    assert (board.loc[~worse, "sure"] != 0).sum() <= 1
    better = leaderboard(_scores(worse_by=-0.3))
    assert set(better.loc[better["method"] == "a/0", "sure"]) == {-1}


def test_stars_of_the_whole_are_the_same_whether_leads_are_asked_for_or_not() -> None:
    """The leads' lines, where it is hardly worse, would take the star of the whole away."""
    scores = _scores(worse_by=0.03)
    whole, each = leaderboard(scores, leads=False), leaderboard(scores)
    of_all = each[each["lead_bucket"] == ALL_LEADS].reset_index(drop=True)
    assert whole["sure"].sum() == 1
    assert whole["sure"].tolist() == of_all["sure"].tolist()
