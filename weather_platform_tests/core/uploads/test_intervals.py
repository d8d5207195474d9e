"""Amounts are over what is stated, else over the step of their rows, else set aside with what to write."""

import io
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from weather_platform.core.contracts.uploads import OBSERVATIONS
from weather_platform.core.observations.steps import steps_of
from weather_platform.core.uploads.spec import Reading
from weather_platform_tests.core.uploads.dropped import observed, stamps
from weather_platform_tests.core.uploads.test_read import read

MINUTE, HOUR = 60 * 10**6, pd.Timedelta(hours=1)


def test_a_step_is_the_usual_one_if_what_is_missing_are_single_rows() -> None:
    series = np.repeat([3, 7], 20)
    time = np.tile(np.arange(20) * 10 * MINUTE, 2)
    kept = np.arange(40) != 5
    found = steps_of(series[kept], time[kept])
    assert (
        found is not None
        and found.regular == pd.Timedelta("10min")
        and found.longest == pd.Timedelta("20min")
    )
    assert steps_of(np.array([1, 2]), np.array([0, MINUTE])) is None
    both = np.append(np.arange(20) * 60 * MINUTE, (19 + 3 * np.arange(1, 10)) * 60 * MINUTE)
    several = steps_of(np.zeros(len(both), int), both)
    assert several is not None and several.regular is None


def test_ten_minutes_are_summed_to_hours_and_nothing_is_set_aside() -> None:
    reading = observed(stamps("2026-08-01 00:00", 18, "10min"))
    rows = reading.rows[OBSERVATIONS]
    assert reading.rejected.empty
    assert rows["precipitation_mm"].fillna(-1).tolist() == pytest.approx([-1, 3, 3])
    assert rows["temperature_c"].tolist() == [20] * 3


def test_the_highest_gust_is_that_of_the_hour_in_a_file_without_amounts_too() -> None:
    """The gust of the hour's last ten minutes was taken for it, and the other five rows were set aside."""
    every_ten = zip(stamps("2026-08-01", 13, "10min"), "0923456712345", strict=True)
    lines = [f"{time},denver,20,{gust}" for time, gust in every_ten]
    reading = read("drop_box/mast/a.csv", "\n".join(["time_utc,place,temp_c,gust_ms", *lines, ""]).encode())
    assert reading.rejected.empty
    assert reading.rows[OBSERVATIONS]["wind_gust_m_s"].fillna(-1).tolist() == [-1, 9, 7]


@pytest.mark.parametrize(
    ("step", "count", "ends"),
    [
        ("10min", 6, ["01:00"]),
        ("1h", 2, ["01:00", "02:00"]),
        ("3h", 2, ["03:00", "06:00"]),
        ("24h", 2, ["00:00", "00:00"]),
    ],
)
def test_what_is_stamped_at_its_start_ends_a_step_later_with_amounts_or_without(
    step: str, count: int, ends: list[str]
) -> None:
    for header, row in (("temp_c", "20"), ("temp_c,precip_mm", "20,1")):
        rows = observed(stamps("2026-08-01", count, step), "label: start\n", header, row).rows[OBSERVATIONS]
        assert [f"{time:%H:%M}" for time in rows["time"]] == ends
        of_amounts = max(1, pd.Timedelta(step) // HOUR)
        assert set(rows["interval_hours"]) == {of_amounts if "precip" in header else 1}


@pytest.mark.parametrize(("step", "hours"), [("1h", 1), ("3h", 3), ("12h", 12)])
def test_an_amount_of_a_step_of_hours_is_over_that_step(step: str, hours: int) -> None:
    rows = observed(stamps("2026-08-01 06:00", 4, step)).rows[OBSERVATIONS]
    assert rows["interval_hours"].tolist() == [hours] * 4 and rows["precipitation_mm"].tolist() == [0.5] * 4


def test_a_step_is_that_of_the_amounts_where_other_columns_come_more_often() -> None:
    lines = ["time_utc,place,temp_c,precip_mm"]
    lines += [
        f"{t},denver,20,{'6' if t[11:13] in ('06', '12', '18') else ''}"
        for t in stamps("2026-08-01", 24, "1h")
    ]
    rows = read("drop_box/mast/a.csv", "\n".join([*lines, ""]).encode()).rows[OBSERVATIONS]
    assert len(rows) == 24 and rows["precipitation_mm"].count() == 3 and set(rows["interval_hours"]) == {6}


@pytest.mark.parametrize(
    ("mark", "mapping"), [("-999", "missing: [-999]\n"), ("NA", ""), ("-", "missing: ['-']\n")]
)
def test_marks_of_missing_amounts_say_nothing_of_their_step(mark: str, mapping: str) -> None:
    lines = ["time_utc,place,temp_c,precip_mm"]
    lines += [
        f"{t},denver,20,{'6' if t[11:13] in ('06', '12', '18') else mark}"
        for t in stamps("2026-08-01", 24, "1h")
    ]
    rows = read("drop_box/mast/a.csv", "\n".join([*lines, ""]).encode(), mapping).rows[OBSERVATIONS]
    assert len(rows) == 24 and rows["precipitation_mm"].count() == 3 and set(rows["interval_hours"]) == {6}


def test_amounts_that_are_not_a_number_say_nothing_of_their_step_and_are_not_set_aside() -> None:
    times = pd.date_range("2026-08-01", periods=24, freq="h", tz="UTC")

    def dropped(amounts: list[float]) -> Reading:
        columns = {"valid_time": times, "place": ["denver"] * 24, "temp_c": [20.0] * 24}
        file = io.BytesIO()
        pq.write_table(pa.table(columns | {"precip_mm": pa.array(amounts, from_pandas=False)}), file)
        return read("drop_box/mast/a.parquet", file.getvalue())

    every_six = [6.0 if hour % 6 == 0 else math.nan for hour in range(24)]
    assert set(dropped(every_six).rows[OBSERVATIONS]["interval_hours"]) == {6}
    odd = dropped([6.0 if hour in (0, 1, 9) else math.nan for hour in range(24)])
    assert odd.rejected["row"].tolist() == [0, 1, 9]


def test_rows_that_are_repeated_or_at_no_place_say_nothing_of_the_step() -> None:
    rows = [f"{time},denver,20,0.5" for time in stamps("2026-08-01 06:00", 4, "3h") for _ in range(2)]
    rows += [f"{time},,20,0.5" for time in stamps("2026-08-01 06:00", 9, "1h")]
    lines = ["time_utc,place,temp_c,precip_mm", *rows, ""]
    found = read("drop_box/mast/a.csv", "\n".join(lines).encode()).rows[OBSERVATIONS]
    assert found["interval_hours"].tolist() == [3] * 4 and found["precipitation_mm"].tolist() == [0.5] * 4


@pytest.mark.parametrize(
    ("times", "line"),
    [
        (stamps("2026-08-01 00:00", 3, "24h"), "`interval: 24h`, and `label: start` or `label: end`"),
        (["2026-08-01 00:00", "2026-08-01 03:00", "2026-08-01 09:00"], "`interval: 1h`"),
        (stamps("2026-08-01 00:00", 3, "90min"), "no part of an hour"),
    ],
)
def test_amounts_over_nobody_knows_what_are_set_aside_and_the_rest_stays(times: list[str], line: str) -> None:
    reading = observed(times)
    rows = reading.rows[OBSERVATIONS]
    assert rows["temperature_c"].notna().all() and len(rows) and rows["precipitation_mm"].isna().all()
    amounts = reading.rejected[reading.rejected["column"] == "precip_mm"]
    assert amounts["value"].tolist() == ["0.5"] * len(times) and line in amounts["reason"].iloc[0]
    alone = observed(times, header="precip_mm", row="0.5")
    assert not alone.readable and line in alone.rejected["reason"][0]


def test_what_is_stated_stands() -> None:
    days = ["2026-08-01", "2026-08-02"]
    rows = observed(days, "interval: 24h\nlabel: start\n").rows[OBSERVATIONS]
    assert rows["time"].dt.day.tolist() == [2, 3] and set(rows["interval_hours"]) == {24}
    rows = observed(days, "label: end\n").rows[OBSERVATIONS]
    assert rows["time"].dt.day.tolist() == [1, 2] and set(rows["interval_hours"]) == {24}
    hours = stamps("2026-08-01 06:00", 3, "3h")
    assert set(observed(hours, "interval: 1h\n").rows[OBSERVATIONS]["interval_hours"]) == {1}
    by_column = observed(hours, header="precip_mm,interval_hours", row="0.5,6")
    assert set(by_column.rows[OBSERVATIONS]["interval_hours"]) == {6}


@pytest.mark.parametrize(("hours", "asked"), [("33", ""), ("13", "states 1, 3: drop a file for each")])
def test_a_column_may_state_one_interval_and_not_several(hours: str, asked: str) -> None:
    lines = [f"2026-08-01 {3 * i:02}:00,denver,1.5,{each}" for i, each in enumerate(hours)]
    text = "\n".join(["time_utc,place,precip_mm,interval_hours", *lines, ""])
    reading = read("drop_box/mast/a.csv", text.encode())
    if asked:
        assert asked in reading.rejected["reason"][0]
    else:
        assert set(reading.rows[OBSERVATIONS]["interval_hours"]) == {3}
