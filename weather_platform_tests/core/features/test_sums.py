"""Stored sums lie where their day, part, lead, place and feed are, as far back as is looked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.features.axes import Axes, microseconds
from weather_platform.core.features.lookback import PLATFORM, Lookback
from weather_platform.core.features.sums import Strata, Sums, sums_of

CYCLE = datetime(2026, 3, 1, 6, tzinfo=UTC)
STRATA = Strata(np.arange(4), np.arange(2))
AXES = Axes(("here", "there"), microseconds([CYCLE]), ("a/b", "c/d"))


def _row(days_ago: int, known_at: datetime | None = None, **changed: Any) -> dict[str, Any]:
    """A pair that erred by 2, from 12 to 18 UTC of a day."""
    day = CYCLE.replace(hour=0) - timedelta(days=days_ago)
    sums = {"n": 1, "error_sum": 2.0, "squared_error_sum": 4.0, "observed_sum": 7.0}
    cell = {
        "feed": "c/d",
        "variable": "temperature_c",
        "location_id": "there",
        "hour_block": 2,
        "lead_day": 1,
    }
    return {"day": day, "known_at": known_at or day + timedelta(hours=20), **cell, **sums, **changed}


def _sums(*rows: dict[str, Any], look: Lookback = PLATFORM) -> Sums:
    frame = pd.DataFrame(rows)
    return sums_of(frame, "temperature_c", AXES, STRATA, look)


def test_a_sum_lies_in_its_cell() -> None:
    made = _sums(_row(3))
    assert np.argwhere(made.n).tolist() == [[PLATFORM.days - 3, 2, 1, 1, 1]]
    assert (made.error.sum(), made.squared.sum(), made.observed.sum()) == (2.0, 4.0, 7.0)


@pytest.mark.parametrize(
    "other",
    [
        {"variable": "cloud_cover"},
        {"feed": "e/f"},
        {"location_id": "elsewhere"},
        {"lead_day": 2},
        {"hour_block": 9},
    ],
)
def test_what_is_of_no_cell_is_left_out(other: dict[str, Any]) -> None:
    assert not _sums(_row(3, **other), look=replace(PLATFORM, fewest_days=6.0)).n.any()
    old = _sums(_row(99, **other), look=replace(PLATFORM, fewest_days=6.0)).before
    assert old is not None and not old.days.any()


@pytest.mark.parametrize(("days_ago", "there"), [(0, True), (28, True), (29, False), (-1, False)])
def test_days_are_those_that_are_looked_back_to(days_ago: int, there: bool) -> None:
    made = _sums(_row(days_ago))
    assert made.n.any() == there
    assert made.before is None


def test_older_days_are_summed_where_they_were_known_when_the_first_cycle_began() -> None:
    look = replace(PLATFORM, fewest_days=6.0)
    made = _sums(_row(29), _row(40, CYCLE), _row(50, CYCLE + timedelta(microseconds=1)), _row(28), look=look)
    assert made.before is not None and made.n.sum() == 1
    assert np.argwhere(made.before.days).tolist() == [[2, 1, 1, 1]] and made.before.days.max() == 2
    assert [total.sum() for total in made.before.totals] == [2.0, 4.0, 8.0, 14.0]
