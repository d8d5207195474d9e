"""File formats of archives: nothing lost without a count, and the codes that a plain reading gets wrong."""

import gzip
import io
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weather_platform.core.history.fixed_width import integers, lines_of
from weather_platform.core.history.format import File, FileRows
from weather_platform.core.history.formats import FORMATS
from weather_platform.core.history.ghcn_daily import PRESUMED, TAKEN
from weather_platform.core.observations.table import ObservationFileError
from weather_platform.core.schema import check
from weather_platform_tests.core.history.archive_files import ISD_CONTROL, dly, isd_lite, psv
from weather_platform_tests.core.history.test_gsod import ncei

HOUR = (2024, 3, 5, 6, -12, -30, 10132, 0, 51, 8, -1, -9999)


def read(form: str, data: bytes, name: str = "071690-99999-2024.gz", station: str | None = None) -> FileRows:
    found = FORMATS[form].read(File(data, name, station))
    assert found.lost == 0
    assert check(found.rows, FORMATS[form].contract).bad.empty
    return found


def one(form: str, data: bytes, name: str = "071690-99999-2024.gz") -> pd.Series:
    found = read(form, data, name)
    assert (len(found.rows), found.quarantine.empty) == (1, True)
    return found.rows.iloc[0]


# --- lines of fixed layout


@given(st.lists(st.integers(-99_999, 999_999), min_size=1, max_size=50))
def test_integers_of_fixed_fields_come_back(numbers: list[int]) -> None:
    text = "".join(f"{number:7d}{-number:8d}\n" for number in numbers).encode()
    found = integers(lines_of(text, 15).cells, [(0, 7), (8, 15)])
    assert found.value[:, 0].tolist() == numbers
    assert not found.unreadable.any()


@given(st.lists(st.text("0123456789 -+xA.", min_size=6, max_size=6), min_size=1, max_size=30))
def test_one_bad_field_says_no_more_of_the_others_than_python(fields: list[str]) -> None:
    text = "".join(f"{field}\n" for field in fields).encode()
    found = integers(lines_of(text, 6).cells, [(0, 6)])
    for field, value, bad in zip(fields, found.value[:, 0], found.unreadable[:, 0], strict=True):
        body = field.lstrip(" ")
        plain = body.lstrip("+-") if body[:1] in "+-" and len(body) - len(body.lstrip("+-")) == 1 else body
        if not body:
            assert np.isnan(value) and not bad
        elif plain.isdigit():
            assert value == int(body) and not bad
        else:
            assert bad and np.isnan(value)


def test_lines_of_other_lengths_are_named_and_the_rest_is_read() -> None:
    lines = lines_of(b"123\r\n12\n\n456", 3)
    assert integers(lines.cells, [(0, 3)]).value[:, 0].tolist() == [123, 456]
    assert (lines.row.tolist(), lines.malformed) == ([0, 2], [(1, "12")])
    assert lines.texts.to_pylist() == ["123\r\n", "456"]


# --- ISD-Lite


def test_an_hour_of_isd_lite() -> None:
    row = one("isd_lite", isd_lite(HOUR))
    assert (row["station_id"], row["time"]) == ("071690-99999", pd.Timestamp("2024-03-05T06:00Z"))
    assert (row["temperature_c"], row["dew_point_c"], row["pressure_msl_hpa"]) == (-1.2, -3.0, 1013.2)
    assert (row["wind_speed_m_s"], row["cloud_cover"], row["interval_hours"]) == (5.1, 1.0, 1)
    assert np.isnan(row["wind_direction_deg"])  # 0 is calm
    assert row["precipitation_mm"] == 0.0  # a trace


@pytest.mark.parametrize(
    ("hour", "six_hours", "amount", "interval"),
    [(12, 50, 1.2, 1), (-9999, 50, 5.0, 6), (-9999, -9999, np.nan, 1), (-9999, -1, 0.0, 6)],
)
def test_the_shorter_amount_counts(hour: int, six_hours: int, amount: float, interval: int) -> None:
    row = one("isd_lite", isd_lite((*HOUR[:10], hour, six_hours)))
    assert row["precipitation_mm"] == pytest.approx(amount, nan_ok=True)
    assert row["interval_hours"] == interval


@pytest.mark.parametrize(
    ("code", "cover"), [(9, np.nan), (10, np.nan), (12, 0.5), (19, 1.0), (-9999, np.nan)]
)
def test_a_sky_that_was_not_seen_is_not_overcast(code: int, cover: float) -> None:
    row = one("isd_lite", isd_lite((*HOUR[:9], code, *HOUR[10:])))
    assert row["cloud_cover"] == pytest.approx(cover, nan_ok=True)


def test_bad_lines_of_isd_lite_are_set_aside_one_by_one() -> None:
    bad_month = (2024, 13, *HOUR[2:])
    too_hot, bad_sky = (*HOUR[:4], 900, *HOUR[5:]), (*HOUR[:9], 25, *HOUR[10:])
    text = isd_lite(HOUR, bad_month, too_hot, bad_sky) + b"2024 03 05 07    x2" + b" " * 42 + b"\nshort\n"
    found = read("isd_lite", gzip.compress(text + isd_lite(HOUR)))
    assert (len(found.rows), found.set_aside, sum(found.left_out.values())) == (1, 5, 1)
    assert sorted(found.quarantine["row"].unique()) == [1, 2, 3, 4, 5]


def test_a_station_that_nothing_tells_is_asked_for() -> None:
    with pytest.raises(ObservationFileError, match="--param station="):
        read("isd_lite", isd_lite(HOUR), "hours.txt")
    assert read("isd_lite", isd_lite(HOUR), "hours.txt", "071690-99999").kept == 1


# --- ISD full


def test_isd_mandatory_and_additional_parts() -> None:
    line = (
        ISD_CONTROL
        + "ADDAA106012091AA201000391GF106991041051012501051001MA1102311101421OC101821REMAA101999991"
    )
    row = one("isd", line.encode())
    assert (row["station_id"], row["report"], row["quality"]) == ("011490-99999", "FM-12", "good")
    assert (row["temperature_c"], row["wind_speed_m_s"], row["visibility_m"]) == (-7.8, 6.7, 28000)
    assert (row["precipitation_mm"], row["interval_hours"]) == (0.3, 1)  # AA2 is of one hour, AA1 of six
    assert (row["cloud_cover"], row["surface_pressure_hpa"], row["wind_gust_m_s"]) == (0.75, 1014.2, 18.2)


def test_a_value_that_isd_marks_as_wrong_is_refused_and_a_suspect_one_marks_its_row() -> None:
    wrong = ISD_CONTROL.replace("-00781", "-00783")
    suspect = ISD_CONTROL.replace("-00781", "-00786").replace("10106004", "10107004")
    found = read("isd", f"{wrong}\n{suspect}\n".encode())
    assert found.refused == {"temperature_c": 1}
    assert found.rows["quality"].tolist() == ["good", "suspect"]
    assert found.rows["temperature_c"].isna().tolist() == [True, False]


# --- GHCN-Hourly

PSV = {
    "STATION": "USW00094728",
    "DATE": "2024-03-05T06:51:00",
    "temperature": "6.1",
    "temperature_Quality_Code": "1",
    "temperature_Report_Type": "FM-15",
    "temperature_Source_Code": "335",
    "wind_direction": "999",
    "visibility": "16.093",
    "precipitation": "",
    "precipitation_3_hour": "0.5",
    "sky_cover_1": "FEW:02",
    "sky_cover_2": "BKN:07",
}


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


# --- GHCN-Daily


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


# --- DWD


def product(*rows: str, header: str = "STATIONS_ID;MESS_DATUM;QN_9;TT_TU;RF_TU;eor") -> bytes:
    return "\n".join([header, *rows, ""]).encode("latin-1")


def test_an_hour_of_dwd_and_the_clock_before_2000() -> None:
    found = read(
        "dwd",
        product("  1766;2024030506;    3;  -1.5;  88.0;eor", "  1766;1999123123;    1;-999;  88.0;eor"),
    )
    assert found.rows["station_id"].unique().tolist() == ["01766"]
    assert found.rows["time"].dt.strftime("%Y%m%d%H").tolist() == ["1999123122", "2024030506"]
    assert found.rows["quality"].tolist() == ["unchecked", "good"]
    assert found.rows["temperature_c"].tolist()[1] == -1.5
    assert np.isnan(found.rows["temperature_c"].tolist()[0])


def test_ten_minute_amounts_are_hours_or_nothing() -> None:
    header = "STATIONS_ID;MESS_DATUM;  QN;RWS_DAU_10;RWS_10;RWS_IND_10;eor"
    lines = [f"1766;20240305{h:02d}{m:02d};3;0;0.10;0;eor" for h in (6, 7) for m in range(0, 60, 10)]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Metadaten_Geographie_01766.txt", "x")
        archive.writestr("produkt_zehn_min_rr_01766.txt", product(*lines, header=header))
    found = read("dwd", buffer.getvalue())
    # 06:00 ends an hour of which it is the only part; 07:10 to 07:50 begin one.
    assert found.rows["time"].dt.strftime("%H:%M").tolist() == ["07:00"]
    assert found.rows["precipitation_mm"].tolist() == pytest.approx([0.6])
    assert sorted(found.left_out.values()) == [5, 6]


def test_the_daily_product_of_dwd() -> None:
    header = "STATIONS_ID;MESS_DATUM;QN_3;FX;FM;QN_4;RSK;SHK_TAG;PM;TMK;TXK;TNK;eor"
    row = one("dwd_daily", product("44;20240305;10;9.1;2.0;3;1.2;3;1001.0;4.4;8.0;1.1;eor", header=header))
    assert (row["station_id"], row["precipitation_mm"], row["snow_depth_mm"]) == ("00044", 1.2, 30)


def test_a_product_of_other_sensors_is_refused_by_name() -> None:
    header = "STATIONS_ID;MESS_DATUM;  QN;DS_10;GS_10;SD_10;LS_10;eor"
    with pytest.raises(ObservationFileError, match=r"DS_10, GS_10, SD_10, LS_10 are no columns"):
        read("dwd", product(header=header))


# --- Meteostat


def test_meteostat_bulk_in_both_layouts() -> None:
    bare = read("meteostat", b"2024-03-05,6,3.1,1.0,86,0.2,,250,18,36,1009.1,,3\n", "10637.csv.gz")
    headed = read(
        "meteostat",
        b"year,month,day,hour,temp,temp_source,dwpt,rhum,prcp,wdir,wspd,wpgt,pres,coco\n"
        b"2024,3,5,6,3.1,dwd,1.0,86,0.2,250,18,36,1009.1,3\n",
        "10637.csv",
    )
    assert bare.rows["wind_gust_m_s"].tolist() == [10.0]
    pd.testing.assert_frame_equal(bare.rows.drop(columns="file"), headed.rows.drop(columns="file"))


# --- all of them

_GOOD = {
    "isd_lite": isd_lite(HOUR, HOUR),
    "isd": f"{ISD_CONTROL}ADDAA106012091\n{ISD_CONTROL}\n".encode(),
    "ghcn_hourly": psv(PSV, PSV),
    "ghcn_daily": dly("TMAX", [(123, "  7"), (95, "H 7")]).encode(),
    "dwd": product("1766;2024030506;3;-1.5;88.0;eor", "1766;2024030507;3;-1.5;88.0;eor"),
    "meteostat": b"2024-03-05,6,3.1,1.0,86,0.2,,250,18,36,1009.1,,3\n" * 2,
}


@pytest.mark.parametrize("form", _GOOD)
@settings(max_examples=40)
@given(data=st.data())
def test_no_damage_makes_a_traceback_or_loses_a_row(form: str, data: st.DataObject) -> None:
    good = _GOOD[form]
    at = data.draw(st.integers(0, len(good)))
    length = data.draw(st.integers(0, 12))
    damaged = good[:at] + data.draw(st.binary(max_size=8)) + good[at + length :]
    try:
        read(form, damaged, {"meteostat": "10637.csv"}.get(form, "071690-99999-2024"))
    except ObservationFileError as error:
        assert str(error)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"<html>busy</html>", b"a,b\n1,2\n", b"\x1f\x8b\x08torn", b"\x00" * 99]
)
def test_what_is_not_of_the_format_is_refused_with_a_reason(form: str, data: bytes) -> None:
    with pytest.raises(ObservationFileError, match=r"\w{3}"):
        FORMATS[form].read(File(data, "USW00094728-071690-99999"))


def test_a_file_of_repeats_is_read_as_fast_as_any() -> None:
    found = read("isd_lite", isd_lite(HOUR) * 50_000)
    assert (found.kept, sum(found.left_out.values())) == (1, 49_999)


def test_a_header_without_any_known_column_and_one_name_twice_is_refused() -> None:
    with pytest.raises(ObservationFileError, match="not GHCN-Hourly"):
        FORMATS["ghcn_hourly"].read(File(b"STATIO|6.1|6.1\na|b|c\n", "x.psv", "1"))


@pytest.mark.parametrize("form", ["gsod", "ghcn_daily", "ghcn_hourly", "dwd", "meteostat"])
@pytest.mark.parametrize("quotes", ['"', '"""', 'a"'])
def test_a_quote_that_does_not_close_spoils_its_own_line_only(form: str, quotes: str) -> None:
    days = [{"DATE": f"2024-03-0{day}"} for day in range(1, 7)]
    files = {
        "gsod": ncei(*days),
        "ghcn_daily": "".join(f"USW00094728,2024030{d},TMAX,123,,,S,\n" for d in range(1, 8)).encode(),
        "ghcn_hourly": psv(*(PSV | {"DATE": f"2024-03-0{day}T06:00:00"} for day in range(1, 7))),
        "dwd": product(*(f"1766;202403050{hour};3;-1.5;88.0;eor" for hour in range(6))),
        "meteostat": "".join(
            f"2024-03-05,{h},3.1,1.0,86,0.2,,250,18,36,1009.1,,3\n" for h in range(7)
        ).encode(),
    }
    lines = files[form].decode().splitlines()
    middle = lines[3].rsplit({"ghcn_hourly": "|", "dwd": ";"}.get(form, ","), 1)
    lines[3] = quotes.join([middle[0] + lines[3][len(middle[0])], middle[1].lstrip('"')])
    found = read(form, "\n".join([*lines, ""]).encode(), {"meteostat": "10637.csv"}.get(form, "f"))
    header = form in ("gsod", "ghcn_hourly", "dwd")
    assert found.read == len(lines) - header
    assert len(found.rows) >= len(lines) - header - 1
