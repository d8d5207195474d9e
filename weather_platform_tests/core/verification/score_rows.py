"""Rows of SCORE for tests: of one method, place, lead and day, and of six days at two places."""

from datetime import UTC, datetime, timedelta

import pandas as pd

from weather_platform.core.contracts.scores import SCORE
from weather_platform.core.tables.schema import conform
from weather_platform_tests.core.verification.test_scores import VARIABLE

DAYS = [datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=index) for index in range(6)]


def score_row(
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


def scores_of_two_places() -> pd.DataFrame:
    """`picky/blend` answers for the easy place alone, where it is worse than `brave/blend`; the hard place
    has four times the error."""
    rows = []
    for day in DAYS:
        for place, hard in (("easy", 1.0), ("hard", 4.0)):
            rows.append(score_row("ours", place, "000-024", day, hard, hard))
            rows.append(score_row("brave/blend", place, "000-024", day, 1.2 * hard, hard))
        rows.append(score_row("picky/blend", "easy", "000-024", day, 1.5, 1.0))
    return conform(pd.DataFrame(rows), SCORE)
