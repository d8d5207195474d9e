"""Archives and uploads become one table, the same whatever their order."""

from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pandas as pd

from weather_platform.core.contracts.truth import OBSERVATION, UPLOADED_OBSERVATION
from weather_platform.core.observations.merge import merge
from weather_platform.core.tables.schema import check, conform, empty

START, END = datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 8, 2, tzinfo=UTC)


def rows(*changes: Mapping[str, object], upload: bool = False) -> pd.DataFrame:
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
    for worse, better in (
        ({}, {"quality": "good"}),
        ({"wind_speed_m_s": 2.0}, {"quality": "good"}),
        ({}, {"wind_speed_m_s": 2.0}),
        ({}, {"upload": "z@9"}),
    ):
        versions = [
            rows({"upload": "a@1"} | worse, upload=True),
            rows({"upload": "b@1", "temperature_c": 9.0} | better, upload=True),
        ]
        for order in permutations(versions):
            merged = merge([], pd.concat(order, ignore_index=True), START, END)
            assert merged["temperature_c"].tolist() == [9.0], better


def combined(*changes: Mapping[str, object]) -> dict[Hashable, Any]:
    """The one row of uploads that share a key, the same in every order."""
    versions = [
        rows({"upload": f"{i}@1", "temperature_c": None} | c, upload=True) for i, c in enumerate(changes)
    ]
    every = [merge([], pd.concat(order), START, END) for order in permutations(versions)]
    for other in every[1:]:
        pd.testing.assert_frame_equal(every[0], other)
    (row,) = every[0].to_dict("records")
    return row


def test_files_of_one_source_that_hold_different_variables_are_one_row() -> None:
    later = pd.Timestamp(END) + pd.Timedelta("1h")
    row = combined(
        {"temperature_c": 20.0, "wind_speed_m_s": 5.0, "distance_km": 1.0},
        {"precipitation_mm": 2.54, "temperature_c": 9.0, "known_at": later, "distance_km": 4.0},
        {"wind_gust_m_s": 8.0},
        {"rain_mm": 1.0, "quality": "good"},
    )
    assert (row["temperature_c"], row["wind_speed_m_s"], row["wind_gust_m_s"]) == (9.0, 5.0, 8.0)
    assert (row["precipitation_mm"], row["rain_mm"]) == (2.54, 1.0)
    assert (row["quality"], row["known_at"], row["distance_km"]) == ("unchecked", later, 4.0)


def test_an_amount_stays_with_its_interval_and_amounts_of_another_are_left_out() -> None:
    both = {"temperature_c": 20.0, "wind_speed_m_s": 5.0}
    row = combined(both, {"precipitation_mm": 6.0, "interval_hours": 3})
    assert (row["temperature_c"], row["precipitation_mm"], row["interval_hours"]) == (20.0, 6.0, 3)
    row = combined(both | {"rain_mm": 1.0}, {"precipitation_mm": 6.0, "interval_hours": 3})
    assert (row["rain_mm"], row["interval_hours"]) == (1.0, 1) and pd.isna(row["precipitation_mm"])


def test_what_is_suspect_fills_no_gap_of_what_is_not_and_what_gave_nothing_leaves_no_mark() -> None:
    row = combined({"temperature_c": 20.0}, {"wind_speed_m_s": 5.0, "quality": "suspect"})
    assert pd.isna(row["wind_speed_m_s"]) and row["quality"] == "unchecked"
    both = {"quality": "suspect", "distance_km": 3.0}
    row = combined({"temperature_c": 20.0} | both, {"wind_speed_m_s": 5.0} | both)
    assert (row["temperature_c"], row["wind_speed_m_s"], row["quality"]) == (20.0, 5.0, "suspect")
    gave_nothing = {
        "temperature_c": 9.0,
        "distance_km": 9.0,
        "known_at": pd.Timestamp(END) + pd.Timedelta("1h"),
    }
    row = combined({"temperature_c": 20.0, "quality": "good"}, gave_nothing)
    assert row["temperature_c"] == 20.0 and row["quality"] == "good" and pd.isna(row["distance_km"])
    assert row["known_at"] == pd.Timestamp(END)


def test_nothing_is_an_empty_table_of_the_contract() -> None:
    merged = merge([empty(OBSERVATION)], empty(UPLOADED_OBSERVATION), START, END)
    assert merged.empty and check(merged, OBSERVATION).bad.empty
