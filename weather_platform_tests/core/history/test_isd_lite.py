"""ISD-Lite: its hours, its shorter amounts, its skies, and its bad lines."""

import gzip

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.observations.table import ObservationFileError
from weather_platform_tests.core.history.archive_files import HOUR, isd_lite, one, read


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
    ("code", "cover"),
    [
        (9, np.nan),
        (10, np.nan),
        (7, 0.875),
        (12, 0.5),
        (14, 0.875),
        (16, 0.875),
        (17, 1.0),
        (19, 1.0),
        (-9999, np.nan),
    ],
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


def test_blanks_behind_a_line_take_it_not_away() -> None:
    found = read("isd_lite", isd_lite(HOUR).replace(b"\n", b"  \r\n"))
    assert len(found.rows) == 1 and found.quarantine.empty


def test_a_station_that_nothing_tells_is_asked_for() -> None:
    with pytest.raises(ObservationFileError, match="--param station="):
        read("isd_lite", isd_lite(HOUR), "hours.txt")
    assert read("isd_lite", isd_lite(HOUR), "hours.txt", "071690-99999").kept == 1
