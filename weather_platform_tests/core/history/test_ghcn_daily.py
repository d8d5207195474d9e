"""GHCN-Daily: its layouts and elements."""

import io
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
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
    unstated = line.replace(",2400", "")
    nameless = "date,attr,value,a,b,c,d\n20240201,TMIN,-43,,,W,2400\n"
    names = ("id", "date", "element", "value", "mflag", "qflag")
    columns: dict[str, Any] = dict(zip(names, line.split(","), strict=False))
    columns |= {"date": "2024-02-01", "value": -43.0, "mflag": None, "qflag": None}
    parquet = io.BytesIO()
    pq.write_table(pa.table({name: [value] for name, value in columns.items()}), parquet)
    for text in (line, headed, cloud, wide, unstated, nameless):
        found = read("ghcn_daily", text.encode(), name="USW00094728.csv")
        pd.testing.assert_frame_equal(found.rows, fixed.rows)
    pd.testing.assert_frame_equal(read("ghcn_daily", parquet.getvalue()).rows, fixed.rows)
    with pytest.raises(ObservationFileError, match="--param station=USW00094728"):
        read("ghcn_daily", nameless.encode(), name="mine.csv")


def test_stations_days_and_years_are_kept_apart() -> None:
    days = ("18690131", "19691231", "19700101", "20240229")
    stations = ("USW00094728", "RSM00030710", "GME00111445")
    readings = [(station, day, 10 * number) for number, station in enumerate(stations) for day in days]
    text = "".join(f"{station},{day},TMAX,{value},,,W,\n" for station, day, value in readings)
    rows = read("ghcn_daily", text.encode()).rows.sort_values(["temperature_max_c", "day"])
    assert rows["station_id"].tolist() == [station for station, _, _ in readings]
    assert rows["day"].dt.strftime("%Y%m%d").tolist() == [day for _, day, _ in readings]
    assert rows["year"].tolist() == [day[:4] for _, day, _ in readings]
    assert rows["temperature_max_c"].tolist() == [value / 10 for _, _, value in readings]


@pytest.mark.parametrize(("month", "days"), [("01", 31), ("12", 31), ("00", 0), ("13", 0), ("04", 30)])
def test_a_line_of_dly_has_as_many_days_as_its_month(month: str, days: int) -> None:
    text = dly("TMAX", [(123, "  7")] * 31).replace("202402", f"2024{month}")
    found = read("ghcn_daily", text.encode())
    assert len(found.rows) == days and (found.rows["day"].dt.strftime("%m") == month).all()
    assert found.quarantine["reason"].tolist() == ["no day of the calendar"] * (31 - days)


def test_torn_lines_and_strange_stations_are_set_aside_in_rows_of_their_own() -> None:
    line = "{},2024020{},TMAX,12,,,W,\n"
    text = line.format("USW00094728", 1) + "USW00094728,20240202,TMAX\n" * 2 + line.format("usw00094728", 3)
    found = read("ghcn_daily", (text + line.format("USW00094728", 4)).encode())
    assert found.rows["day"].dt.day.tolist() == [1, 4]
    aside = found.quarantine.set_index("row")["reason"]
    assert aside[1] == "not an id of GHCN, as USW00094728"
    assert sorted(aside.index) == [1, 3, 4] and "fewer fields" in aside[3]


def test_attributes_of_access_may_be_cut_short_or_lack() -> None:
    wide = "STATION,DATE,TMAX,TMAX_ATTRIBUTES\n"
    for day, attributes in enumerate(("", "H", "H,", ",", ",I,W", "H,,W"), start=1):
        wide += f'USW00094728,2024-02-{day:02},9{day},"{attributes}"\n'
    found = read("ghcn_daily", wide.encode())
    assert found.rows["temperature_max_c"].tolist() == [9.1, 9.2, 9.3, 9.4, 9.6]
    assert found.rows["temperature_max_flag"].tolist() == [pd.NA, "*", "*", pd.NA, "*"]
    assert found.quarantine["reason"].tolist() == ["failed the archive's check I"]
    for other in ("STATION,DATE,TMAX\nUSW00094728,2024-02-01,91\n", wide.replace("STATION", "site")):
        with pytest.raises(ObservationFileError, match="not GHCN-Daily"):
            read("ghcn_daily", other.encode())


@pytest.mark.parametrize("elements", [("WSF1", "WSF2"), ("WSF2", "WSF1")])
def test_of_two_elements_of_one_column_the_first_of_the_list_counts(elements: tuple[str, str]) -> None:
    value = {"WSF1": 100, "WSF2": 90}
    found = read("ghcn_daily", "".join(dly(name, [(value[name], "  X")]) for name in elements).encode())
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
    fixed = dly("TMIN", [(10, "  W"), (-43, "H W")]).replace("  -43", " 2x6 ")
    wide = "STATION,DATE,TMAX,TMAX_ATTRIBUTES,TMIN,TMIN_ATTRIBUTES\n"
    wide += '"USW00094728","2024-02-01","1",",,W","2x6",",,W"\n'
    for text, kept in ((line.format("2x6") + line.format(12), 1), (fixed, 1), (wide, 1)):
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
