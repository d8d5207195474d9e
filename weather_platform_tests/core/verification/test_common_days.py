"""Leads are scored on the same days, and sums are made where scores lie."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest
from sqlglot import parse_one
from sqlglot.expressions import CTE

from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.grid import computed
from weather_platform.core.model.predictions import FALLBACK
from weather_platform.core.tables.schema import conform
from weather_platform.core.verification import gathered
from weather_platform.core.verification import leaderboard as module
from weather_platform.core.verification.gathered import by_lead, of_all_leads
from weather_platform.core.verification.leaderboard import board, leaderboard
from weather_platform.infra.warehouse.parquet import ParquetWarehouse
from weather_platform_tests.core.verification.score_rows import DAYS, score_row, scores_of_two_places


def test_leads_are_scored_on_days_that_have_all_of_them() -> None:
    scores = scores_of_two_places()
    late = scores[scores["day"] >= DAYS[2]].assign(lead_bucket="024-048")
    board = leaderboard(pd.concat([scores, late], ignore_index=True))
    ours = board[board["method"] == "ours"].set_index("lead_bucket")
    assert ours["days"].to_dict() == {"000-024": 4, "024-048": 4, "all": 6}
    assert ours["first_day"].to_dict() == {"000-024": DAYS[2], "024-048": DAYS[2], "all": DAYS[0]}
    assert set(ours["last_day"]) == {DAYS[5]}


def _of_leads(first: int, days: int, *leads: str) -> pd.DataFrame:
    """A place's scores of so many days at some leads."""
    each = [datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=first + index) for index in range(days)]
    rows = [
        score_row(name, "here", lead, day, 1.0, 1.0)
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
    scores = scores_of_two_places()
    both = leaderboard(pd.concat([scores, scores.assign(lead_bucket="024-048")], ignore_index=True), by)
    alone = leaderboard(pd.concat([scores, scores.assign(lead_bucket="024-048")]), by, leads=False)
    assert set(both["lead_bucket"]) == {"000-024", "024-048", "all"}
    pd.testing.assert_frame_equal(alone, both[both["lead_bucket"] == "all"].reset_index(drop=True))


def test_tables_by_place_are_made_of_a_few_places_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every day of 200 places and two years took 6.7 GB, and beside leads more than a machine has. A place
    that no model predicted yet stays out all the same where others have one."""
    scores, by, made = scores_of_two_places(), ["season", "location_id"], []
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
    warehouse.replace(SCORE.name, SCORE, scores_of_two_places(), None)
    monkeypatch.setattr(
        gathered, "computed", lambda table, key=(): asked.append(table) or computed(table, key)
    )
    board = leaderboard(warehouse.expression(SCORE.name, SCORE))
    pd.testing.assert_frame_equal(board, leaderboard(scores_of_two_places()))
    shared = [
        part.sql()
        for table in asked
        for part in parse_one(str(ibis.to_sql(table)), dialect="duckdb").find_all(CTE)
    ]
    assert shared
    assert not [part for part in shared if "_sum" in part or "*" in part]


def test_sums_are_the_same_bits_in_whatever_order_scores_come() -> None:
    scores = scores_of_two_places()
    rng = np.random.default_rng(1)
    many = [
        scores.assign(
            location_id=f"place_{index}", crps_sum=scores["crps_sum"] * rng.uniform(0.9, 1.1, len(scores))
        )
        for index in range(9)
    ]
    table = pd.concat(many, ignore_index=True)
    shuffled = table.sample(frac=1.0, random_state=1)
    for made in (of_all_leads, by_lead):
        pd.testing.assert_frame_equal(made(table), made(shuffled), check_exact=True)


def test_a_place_of_shorter_forecasts_stands_in_the_leads_that_it_has() -> None:
    """Found in a review: where others are forecast for three days, two vanished from every lead."""
    scores = scores_of_two_places()
    far = scores[scores["location_id"] == "easy"].assign(lead_bucket="024-048")
    board = leaderboard(pd.concat([scores, far], ignore_index=True), by=["location_id"])
    days = board[board["method"] == "ours"].set_index(["location_id", "lead_bucket"])["days"].to_dict()
    assert days == {
        ("easy", "000-024"): 6, ("easy", "024-048"): 6, ("easy", "all"): 6,
        ("hard", "000-024"): 6, ("hard", "all"): 6,
    }  # fmt: skip
