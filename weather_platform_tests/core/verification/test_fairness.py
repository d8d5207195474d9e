"""Methods that have other rows than ours are ranked by what they did on theirs; leads by the same days."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from sqlglot import parse_one
from sqlglot.expressions import CTE

from weather_platform.core.contracts.learned import QUANTILE_LEVELS
from weather_platform.core.contracts.scores import CALIBRATION, SCORE
from weather_platform.core.grid import computed
from weather_platform.core.model.predictions import FALLBACK
from weather_platform.core.quantities.targets import DEFAULT_TARGETS
from weather_platform.core.report.headline import headline
from weather_platform.core.report.tables import whom_to_trust
from weather_platform.core.scoring.scores import crps_of_quantiles, expected_crps
from weather_platform.core.tables.schema import check, conform
from weather_platform.core.verification import gathered
from weather_platform.core.verification import leaderboard as module
from weather_platform.core.verification.calibration import PIT_BINS, calibration_sums
from weather_platform.core.verification.leaderboard import board, leaderboard
from weather_platform.core.verification.verdict import lower_errors, rivals, verdicts
from weather_platform.infra.warehouse.parquet import ParquetWarehouse
from weather_platform_tests.core.synthetic import long_lived
from weather_platform_tests.core.verification.test_scores import VARIABLE, made_predictions

_DAYS = [datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=index) for index in range(6)]


def _score(
    method: str, place: str, bucket: str, day: datetime, crps: float, ours: float
) -> dict[str, object]:
    zeros = dict.fromkeys(
        [column.name for column in SCORE.columns if column.name.endswith("_sum") and column.nullable], 0.0
    )
    return {
        **zeros, "day": day, "method": method, "variable": VARIABLE, "lead_bucket": bucket,
        "location_id": place, "region": "Americas, tropics", "season": "spring", "model_version": "1",
        "n": 10, "error_sum": 0.0,
        "absolute_error_sum": 10 * crps, "squared_error_sum": 10 * crps**2, "crps_sum": 10 * crps,
        "equal_weight_crps_sum": 20.0, "ours_absolute_error_sum": 10 * ours, "ours_crps_sum": 10 * ours,
    }  # fmt: skip


def _scores() -> pd.DataFrame:
    """`picky/blend` answers for the easy place alone, where it is worse than `brave/blend`; the hard place
    has four times the error."""
    rows = []
    for day in _DAYS:
        for place, hard in (("easy", 1.0), ("hard", 4.0)):
            rows.append(_score("ours", place, "000-024", day, hard, hard))
            rows.append(_score("brave/blend", place, "000-024", day, 1.2 * hard, hard))
        rows.append(_score("picky/blend", "easy", "000-024", day, 1.5, 1.0))
    return conform(pd.DataFrame(rows), SCORE)


def test_leaving_out_what_is_hard_wins_no_rank() -> None:
    board = leaderboard(_scores())
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
        _score(method, "easy", "000-024", day, crps, ours)
        for day in _DAYS
        for method, crps in (("ours", ours), ("dry/week", 0.0))
    ]
    board = leaderboard(conform(pd.DataFrame(rows), SCORE))
    feed = board[(board["method"] == "dry/week") & (board["lead_bucket"] == "all")].squeeze()
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
    scores = _scores()
    scores.loc[scores["method"] == "picky/blend", ["crps_sum", "absolute_error_sum"]] = 10.5
    best = verdicts(leaderboard(scores[scores["day"] < _DAYS[5]]), by=[])
    assert set(best["feed"]) == {"picky/blend"}  # half is enough
    some = scores[(scores["method"] != "picky/blend") | (scores["day"] < _DAYS[4])]
    line = verdicts(leaderboard(some)).set_index("lead_bucket").loc["all"]
    assert (line["feed"], line["n"]) == ("brave/blend", 120)
    assert line["mae_gain"] == pytest.approx(1 - 1 / 1.2)
    assert line["sure"] == 1
    here = verdicts(leaderboard(some, by=["location_id"]), by=["location_id"])
    assert here.set_index(["location_id", "lead_bucket"]).loc[("easy", "all"), "feed"] == "picky/blend"


def test_where_no_feed_answers_for_most_the_best_of_those_there_are_is_named() -> None:
    scores = _scores()
    few = scores[
        (scores["method"] == "ours") | (scores["method"] == "picky/blend") & (scores["day"] < _DAYS[4])
    ]
    assert set(verdicts(leaderboard(few))["feed"]) == {"picky/blend"}


def test_of_feeds_whose_errors_are_lower_the_one_that_is_furthest_ahead_is_named() -> None:
    """Not the one that answers for the easy place alone."""
    rows = [
        _score(method, place, "000-024", day, ours * share, ours)
        for day in _DAYS
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
    sums = [name for name in rows if name.endswith("_sum")]
    third = rows.assign(method=method, n=3, **(rows[sums] * 0.3))
    return third.assign(**(third[["crps_sum", "absolute_error_sum"]] * better))


def test_a_feed_of_fewer_hours_that_answers_everywhere_may_be_the_best() -> None:
    """As MET Norway, whose steps are of six hours beyond the third day: a hair below half of our rows."""
    scores = _scores()
    brave = scores[scores["method"] == "brave/blend"]
    best = verdicts(leaderboard(pd.concat([scores, _coarser(brave, "coarse/blend", 0.9)])))
    assert set(best["feed"]) == {"coarse/blend"}
    assert best["share"].tolist() == pytest.approx([0.3, 0.3])
    assert best["mae_gain"].tolist() == pytest.approx([1 - 1 / (1.2 * 0.9)] * 2)


def test_a_feed_of_one_lead_is_named_there_and_not_for_all_of_them() -> None:
    leads = ("000-024", "024-048", "048-072")
    scores = pd.concat([_scores().assign(lead_bucket=lead) for lead in leads], ignore_index=True)
    brave = scores[(scores["method"] == "brave/blend") & (scores["lead_bucket"] == leads[0])]
    best = verdicts(leaderboard(pd.concat([scores, _coarser(brave, "brief/blend", 0.9)])))
    named = best.set_index("lead_bucket")["feed"].to_dict()
    assert named == {leads[0]: "brief/blend", **dict.fromkeys([*leads[1:], "all"], "brave/blend")}


def test_leads_are_scored_on_days_that_have_all_of_them() -> None:
    scores = _scores()
    late = scores[scores["day"] >= _DAYS[2]].assign(lead_bucket="024-048")
    board = leaderboard(pd.concat([scores, late], ignore_index=True))
    ours = board[board["method"] == "ours"].set_index("lead_bucket")
    assert ours["days"].to_dict() == {"000-024": 4, "024-048": 4, "all": 6}
    assert ours["first_day"].to_dict() == {"000-024": _DAYS[2], "024-048": _DAYS[2], "all": _DAYS[0]}
    assert set(ours["last_day"]) == {_DAYS[5]}


def _of_leads(first: int, days: int, *leads: str) -> pd.DataFrame:
    """A place's scores of so many days at some leads."""
    each = [datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=first + index) for index in range(days)]
    rows = [
        _score(name, "here", lead, day, 1.0, 1.0)
        for day in each
        for lead in leads
        for name in ("ours", "a/b")
    ]
    return conform(pd.DataFrame(rows), SCORE)


def test_a_few_days_of_further_leads_are_not_all_that_leads_are_scored_on() -> None:
    """A past of previous runs has leads of 24 to 120 h, the days since of less than 120: of both together
    there were the five days where one followed the other, and for a year no others counted."""
    near, far, both = "000-024", "120-168", "024-048"
    past, since = _of_leads(0, 60, both, far), _of_leads(60, 40, near, both)
    border = _of_leads(60, 5, far)
    board = leaderboard(pd.concat([past, border, since], ignore_index=True))
    days = board[board["method"] == "ours"].set_index("lead_bucket")["days"].to_dict()
    assert days == {near: 40, both: 40, "all": 100}
    first = leaderboard(pd.concat([_of_leads(0, 2, near), _of_leads(1, 1, both)]))
    assert set(first["days"]) == {1, 2} and set(first["lead_bucket"]) == {near, both, "all"}
    young = leaderboard(pd.concat([past, border, since[since["day"] < border["day"].max()]]))
    days = young[young["method"] == "ours"].set_index("lead_bucket")["days"].to_dict()
    assert days == {both: 64, far: 64, "all": 65}, "until there are more days of the new leads"


@pytest.mark.parametrize("by", [[], ["location_id"]])
def test_all_leads_alone_are_what_they_are_beside_each_lead(by: list[str]) -> None:
    """For tables by place, where leads are six times the rows and are not shown."""
    scores = _scores()
    both = leaderboard(pd.concat([scores, scores.assign(lead_bucket="024-048")], ignore_index=True), by)
    alone = leaderboard(pd.concat([scores, scores.assign(lead_bucket="024-048")]), by, leads=False)
    assert set(both["lead_bucket"]) == {"000-024", "024-048", "all"}
    pd.testing.assert_frame_equal(alone, both[both["lead_bucket"] == "all"].reset_index(drop=True))


def test_tables_by_place_are_made_of_a_few_places_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every day of 200 places and two years took 6.7 GB, and beside leads more than a machine has. A place
    that no model predicted yet stays out all the same where others have one."""
    scores, by, made = _scores(), ["season", "location_id"], []
    scores = pd.concat([scores, scores.assign(variable="wind_speed_m_s")], ignore_index=True)
    easy = scores["location_id"].astype(str) == "easy"
    late = scores[easy].assign(location_id="late", model_version=FALLBACK)
    scores = conform(pd.concat([scores, late], ignore_index=True), SCORE)
    whole = leaderboard(scores, by)
    monkeypatch.setattr(module, "PLACES_AT_ONCE", 1)
    monkeypatch.setattr(module, "board", lambda sums, cut: made.append(sums) or board(sums, cut))
    pd.testing.assert_frame_equal(leaderboard(scores, by), whole)
    assert [set(sums["location_id"]) for sums in made] == [{"easy"}, {"hard"}] * 2
    assert leaderboard(scores.head(0), by).empty


def test_a_years_scores_are_never_whole_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What branches of a query share is: a hundred places took 7 GB, where a deployment's jobs have 4."""
    warehouse, asked = ParquetWarehouse(tmp_path), []
    warehouse.replace(SCORE.name, SCORE, _scores(), None)
    monkeypatch.setattr(
        gathered, "computed", lambda table, key=(): asked.append(table) or computed(table, key)
    )
    board = leaderboard(warehouse.expression(SCORE.name, SCORE))
    pd.testing.assert_frame_equal(board, leaderboard(_scores()))
    shared = [part.sql() for table in asked for part in parse_one(ibis.to_sql(table), "duckdb").find_all(CTE)]
    assert shared
    assert not [part for part in shared if "_sum" in part or "*" in part]


def test_a_place_of_shorter_forecasts_stands_in_the_leads_that_it_has() -> None:
    """Found in a review: where others are forecast for three days, two vanished from every lead."""
    scores = _scores()
    far = scores[scores["location_id"] == "easy"].assign(lead_bucket="024-048")
    board = leaderboard(pd.concat([scores, far], ignore_index=True), by=["location_id"])
    days = board[board["method"] == "ours"].set_index(["location_id", "lead_bucket"])["days"].to_dict()
    assert days == {
        ("easy", "000-024"): 6, ("easy", "024-048"): 6, ("easy", "all"): 6,
        ("hard", "000-024"): 6, ("hard", "all"): 6,
    }  # fmt: skip


def test_the_expected_crps_is_that_of_truth_drawn_from_the_forecast() -> None:
    rng = np.random.default_rng(3)
    sd = rng.uniform(0.5, 3, 20_000)
    quantiles = norm.ppf(np.array(QUANTILE_LEVELS)) * sd[:, None] + rng.normal(0, 5, 20_000)[:, None]
    truth = quantiles[:, 9] + rng.normal(0, 1, 20_000) * sd
    assert expected_crps(quantiles).mean() == pytest.approx(
        crps_of_quantiles(truth, quantiles).mean(), rel=0.02
    )


def test_calibration_counts_every_verified_row_once() -> None:
    made, predictions = long_lived(), made_predictions()
    start = made.world.cycles[0]
    found = calibration_sums(
        predictions,
        made.world.observations,
        start=start,
        end=start + timedelta(days=30),
        variables=DEFAULT_TARGETS,
    )
    assert check(found, CALIBRATION).bad.empty
    assert not found.duplicated(list(CALIBRATION.key)).any()
    verified = made.pairs[["variable", "location_id", "cycle", "valid_time", "observed"]].merge(
        predictions[~predictions["degraded"]]
    )
    n = verified.dropna(subset="observed").groupby("variable").size()
    pit = found[found["kind"] == "pit"].groupby("variable")["n"].sum()
    assert pit.to_dict() == pytest.approx(n.to_dict())
    chance = found[found["kind"] == "chance"]
    assert set(chance["variable"]) == {"precipitation_mm"}
    assert chance["n"].sum() == n["precipitation_mm"]
    assert (chance["said_sum"] <= chance["n"]).all()


def test_a_dry_hour_is_spread_over_the_quantiles_that_are_dry() -> None:
    predictions = made_predictions()
    wet = predictions[predictions["variable"] == "precipitation_mm"].head(1)
    dry = wet.assign(**{name: 0.0 for name in wet.columns if name.startswith("q")})
    made = long_lived()
    hour = made.world.observations.assign(precipitation_mm=0.0)
    day = wet["valid_time"].iloc[0].floor("D")
    found = calibration_sums(dry, hour, start=day, end=day + timedelta(days=1), variables=DEFAULT_TARGETS)
    assert found.loc[found["kind"] == "pit", "n"].tolist() == pytest.approx([1 / PIT_BINS] * PIT_BINS)


def test_chances_are_counted_by_tenths_and_no_row_without_one_or_without_feeds() -> None:
    predictions = made_predictions()
    rain = predictions[(predictions["variable"] == "precipitation_mm")].head(6)
    rain = rain.assign(
        valid_time=rain["valid_time"].iloc[0],
        cycle=[rain["cycle"].iloc[0] - timedelta(hours=6 * index) for index in range(6)],
        location_id=rain["location_id"].iloc[0],
        lead_hours=3.0,
        probability=[0.0, 0.0999, 0.1, 1.0, np.nan, 0.5],
        degraded=[False] * 5 + [True],
    )
    day = rain["valid_time"].iloc[0].floor("D")
    found = calibration_sums(
        rain,
        long_lived().world.observations.assign(precipitation_mm=1.0),
        start=day,
        end=day + timedelta(days=1),
        variables=["precipitation_mm"],
    )
    chances = found[found["kind"] == "chance"].set_index("bin")
    assert chances["n"].to_dict() == {0: 2.0, 1: 1.0, 9: 1.0}
    assert chances["said_sum"].to_dict() == pytest.approx({0: 0.0999, 1: 0.1, 9: 1.0})
    assert chances["happened_sum"].to_dict() == {0: 2.0, 1: 1.0, 9: 1.0}
    assert found.loc[found["kind"] == "pit", "n"].sum() == pytest.approx(5)
