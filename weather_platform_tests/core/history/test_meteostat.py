"""Meteostat's bulk files in both layouts."""

import pandas as pd

from weather_platform_tests.core.history.archive_files import read


def test_meteostat_bulk_in_both_layouts() -> None:
    bare = read("meteostat", b"2024-03-05,6,3.1,1.0,86,0.2,,250,18,36,1009.1,,3\n", "10637.csv.gz")
    headed = read(
        "meteostat",
        b"year,month,day,hour,temp,temp_source,dwpt,rhum,prcp,wdir,wspd,wpgt,pres,coco\n"
        b"2024,3,5,6,3.1,dwd,1.0,86,0.2,250,18,36,1009.1,3\n",
        "10637.csv",
    )
    assert bare.rows["wind_gust_m_s"].tolist() == [10.0] and bare.rows["wind_speed_m_s"].tolist() == [5.0]
    assert (bare.rows["relative_humidity"].tolist(), bare.rows["precipitation_mm"].tolist()) == (
        [0.86],
        [0.2],
    )
    pd.testing.assert_frame_equal(bare.rows.drop(columns="file"), headed.rows.drop(columns="file"))


def test_a_day_has_hours_from_0_to_23() -> None:
    lines = b"".join(b"2024-03-05,%d,3.1,,,,,,,,,,\n" % hour for hour in (0, 23, 24))
    found = read("meteostat", lines, "10637.csv")
    assert found.rows["time"].dt.hour.tolist() == [0, 23] and found.quarantine["row"].tolist() == [2]
