"""DWD's products: hours, ten minutes, days, and sensors that are refused."""

import io
import zipfile

import numpy as np
import pytest

from weather_platform.core.observations.table import ObservationFileError
from weather_platform_tests.core.history.archive_files import one, product, read


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


def test_of_ten_minute_gusts_the_highest_is_the_hours() -> None:
    header = "STATIONS_ID;MESS_DATUM;  QN;FX_10;FNX_10;FMX_10;DX_10;eor"
    minutes = ("0610", "0620", "0630", "0640", "0650", "0700", "0710")
    lines = [f"1766;20240305{at};3;{30 if at == '0620' else 5};1;1;90;eor" for at in minutes]
    found = read("dwd", product(*lines, header=header))
    assert found.rows["time"].dt.strftime("%H:%M").tolist() == ["07:00"]
    assert found.rows["wind_gust_m_s"].tolist() == [30]
    assert sorted(found.left_out.values()) == [1, 5] and found.lost == 0


def test_a_variable_wind_has_a_speed_and_no_direction() -> None:
    header = "STATIONS_ID;MESS_DATUM;QN_3;   F;   D;eor"
    row = one("dwd", product("44;2024030506;10;   0.9; 990;eor", header=header))
    assert row["wind_speed_m_s"] == 0.9 and np.isnan(row["wind_direction_deg"])


def test_the_daily_product_of_dwd() -> None:
    header = "STATIONS_ID;MESS_DATUM;QN_3;FX;FM;QN_4;RSK;SHK_TAG;PM;TMK;TXK;TNK;eor"
    row = one("dwd_daily", product("44;20240305;10;9.1;2.0;3;1.2;3;1001.0;4.4;8.0;1.1;eor", header=header))
    assert (row["station_id"], row["precipitation_mm"], row["snow_depth_mm"]) == ("00044", 1.2, 30)


def test_a_product_of_other_sensors_is_refused_by_name() -> None:
    header = "STATIONS_ID;MESS_DATUM;  QN;DS_10;GS_10;SD_10;LS_10;eor"
    with pytest.raises(ObservationFileError, match=r"DS_10, GS_10, SD_10, LS_10 are no columns"):
        read("dwd", product(header=header))


@pytest.mark.parametrize(
    ("columns", "fields", "expected"),
    [
        ("TT_TU;RF_TU", "5.5;80", {"temperature_c": 5.5, "relative_humidity": 0.8}),
        ("TT_10;RF_10;TD_10;PP_10", "5.5;80;2.3;990.1", {"relative_humidity": 0.8, "dew_point_c": 2.3}),
        ("PP_10", "990.1", {"surface_pressure_hpa": 990.1}),
        ("TT;TD", "5.5;2.3", {"temperature_c": 5.5, "dew_point_c": 2.3}),
        ("P;P0", "1013.2;990.1", {"pressure_msl_hpa": 1013.2, "surface_pressure_hpa": 990.1}),
        ("FF_10;DD_10", "4;250", {"wind_speed_m_s": 4, "wind_direction_deg": 250}),
        ("FF_10;DD_10", "4;990", {"wind_speed_m_s": 4, "wind_direction_deg": np.nan}),
        ("FF;DD", "4;990", {"wind_speed_m_s": 4, "wind_direction_deg": np.nan}),
        ("FX_911", "9.1", {"wind_gust_m_s": 9.1}),
        ("R1", "1.2", {"precipitation_mm": 1.2, "interval_hours": 1}),
        ("V_N", "4", {"cloud_cover": 0.5}),
        ("V_N", "-1", {"cloud_cover": np.nan}),
        ("V_VV", "30000", {"visibility_m": 30_000}),
    ],
)
def test_each_sensor_is_in_its_own_unit(columns: str, fields: str, expected: dict[str, float]) -> None:
    header = f"STATIONS_ID;MESS_DATUM;QN_9;{columns};eor"
    row = one("dwd", product(f"44;2024030506;3;{fields};eor", header=header))
    for column, value in expected.items():
        assert row[column] == pytest.approx(value, nan_ok=True)
    assert row["quality"] == "good"


def test_what_was_checked_for_its_form_alone_is_unchecked() -> None:
    header = "STATIONS_ID;MESS_DATUM;QN_8;TT_TU;RF_TU;eor"
    for level, quality in ((1, "unchecked"), (2, "unchecked"), (3, "good"), (10, "good")):
        row = one("dwd", product(f"44;2024030506;{level};5;80;eor", header=header))
        assert row["quality"] == quality
