"""Which files of a listing are to be had now."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.history.due import Due, Failed, due, version_of


def test_what_is_due_is_new_or_changed_and_of_a_station_in_use() -> None:
    listing = pd.DataFrame(
        {
            "year": ["2024", "2024", "2023"],
            "name": ["a-2024", "b-2024", "a-2023"],
            "station_id": ["a", "b", "a"],
            "modified": pd.to_datetime(["2024-03-01T12:00", "", "2024-01-01T00:00"], utc=True),
            "bytes": [1024.0, np.nan, 5.0],
        }
    )
    old = Due("a-2024", version_of(pd.Timestamp("2024-02-01T12:00Z"), 1024.0))
    now = datetime(2024, 3, 5, tzinfo=UTC)
    assert due(listing, ["a"], {old}, {}, now) == [
        Due("a-2023", "20240101T0000-5"),
        Due("a-2024", "20240301T1200-1024"),
    ]
    assert due(listing, ["b"], set(), {}, now) == [Due("b-2024", "unknown-0")]


@pytest.mark.parametrize(("times", "hours"), [(1, 1), (2, 2), (5, 16), (6, 24), (1000, 24)])
def test_a_version_that_could_not_be_had_is_due_ever_more_seldom(times: int, hours: int) -> None:
    line = {"name": "b-2024", "station_id": "b", "year": "2024", "modified": None, "bytes": None}
    listing, file = pd.DataFrame([line]), Due("b-2024", "unknown-0")
    last = datetime(2024, 3, 5, tzinfo=UTC)
    failed = {file: Failed(times, last)}
    soon, then = (last + timedelta(hours=hours, seconds=seconds) for seconds in (-1, 0))
    assert due(listing, ["b"], set(), failed, soon) == []
    assert due(listing, ["b"], set(), failed, then) == [file]
    assert due(listing, ["b"], {file}, failed, then) == []
