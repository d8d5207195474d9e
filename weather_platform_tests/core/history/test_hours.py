"""Which of their reports are an hour's of a place."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.truth import OBSERVATION, STATION_REPORT
from weather_platform.core.history.hours import hourly, span
from weather_platform.core.history.matching import Limits, match
from weather_platform.core.tables.schema import check, conform
from weather_platform_tests.core.history.test_matching import places, stations


def reports(*rows: tuple[str, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["station_id", "time", "temperature_c"])
    frame["time"] = pd.to_datetime(frame["time"], utc=True)
    frame = frame.assign(file="f", source="isd", report="", interval_hours=1, quality="good")
    return conform(frame, STATION_REPORT)


MATCHES = match(
    stations(("near", 50.0, 8.0, 100), ("next", 50.0, 8.1, 100)), places(("town", 50.0, 8.0, 100)), Limits()
)


def test_the_report_nearest_to_the_hour_of_the_nearest_station_that_has_one() -> None:
    rows = reports(
        ("near", "2024-01-01T00:50", 1.0),
        ("near", "2024-01-01T00:58", 2.0),
        ("next", "2024-01-01T01:00", 9.0),
        ("near", "2024-01-01T01:30", 3.0),  # of no hour
        ("next", "2024-01-01T02:05", 4.0),
        ("near", "2024-01-01T02:00", np.nan),  # says nothing
        ("gone", "2024-01-01T03:00", 5.0),
    )
    found = hourly(rows, MATCHES, "isd", timedelta(days=2))
    assert check(found, OBSERVATION).bad.empty
    assert found["temperature_c"].tolist() == [2.0, 4.0]
    assert found["station_id"].tolist() == ["near", "next"]
    assert found["time"].dt.hour.tolist() == [1, 2]
    assert (found["known_at"] - found["time"]).unique().tolist() == [pd.Timedelta(days=2)]


def test_a_day_has_the_reports_of_its_hours_and_no_others() -> None:
    """METARs of its first hour are made the evening before."""
    start, end = pd.Timestamp("2024-01-02", tz="UTC"), pd.Timestamp("2024-01-03", tz="UTC")
    minutes = pd.date_range(start - pd.Timedelta(hours=1), end, freq="min").strftime("%Y-%m-%dT%H:%M")
    rows = reports(*(("near", minute, 2.0) for minute in minutes))
    first, after = span(start, end)
    inside = (rows["time"] >= first) & (rows["time"] < after)
    assert hourly(rows[inside], MATCHES, "isd", timedelta(0))["time"].tolist() == list(
        pd.date_range(start, end, freq="h", inclusive="left")
    )
    others = hourly(rows[~inside], MATCHES, "isd", timedelta(0))["time"]
    assert others.tolist() == [start - pd.Timedelta(hours=1), end]
    taken = rows.loc[inside, "time"]
    assert taken.min() == start - pd.Timedelta(minutes=20) and taken.max() == end - pd.Timedelta(minutes=40)


def test_a_suspect_report_stands_only_where_no_other_does() -> None:
    rows = reports(("near", "2024-01-01T01:00", 60.0), ("near", "2024-01-01T01:10", 2.0))
    rows.loc[rows["temperature_c"] == 60.0, "quality"] = "suspect"
    assert hourly(rows, MATCHES, "isd", timedelta(0))["temperature_c"].tolist() == [2.0]


def test_reports_of_one_station_and_hour_fill_each_other() -> None:
    rows = reports(("near", "2024-01-01T01:00", 2.0), ("near", "2024-01-01T00:55", np.nan))
    rain = ["precipitation_mm", "interval_hours", "report"]
    rows.loc[rows["temperature_c"].isna(), rain] = 1.5, 6, "rain"
    (row,) = hourly(rows, MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["temperature_c"], row["precipitation_mm"], row["interval_hours"]) == (2.0, 1.5, 6)


def test_what_the_nearest_station_does_not_measure_is_the_next_ones() -> None:
    rows = reports(("near", "2024-01-01T01:00", 2.0), ("next", "2024-01-01T01:00", 9.0))
    rows.loc[0, "wind_gust_m_s"] = 7.0
    rows.loc[1, ["wind_speed_m_s", "wind_direction_deg", "wind_gust_m_s", "cloud_cover"]] = 4, 90, 6, 0.5
    rows["precipitation_mm"], rows["interval_hours"] = [6.0, 1.0], [6, 1]
    (row,) = hourly(rows, MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["station_id"], row["temperature_c"], row["cloud_cover"]) == ("near", 2.0, 0.5)
    assert np.isnan(row["wind_speed_m_s"])  # a gust never belongs to another wind
    assert (row["precipitation_mm"], row["interval_hours"]) == (1.0, 1)
    assert row["distance_km"] == MATCHES["distance_km"].max()  # no nearer than the farthest value
    rows["interval_hours"] = [3, 1]  # which can be compared as well
    (row,) = hourly(rows, MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["precipitation_mm"], row["interval_hours"]) == (6.0, 3)
    rows.loc[0, "wind_gust_m_s"] = np.nan
    (row,) = hourly(rows, MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["wind_speed_m_s"], row["wind_direction_deg"], row["wind_gust_m_s"]) == (4, 90, 6)
    (row,) = hourly(rows[:1], MATCHES, "isd", timedelta(0)).to_dict("records")
    assert row["distance_km"] == 0


def test_a_suspect_report_of_the_nearest_station_hides_no_good_one_of_the_next() -> None:
    rows = reports(("near", "2024-01-01T01:00", 60.0), ("next", "2024-01-01T01:00", 2.0))
    rows.loc[0, ["quality", "cloud_cover"]] = "suspect", 1.0
    (row,) = hourly(rows, MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["station_id"], row["temperature_c"], row["quality"]) == ("next", 2.0, "good")
    assert np.isnan(row["cloud_cover"])


@pytest.mark.parametrize("special", ["FM-16", "FM16", "SAOSP"])
def test_an_amount_is_the_hours_own(special: str) -> None:
    hours = ["2024-01-01T06:00", "2024-01-01T05:51", "2024-01-01T06:04"]
    rows = reports(*(("near", time, 2.0) for time in hours)).assign(
        report=["FM-12", "FM-15", special], interval_hours=[6, 1, 1], precipitation_mm=[9.0, 1.0, 0.2]
    )
    rows.loc[rows["report"] == "FM-12", "pressure_msl_hpa"] = 1010.0  # it says more than the METAR
    (row,) = hourly(rows, MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["precipitation_mm"], row["interval_hours"], row["pressure_msl_hpa"]) == (1.0, 1, 1010.0)
    (row,) = hourly(rows[rows["report"] != "FM-15"], MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["precipitation_mm"], row["interval_hours"]) == (9.0, 6)
    (row,) = hourly(rows[rows["report"] == special], MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["temperature_c"], np.isnan(row["precipitation_mm"])) == (2.0, True)
    assert row["interval_hours"] == 1


def test_of_two_hourly_amounts_the_one_reported_nearest_to_the_hour_stands() -> None:
    rows = reports(("near", "2024-01-01T05:55", 2.0), ("near", "2024-01-01T06:15", 2.0))
    rows["precipitation_mm"] = [1.0, 0.1]
    rows.loc[1, "pressure_msl_hpa"] = 1010.0
    (row,) = hourly(rows, MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["precipitation_mm"], row["pressure_msl_hpa"]) == (1.0, 1010.0)
