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
    [("335", "3", False), ("335", "A", True), ("223", "A", False), ("223", "", True), ("335", "1", True)],
)
def test_marks_mean_what_their_source_means_by_them(source: str, mark: str, kept: bool) -> None:
    found = read(
        "ghcn_hourly", psv(PSV | {"temperature_Source_Code": source, "temperature_Quality_Code": mark})
    )
    assert found.rows["temperature_c"].notna().tolist() == [kept]
    assert dict(found.refused) == ({} if kept else {"temperature_c": 1})
