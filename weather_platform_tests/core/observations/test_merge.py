"""Archives and uploads become one table, the same whatever their order."""

from datetime import UTC, datetime
from itertools import permutations

import pandas as pd

from weather_platform.core.contracts.truth import OBSERVATION, UPLOADED_OBSERVATION
from weather_platform.core.observations.merge import merge
from weather_platform.core.schema import check, conform, empty

START, END = datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 8, 2, tzinfo=UTC)


def rows(*changes: dict[str, object], upload: bool = False) -> pd.DataFrame:
    base = {
        "location_id": "a",
        "station_id": "s",
        "source": "net",
        "time": pd.Timestamp(START),
        "known_at": pd.Timestamp(END),
        "interval_hours": 1,
        "quality": "unchecked",
        "temperature_c": 1.0,
    }
    frame = pd.DataFrame([base | change for change in changes])
    return conform(frame, UPLOADED_OBSERVATION if upload else OBSERVATION)


def test_only_the_window_is_taken_and_sources_stand_side_by_side() -> None:
    archive = rows(
        {"source": "archive"},
        {"time": pd.Timestamp(END)},
        {"time": pd.Timestamp(START) - pd.Timedelta("1us")},
    )
    merged = merge([archive], rows({"upload": "f@1"}, upload=True), START, END)
    assert check(merged, OBSERVATION).bad.empty
    assert merged["source"].tolist() == ["archive", "net"]


def test_of_two_versions_the_better_and_fuller_one_stands() -> None:
    for better in ({"quality": "good"}, {"wind_speed_m_s": 2.0}, {"upload": "z@9"}):
        versions = [
            rows({"upload": "a@1"}, upload=True),
            rows({"upload": "b@1", "temperature_c": 9.0} | better, upload=True),
        ]
        for order in permutations(versions):
            merged = merge([], pd.concat(order, ignore_index=True), START, END)
            assert merged["temperature_c"].tolist() == [9.0], better


def test_nothing_is_an_empty_table_of_the_contract() -> None:
    merged = merge([empty(OBSERVATION)], empty(UPLOADED_OBSERVATION), START, END)
    assert merged.empty and check(merged, OBSERVATION).bad.empty
