"""What stands for a day is asked about, and is the value of no midnight."""

import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from weather_platform.core.contracts.uploads import FORECASTS, OBSERVATIONS
from weather_platform.core.uploads.spec import Reading
from weather_platform_tests.core.uploads.dropped import observed, stamps
from weather_platform_tests.core.uploads.test_read import read


@pytest.mark.parametrize(
    "days",
    [
        ["2026-08-01"],
        ["2026-08-01", "2026-08-02", "2026-08-03"],
        ["20260801"],
        ["2026/08/01", "2026/08/02"],
        ["2026.08.01"],
        ["2026-8-1"],
    ],
)
def test_what_is_of_a_day_is_asked_about_and_taken_for_no_midnights_value(days: list[str]) -> None:
    """Found by trying: means of days were truth of 00 UTC, before any archive's."""
    reading = observed(days)
    (reason,) = reading.rejected["reason"]
    assert (
        not reading.readable and "column 'temp_c': is it the day's" in reason and "`interval: 1h`" in reason
    )
    assert "column 'precip_mm'" in reason and "`interval: 24h`, and `label: start`" in reason
    rain = observed(days, "label: end\n")
    assert rain.rows[OBSERVATIONS]["precipitation_mm"].tolist() == [0.5] * len(days)
    assert rain.rows[OBSERVATIONS]["temperature_c"].isna().all()
    assert rain.rejected["column"].tolist() == ["temp_c"] * len(days)
    midnight = observed(days, "interval: 1h\n", "temp_c", "20").rows[OBSERVATIONS]
    assert midnight["temperature_c"].tolist() == [20] * len(days) and not midnight["time"].dt.hour.any()


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("UTC", ["2026-08-01", "2026-08-02"]),
        ("UTC", ["2026-08-01 00:00"]),
        ("Europe/Berlin", stamps("2026-08-01 00:00", 2, "24h")),
        ("Europe/Berlin", ["2026-08-01"]),
        ("UTC", ["2026-08-01T00:00:00+05:00", "2026-08-02T00:00:00+05:00"]),
    ],
)
def test_a_stated_day_at_a_midnight_says_which_side_of_it(zone: str, days: list[str], whole: bool) -> None:
    """Found by reading: `interval: 24h` alone was the day that ended at the stamp, a day early for most."""
    told = f"time: {{column: when, zone: {zone}}}\ninterval: 24h\n"
    told += "variables: {precipitation_mm: {from: r, unit: mm}}\n"
    if whole:
        told += "source: mast\nformat: wide\nstations: {column: place}\n"
    table = "\n".join(["when,place,r", *(f"{day},denver,5" for day in days), ""]).encode()
    asked = read("drop_box/mast/a.csv", table, told)
    assert not asked.readable and "`label: start` or `label: end`" in asked.rejected["reason"][0]
    starts, ends = (
        read("drop_box/mast/a.csv", table, f"{told}label: {label}\n").rows[OBSERVATIONS]
        for label in ("start", "end")
    )
    assert set(ends["interval_hours"]) == {24} and ends["precipitation_mm"].tolist() == [5] * len(days)
    assert ((starts["time"] - ends["time"]) == pd.Timedelta("24h")).all()
    morning = table.replace(b" 00:00", b" 06:00")
    if morning != table:
        assert read("drop_box/mast/a.csv", morning, told).readable


def test_a_day_at_its_midnight_is_asked_about_by_the_clock_of_the_file() -> None:
    """Found by reading: of midnights in Berlin nobody asked, since at 22 UTC they are none."""
    local = stamps("2026-08-01 00:00", 3, "24h")
    lines = ["when,place,precip_mm", *(f"{time},denver,5" for time in local), ""]
    asked = read(
        "drop_box/mast/a.csv", "\n".join(lines).encode(), "time: {column: when, zone: Europe/Berlin}"
    )
    assert not asked.readable and "`label: start` or `label: end`" in asked.rejected["reason"][0]
    times = pd.DatetimeIndex(local).tz_localize("Europe/Berlin")
    table = pa.table({"valid_time": times, "place": ["denver"] * 3, "precip_mm": [5.0] * 3})
    file = io.BytesIO()
    pq.write_table(table, file)
    assert not read("drop_box/mast/a.parquet", file.getvalue()).readable


def test_of_a_stated_day_only_amounts_are_taken_where_rows_name_days() -> None:
    """Found by reading: with `interval: 24h` a day's mean was truth of its midnight after all."""
    days = ["2026-08-01", "2026-08-02"]
    stated = observed(days, "interval: 24h\nlabel: start\n")
    assert stated.rows[OBSERVATIONS]["precipitation_mm"].tolist() == [0.5, 0.5]
    assert stated.rows[OBSERVATIONS]["temperature_c"].isna().all()
    assert stated.rejected["column"].tolist() == ["temp_c"] * 2
    long = "source: mast\nformat: long\ncode_column: code\nvalue_column: value\ninterval: 24h\nlabel: end\n"
    long += "time: {column: day, zone: UTC}\nstations: {column: place}\nvariables:\n"
    long += "  temperature_c: {from: t, unit: °C}\n  precipitation_mm: {from: r, unit: mm}\n"
    lines = ["day,place,code,value", *(f"{day},denver,{code},3" for day in days for code in "tr"), ""]
    coded = read("drop_box/mast/a.csv", "\n".join(lines).encode(), long)
    assert coded.rows[OBSERVATIONS]["precipitation_mm"].tolist() == [3, 3]
    assert coded.rows[OBSERVATIONS]["temperature_c"].isna().all() and coded.rejected["row"].tolist() == [0, 2]


def test_forecasts_of_days_are_asked_about_and_taken_for_no_midnights() -> None:
    """Found by reading: a day's highest was the forecast of 00 UTC, and one day's rain that of an hour."""

    def days(header: str, row: str, mapping: str = "", dates: tuple[str, ...] = ("2026-08-04",)) -> Reading:
        lines = [f"2026-08-03T00:00Z,{date},denver,{row}" for date in dates]
        table = "\n".join([f"fetched_at,valid_time,location_id,{header}", *lines, ""])
        return read("drop_box/forecasts/mine/v1/a.csv", table.encode(), f"time: {{zone: UTC}}\n{mapping}")

    both = ("temp_c,precip_mm", "20,6")
    for dates in (("2026-08-04",), ("2026-08-04", "2026-08-05"), ("20260804", "20260806")):
        asked = days(*both, dates=dates)
        (reason,) = asked.rejected["reason"]
        assert not asked.readable and "column 'temp_c': is it the day's" in reason, reason
        assert "column 'precip_mm'" in reason and "`interval: 24h`" in reason
        rain = days(*both, "interval: 24h\n", dates)
        assert rain.rows[FORECASTS]["precipitation_mm"].tolist() == [6] * len(dates)
        assert set(rain.rows[FORECASTS]["interval_hours"]) == {24}
        assert rain.rows[FORECASTS]["temperature_c"].isna().all()
        assert rain.rejected["column"].tolist() == ["temp_c"] * len(dates)
        midnight = days("temp_c", "20", "interval: 1h\n", dates).rows[FORECASTS]
        assert midnight["temperature_c"].tolist() == [20] * len(dates)
    coded = days("precip_mm,weather_code", "6,61", "interval: 24h\n")
    assert coded.rows[FORECASTS]["precipitation_mm"].tolist() == [6]
    assert coded.rows[FORECASTS]["weather_code"].isna().all()  # the day's code stood at its midnight
    assert coded.rejected["column"].tolist() == ["weather_code"]
    hourly = days("temp_c,weather_code", "20,61", "interval: 1h\n")
    assert hourly.rows[FORECASTS]["weather_code"].tolist() == ["61"]
    for hours, column, left in (("24", "temp_c", "precipitation_mm"), ("1", None, "temperature_c")):
        told = days(f"{both[0]},interval_hours", f"{both[1]},{hours}")
        assert told.rows[FORECASTS][left].notna().all()
        assert told.rejected["column"].tolist() == ([column] if column else [])


@pytest.mark.parametrize(
    ("layout", "days"),
    [
        ("%d.%m.%Y", ["01.08.2026", "02.08.2026"]),
        ("%m/%d/%Y", ["08/01/2026"]),
        ("%d-%b-%y", ["01-Aug-26", "02-Aug-26"]),
        ("%Y%j", ["2026213"]),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_days_in_a_layout_of_the_mapping_are_days(layout: str, days: list[str], zone: str) -> None:
    """Found by reading: 01.08.2026 was no date, so a day's mean was the truth of its midnight."""
    mapping = f"time: {{column: time_utc, format: '{layout}', zone: {zone}}}\n"
    (untold,) = set(observed(days, f"time: {{zone: {zone}}}\n").rejected["reason"])
    assert "say it in time.format, as %d.%m.%Y %H:%M" in untold
    (reason,) = observed(days, mapping).rejected["reason"]
    assert "column 'temp_c': is it the day's" in reason and "`interval: 24h`, and `label: start`" in reason
    stated = observed(days, f"{mapping}interval: 24h\n")
    assert "`label: start` or `label: end`" in stated.rejected["reason"][0]
    lines = [f"2026-07-30T00:00Z,{day},denver,20" for day in days]
    table = "\n".join(["fetched_at,valid_time,location_id,temp_c", *lines, ""]).encode()
    forecasts = read("drop_box/forecasts/mine/v1/a.csv", table, mapping.replace("time_utc", "valid_time"))
    assert not forecasts.readable


@pytest.mark.parametrize(
    ("layout", "times"),
    [
        ("%d.%m.%Y %H:%M", stamps("2026-08-01 00:00", 2, "24h")),
        ("%m/%d/%Y %I:%M %p", stamps("2026-08-01 00:00", 2, "24h")),
    ],
)
def test_midnights_in_a_layout_of_the_mapping_are_midnights(layout: str, times: list[str]) -> None:
    """Found by reading: nobody asked of midnights in Denver that were written 12:00 AM."""
    written = [pd.Timestamp(time).strftime(layout) for time in times]
    told = f"time: {{column: time_utc, format: '{layout}', zone: America/Denver}}\n"
    asked = observed(written, told, "precip_mm", "5")
    assert not asked.readable and "`label: start` or `label: end`" in asked.rejected["reason"][0]
    later = [pd.Timestamp(f"{time[:10]} 06:00").strftime(layout) for time in times]
    assert observed(later, told, "precip_mm", "5").readable
    hours = observed(later, told, "temp_c", "20")
    assert hours.rejected.empty and hours.rows[OBSERVATIONS]["temperature_c"].tolist() == [20, 20]


def test_dates_beside_a_column_of_hours_are_no_days() -> None:
    told = "time: {column: [time_utc, hour], zone: UTC}\n"
    for row in ("06:00,20", "00:00,20"):
        hours = observed(["2026-08-01", "2026-08-02"], told, "hour,temp_c", row)
        assert hours.rejected.empty and hours.rows[OBSERVATIONS]["temperature_c"].tolist() == [20, 20]


@pytest.mark.parametrize(("zone", "snap"), [("Asia/Kolkata", 30), ("Asia/Kathmandu", 15)])
def test_days_that_end_between_utcs_hours_name_the_snap_that_takes_them(zone: str, snap: int) -> None:
    """Found by trying: each was refused as off every step of `1 day, 0:00:00`, without a remedy."""
    told = f"time: {{column: time_utc, zone: {zone}}}\ninterval: 24h\nlabel: end\n"
    days = ["2026-08-01", "2026-08-02"]
    (reason,) = set(observed(days, told, "precip_mm", "5").rejected["reason"])
    assert "of 24h" in reason and f"`snap: {snap}min`" in reason
    taken = observed(days, f"{told}snap: {snap}min\n", "precip_mm", "5")
    assert taken.rejected.empty and taken.rows[OBSERVATIONS]["precipitation_mm"].tolist() == [5, 5]


def test_a_layout_of_days_that_no_stamp_has_is_the_fault_and_not_the_day() -> None:
    layout = "time: {column: when, format: '%d.%m.%Y', zone: UTC}\n"
    table = "when,fetched_at,place,temp_c\n01.08.2026 06:00,01.08.2026,denver,20\n"
    for folder, columns in (("mast", table.replace("fetched_at", "x")), ("forecasts/mine/v1", table)):
        reasons = read(f"drop_box/{folder}/a.csv", columns.encode(), layout).rejected["reason"]
        assert "say it in time.format" in reasons[0]
