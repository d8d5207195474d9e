"""Methods that have other rows than ours are ranked by what they did on theirs."""

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.report.headline import headline
from weather_platform.core.report.tables import whom_to_trust
from weather_platform.core.tables.schema import conform
from weather_platform.core.verification.leaderboard import leaderboard
from weather_platform.core.verification.verdict import lower_errors, rivals, verdicts
from weather_platform_tests.core.verification.score_rows import DAYS, score_row, scores_of_two_places
from weather_platform_tests.core.verification.test_scores import VARIABLE


def test_leaving_out_what_is_hard_wins_no_rank() -> None:
    board = leaderboard(scores_of_two_places())
    overall = board[board["lead_bucket"] == "all"]
    assert overall["method"].tolist() == ["ours", "brave/blend", "picky/blend"]
    line = overall.set_index("method")
    assert line.loc["picky/blend", "crps"] < line.loc["brave/blend", "crps"]
    assert line["share"].tolist() == pytest.approx([1.0, 1.0, 0.5])
    assert line["relative"].tolist() == pytest.approx([1.0, 1.2, 1.5])


@pytest.mark.parametrize(
    ("ours", "relative", "word"), [(0.0, 1.0, "level"), (0.1, 0.0, "worse")], ids=["nor did ours", "ours did"]
)
def test_a_feed_that_made_no_error_has_no_share_to_be_better_by(
    ours: float, relative: float, word: str
) -> None:
    rows = [
        score_row(method, "easy", "000-024", day, crps, ours)
        for day in DAYS
        for method, crps in (("ours", ours), ("dry/week", 0.0))
    ]
    board = leaderboard(conform(pd.DataFrame(rows), SCORE))
    feed = board[(board["method"] == "dry/week") & (board["lead_bucket"] == "all")].iloc[0]
    assert np.isnan(feed["ours_gain"])
    assert feed["relative"] == relative
    best = verdicts(board)
    assert best[["mae_gain", "crps_gain"]].isna().all(axis=None)
    assert set(whom_to_trust(best, VARIABLE, "lead_bucket")["gain in CRPS"]) <= {"–", "– *"}
    said = headline(board, leaderboard(conform(pd.DataFrame(rows), SCORE), by=["region"]), VARIABLE)
    assert f"rows: {word}. As a whole distribution (CRPS) ours is {word}" in said
    assert "%" not in said
    assert ("Off by less than ours" in said) == (word == "worse")


def test_the_best_feed_is_one_that_answers_for_most_and_is_said_beside_ours() -> None:
    scores = scores_of_two_places()
    scores.loc[scores["method"] == "picky/blend", ["crps_sum", "absolute_error_sum"]] = 10.5
    best = verdicts(leaderboard(scores[scores["day"] < DAYS[5]]), by=[])
    assert set(best["feed"]) == {"picky/blend"}  # half is enough
    some = scores[(scores["method"] != "picky/blend") | (scores["day"] < DAYS[4])]
    line = verdicts(leaderboard(some)).set_index("lead_bucket").loc["all"]
    assert (line["feed"], line["n"]) == ("brave/blend", 120)
    assert line["mae_gain"] == pytest.approx(1 - 1 / 1.2)
    assert line["sure"] == 1
    here = verdicts(leaderboard(some, by=["location_id"]), by=["location_id"])
    assert here.set_index(["location_id", "lead_bucket"]).loc[("easy", "all"), "feed"] == "picky/blend"


def test_where_no_feed_answers_for_most_the_best_of_those_there_are_is_named() -> None:
    scores = scores_of_two_places()
    few = scores[
        (scores["method"] == "ours") | (scores["method"] == "picky/blend") & (scores["day"] < DAYS[4])
    ]
    assert set(verdicts(leaderboard(few))["feed"]) == {"picky/blend"}


def test_of_feeds_whose_errors_are_lower_the_one_that_is_furthest_ahead_is_named() -> None:
    """Not the one that answers for the easy place alone."""
    rows = [
        score_row(method, place, "000-024", day, ours * share, ours)
        for day in DAYS
        for place, ours, feed, ahead in (("easy", 1.0, "low/blend", 0.95), ("hard", 4.0, "far/blend", 0.9))
        for method, share in (("ours", 1.0), (feed, ahead))
    ]
    lower = lower_errors(leaderboard(conform(pd.DataFrame(rows), SCORE)))
    assert lower[["feed", "mae"]].drop_duplicates().to_numpy().tolist() == [["far/blend", pytest.approx(3.6)]]


def test_neither_ourselves_nor_a_simulators_reference_is_a_rival() -> None:
    board = pd.DataFrame({"method": ["ours", "ours_without_feeds", "ideal", "emos", "a/b", "ours/v1"]})
    assert rivals(board)["method"].tolist() == ["emos", "a/b", "ours/v1"], "a file's feed may be called ours"


def _coarser(rows: pd.DataFrame, method: str, better: float) -> pd.DataFrame:
    """`rows` of a feed as another one's of every third hour, with `better` times its errors."""
    sums = [name for name in rows.columns if name.endswith("_sum")]
    third = rows.assign(method=method, n=3, **(rows[sums] * 0.3))
    return third.assign(**(third[["crps_sum", "absolute_error_sum"]] * better))


def test_a_feed_of_fewer_hours_that_answers_everywhere_may_be_the_best() -> None:
    """As MET Norway, whose steps are of six hours beyond the third day: a hair below half of our rows."""
    scores = scores_of_two_places()
    brave = scores[scores["method"] == "brave/blend"]
    best = verdicts(leaderboard(pd.concat([scores, _coarser(brave, "coarse/blend", 0.9)])))
    assert set(best["feed"]) == {"coarse/blend"}
    assert best["share"].tolist() == pytest.approx([0.3, 0.3])
    assert best["mae_gain"].tolist() == pytest.approx([1 - 1 / (1.2 * 0.9)] * 2)


def test_a_feed_of_one_lead_is_named_there_and_not_for_all_of_them() -> None:
    leads = ("000-024", "024-048", "048-072")
    scores = pd.concat([scores_of_two_places().assign(lead_bucket=lead) for lead in leads], ignore_index=True)
    brave = scores[(scores["method"] == "brave/blend") & (scores["lead_bucket"] == leads[0])]
    best = verdicts(leaderboard(pd.concat([scores, _coarser(brave, "brief/blend", 0.9)])))
    named = best.set_index("lead_bucket")["feed"].to_dict()
    assert named == {leads[0]: "brief/blend", **dict.fromkeys([*leads[1:], "all"], "brave/blend")}
