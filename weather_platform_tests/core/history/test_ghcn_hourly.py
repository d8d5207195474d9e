"""GHCN-Hourly: both layouts, and what each source means by its marks."""

import numpy as np
import pandas as pd
import pytest

from weather_platform_tests.core.history.archive_files import PSV, one, psv, read


def test_a_report_of_ghcn_hourly() -> None:
    row = one("ghcn_hourly", psv(PSV))
    assert (row["report"], row["temperature_c"], row["visibility_m"]) == ("FM-15", 6.1, 16093)
    assert (row["precipitation_mm"], row["interval_hours"], row["cloud_cover"]) == (0.5, 3, 0.875)
    assert np.isnan(row["wind_direction_deg"])


def test_both_layouts_of_ghcn_hourly_agree() -> None:
    parts = {
        "Station_ID": "USW00094728",
        "Year": "2024",
        "Month": "3",
        "Day": "5",
        "Hour": "6",
        "Minute": "51",
    }
    other = parts | {name: value for name, value in PSV.items() if name not in ("STATION", "DATE")}
    pd.testing.assert_series_equal(one("ghcn_hourly", psv(PSV)), one("ghcn_hourly", psv(other)))


@pytest.mark.parametrize("columns", ["sky_cover_summation", "sky_cover_layer"])
def test_the_sky_under_the_names_of_newer_files(columns: str) -> None:
    renamed = {name.replace("sky_cover", columns): value for name, value in PSV.items()}
    renamed |= {f"{columns}_3": "OVC:08;", f"{columns}_3_Quality_Code": "3"}
    found = read("ghcn_hourly", psv(renamed))
    assert (found.rows["cloud_cover"].isna().tolist(), dict(found.refused)) == ([True], {"cloud_cover": 1})
    assert one("ghcn_hourly", psv(renamed | {f"{columns}_3": "SCT:04;"}))["cloud_cover"] == 0.875


@pytest.mark.parametrize(
    ("source", "mark", "kept"),
    [
        ("335", "3", False),
        ("335", "A", True),
        ("223", "A", False),
        ("223", "", True),
        ("335", "1", True),
        ("313", "A", True),
        ("346", "A", True),
        ("312", "A", False),
        ("347", "A", False),
        ("335", "U", True),
        ("335", "X", False),
        (" 335", "A ", True),
    ],
)
def test_marks_mean_what_their_source_means_by_them(source: str, mark: str, kept: bool) -> None:
    found = read(
        "ghcn_hourly", psv(PSV | {"temperature_Source_Code": source, "temperature_Quality_Code": mark})
    )
    assert found.rows["temperature_c"].notna().tolist() == [kept]
    assert dict(found.refused) == ({} if kept else {"temperature_c": 1})


def test_each_variable_is_in_its_own_unit() -> None:
    wire = {
        "temperature": ("6.1", "temperature_c", 6.1),
        "dew_point_temperature": ("-2.0", "dew_point_c", -2.0),
        "relative_humidity": ("56", "relative_humidity", 0.56),
        "sea_level_pressure": ("1013.2", "pressure_msl_hpa", 1013.2),
        "station_level_pressure": ("990.1", "surface_pressure_hpa", 990.1),
        "visibility": ("9.5", "visibility_m", 9500),
        "wind_speed": ("5.1", "wind_speed_m_s", 5.1),
        "wind_direction": ("250", "wind_direction_deg", 250),
        "wind_gust": ("9.8", "wind_gust_m_s", 9.8),
        "precipitation": ("0.4", "precipitation_mm", 0.4),
        "precipitation_24_hour": ("7", "interval_hours", 1),
        "sky_cover_1": ("X:09", "cloud_cover", np.nan),
    }
    fields = {name: text for name, (text, _, _) in wire.items()}
    row = one("ghcn_hourly", psv({"STATION": "USW00094728", "DATE": "2024-03-05T06:51:00"} | fields))
    for name, (_, column, value) in wire.items():
        assert row[column] == pytest.approx(value, nan_ok=True), name
    days = fields | {"precipitation": "-9999", "wind_direction": "0"}
    row = one("ghcn_hourly", psv({"STATION": "USW00094728", "DATE": "2024-03-05T06:51:00"} | days))
    assert (row["precipitation_mm"], row["interval_hours"]) == (7, 24)
    assert np.isnan(row["wind_direction_deg"])  # calm


def test_an_amount_is_held_to_the_mark_of_its_own_interval() -> None:
    """A mutant lived that never looked at it."""
    amounts = {
        "precipitation": "-9999",
        "precipitation_6_hour": "7",
        "precipitation_6_hour_Quality_Code": "3",
    }
    row = {name: text for name, text in PSV.items() if not name.startswith("precipitation")}
    found = read("ghcn_hourly", psv(row | amounts))
    assert found.rows["precipitation_mm"].isna().all() and dict(found.refused) == {"precipitation_mm": 1}
    shorter = row | amounts | {"precipitation_3_hour": "2", "precipitation_3_hour_Quality_Code": "1"}
    report = one("ghcn_hourly", psv(shorter))
    assert (report["precipitation_mm"], report["interval_hours"], report["quality"]) == (2, 3, "good")


def test_the_highest_layer_covers_too_and_a_report_without_a_time_is_set_aside() -> None:
    assert one("ghcn_hourly", psv(PSV | {"sky_cover_4": " OVC:08"}))["cloud_cover"] == 1
    found = read("ghcn_hourly", psv(PSV | {"DATE": "2024-02-30T06:51:00"}))
    assert found.rows.empty and found.quarantine["reason"].tolist() == ["no time"]


def test_parts_of_a_time_are_enough_without_minutes_and_less_than_its_date() -> None:
    parts = {"Year": "2023", "Month": "3", "Day": "5", "Hour": "7"}
    assert one("ghcn_hourly", psv(PSV | parts))["time"] == pd.Timestamp("2024-03-05T06:51Z")
    bare = parts | {name: value for name, value in PSV.items() if name != "DATE"}
    assert one("ghcn_hourly", psv(bare))["time"] == pd.Timestamp("2023-03-05T07:00Z")
