"""GHCN-Daily: its layouts and elements."""

import pandas as pd
import pytest

from weather_platform.core.history.ghcn_daily import PRESUMED, TAKEN
from weather_platform.core.observations.table import ObservationFileError
from weather_platform_tests.core.history.archive_files import dly, read


def test_a_month_of_dly() -> None:
    text = dly("TMAX", [(123, "  7"), (-20, "HI7"), (95, "H 7")]) + dly("PRCP", [(0, "T 7"), (0, "P 7")])
    found = read("ghcn_daily", (text + dly("WT01", [(1, "  7")])).encode())
    assert found.rows["temperature_max_c"].tolist() == pytest.approx([12.3, 9.5])
    assert found.rows["temperature_max_flag"].tolist() == [pd.NA, "*"]
    assert found.rows["precipitation_mm"].tolist()[0] == 0
    assert found.quarantine["reason"].tolist() == ["failed the archive's check I"]
    assert (found.left_out[PRESUMED], found.left_out["not of the contract: WT01"]) == (1, 1)
    assert (found.read, found.kept) == (93, 3)


def test_layouts_of_ghcn_daily_agree() -> None:
    fixed = read("ghcn_daily", dly("TMIN", [(-43, "  W")]).encode())
    line = "USW00094728,20240201,TMIN,-43,,,W,2400\n"
    headed = "ID,DATE,ELEMENT,DATA_VALUE,M_FLAG,Q_FLAG,S_FLAG,OBS_TIME\n" + line
    cloud = "id,date,element,value,mflag,qflag,sflag,time\nUSW00094728,2024-02-01,TMIN,-43.0,,,W,2400\n"
    wide = 'STATION,DATE,TMIN,TMIN_ATTRIBUTES\n"USW00094728","2024-02-01","-43",",,W"\n'
    for text in (line, headed, cloud, wide):
        pd.testing.assert_frame_equal(read("ghcn_daily", text.encode()).rows, fixed.rows)


def test_of_two_elements_of_one_column_the_first_of_the_list_counts() -> None:
    found = read("ghcn_daily", (dly("WSF1", [(100, "  X")]) + dly("WSF2", [(90, "  X")])).encode())
    assert found.rows["wind_speed_max_m_s"].tolist() == [9.0]
    assert found.left_out[TAKEN] == 1


def test_gsod_is_not_taken_for_ghcn_daily() -> None:
    header = "STATION,DATE,TEMP,TEMP_ATTRIBUTES,FRSHTT\n01001099999,2024-01-01,20.1,24,000000\n"
    with pytest.raises(ObservationFileError, match="read it as gsod"):
        read("ghcn_daily", header.encode())


def test_degrees_of_the_data_service_are_not_taken_for_tenths() -> None:
    """With `units=metric` 28.3 is in °C and was read as 2.8 °C, with `units=standard` 0.24 is in inches."""
    wide = "STATION,DATE,PRCP,PRCP_ATTRIBUTES,TMAX,TMAX_ATTRIBUTES\n"
    wide += 'USW00094728,2024-07-01,{},",,W",{},",,W"\n' * 2
    for row in (("6", "28.3", "", "300"), ("0.24", "83", "0", "84"), ("0.00", "83", "0.00", "84")):
        with pytest.raises(ObservationFileError, match="ask it without units"):
            read("ghcn_daily", wide.format(*row).encode())
    whole = read("ghcn_daily", wide.format("6.0", "283.0", "", "").encode())
    assert whole.rows["temperature_max_c"].tolist()[0] == 28.3


def test_what_is_no_number_is_counted_once_and_keeps_its_text() -> None:
    line = "USW00094728,20240201,TMIN,{},,,W,2400\n"
    fixed = dly("TMIN", [(-43, "  W")]).replace("  -43", " 2x6 ")
    wide = "STATION,DATE,TMAX,TMAX_ATTRIBUTES,TMIN,TMIN_ATTRIBUTES\n"
    wide += '"USW00094728","2024-02-01","1",",,W","2x6",",,W"\n'
    for text, kept in ((line.format("2x6") + line.format(12), 1), (fixed, 0), (wide, 1)):
        found = read("ghcn_daily", text.encode())
        assert (found.kept, found.set_aside, found.lost) == (kept, 1, 0)
        assert found.quarantine[["reason", "value"]].to_numpy().tolist() == [["not a number", "2x6"]]


def test_blanks_behind_lines_of_dly_may_be_more_or_fewer() -> None:
    text = dly("TMAX", [(12, "   ")] * 29) + dly("TMIN", [(-43, "  W")])
    rows = read("ghcn_daily", text.encode()).rows
    assert rows["temperature_max_c"].count() == 29
    for change in (lambda line: line.rstrip(), lambda line: line + "   ", lambda line: line + "  \r"):
        changed = "".join(change(line) + "\n" for line in text.splitlines())
        found = read("ghcn_daily", changed.encode())
        pd.testing.assert_frame_equal(found.rows, rows)
        assert found.quarantine.empty


def test_each_element_is_in_its_own_unit() -> None:
    """100 of each: tenths of all but snow, which is in whole mm."""
    tenths = {
        "TMAX": "temperature_max_c",
        "TMIN": "temperature_min_c",
        "TAVG": "temperature_mean_c",
        "PRCP": "precipitation_mm",
        "AWND": "wind_speed_mean_m_s",
        "ADPT": "dew_point_mean_c",
        "WSF2": "wind_speed_max_m_s",
        "WSF5": "wind_gust_max_m_s",
    }
    text = "".join(dly(element, [(100, "  W")]) for element in (*tenths, "SNWD"))
    text += dly("ASLP", [(10_132, "  W")]) + dly("ASTP", [(10_000, "  W")])
    (row,) = read("ghcn_daily", text.encode()).rows.to_dict("records")
    assert [row[column] for column in tenths.values()] == [10.0] * len(tenths)
    assert row["snow_depth_mm"] == 100 and row["precipitation_hours"] == 24
    assert (row["pressure_msl_mean_hpa"], row["surface_pressure_mean_hpa"]) == (1013.2, 1000.0)
    for element, column in {"WSF1": "wind_speed_max_m_s", "WSFG": "wind_gust_max_m_s"}.items():
        assert read("ghcn_daily", dly(element, [(100, "  W")]).encode()).rows[column].tolist() == [10.0]


def test_days_stations_and_values_that_cannot_be_are_set_aside_and_flags_are_of_their_own_value() -> None:
    line = "{},{},{},{},{},{},W,\n"
    text = line.format("USW00094728", "20240230", "TMAX", 100, "", "")
    text += line.format("USW00094728", "20240201", "TMAX", 700, "", "")
    text += line.format("USW00094728", "20240202", "TMIN", -1000, "", "")
    text += line.format("USW00094728", "20240203", "TMIN", 10, "", "GI")
    found = read("ghcn_daily", text.encode())
    assert found.rows.empty and found.quarantine["reason"].tolist() == [
        "no day of the calendar",
        "outside what the contract allows once in its unit",
        "outside what the contract allows once in its unit",
        "failed the archive's check ?",
    ]
    flags = line.format("USW00094728", "20240204", "TMIN", 10, "H", "")
    flags += line.format("USW00094728", "20240204", "TMAX", 90, "", "")
    flags += line.format("USW00094728", "20240204", "PRCP", 0, "T", "")
    (row,) = read("ghcn_daily", flags.encode()).rows.to_dict("records")
    assert (row["temperature_min_flag"], row["precipitation_flag"]) == ("*", "T")
    assert pd.isna(row["temperature_max_flag"]) and row["day"] == pd.Timestamp("2024-02-04", tz="UTC")
    missing = read("ghcn_daily", line.format("USW00094728", "20240204", "TMIN", -9999, "", "").encode())
    assert (missing.kept, missing.set_aside) == (0, 0)
    twice = read("ghcn_daily", (line.format("USW00094728", "20240204", "TMIN", 10, "", "") + flags).encode())
    assert twice.rows["temperature_min_flag"].tolist() == ["*"]  # the later of one element
