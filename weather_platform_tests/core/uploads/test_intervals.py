"""Amounts are over what is stated, else over the step of their rows, else set aside with what to write."""

import io
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from weather_platform.core.contracts.uploads import FORECASTS, OBSERVATIONS
from weather_platform.core.observations.steps import steps_of
from weather_platform.core.uploads.spec import Reading
from weather_platform_tests.core.uploads.test_read import PANEL, read

MINUTE, HOUR = 60 * 10**6, pd.Timedelta(hours=1)


def observed(
    times: list[str], mapping: str = "", header: str = "temp_c,precip_mm", row: str = "20,0.5"
) -> Reading:
    lines = [f"time_utc,place,{header}", *(f"{time},denver,{row}" for time in times), ""]
    return read("drop_box/mast/a.csv", "\n".join(lines).encode(), mapping)


def forecast(
    hours: list[float], mapping: str = "", header: str = "temp_c,precip_mm", row: str = "20,6"
) -> Reading:
    start = pd.Timestamp("2026-08-03T00:00Z")
    valid = [(start + pd.Timedelta(hours=hour)).isoformat() for hour in hours]
    lines = [f"fetched_at,valid_time,location_id,{header}"]
    lines += [f"2026-08-03T00:00Z,{time},denver,{row}" for time in valid]
    return read("drop_box/forecasts/mine/v1/a.csv", "\n".join([*lines, ""]).encode(), mapping)


def stamps(start: str, count: int, step: str) -> list[str]:
    return [f"{time:%Y-%m-%d %H:%M}" for time in pd.date_range(start, periods=count, freq=step)]


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


@pytest.mark.parametrize("days", [["2026-08-01"], ["2026-08-01", "2026-08-02", "2026-08-03"], ["20260801"]])
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


def test_forecasts_follow_the_same_rule() -> None:
    six = forecast([6, 12, 18]).rows[FORECASTS]
    assert six["interval_hours"].tolist() == [6] * 3 and six["precipitation_mm"].tolist() == [6] * 3
    assert set(forecast([6, 12, 18], "interval: 3h\n").rows[FORECASTS]["interval_hours"]) == {3}
    for hours, line in (
        ([1, 2, 5, 8], "`interval: 1h`"),
        ([24, 48, 72], "`interval: 24h`"),
        ([6, 42], "`interval: 1h`"),
    ):
        reading = forecast(hours)
        assert reading.rows[FORECASTS]["temperature_c"].count() == len(hours)
        assert reading.rows[FORECASTS]["precipitation_mm"].isna().all()
        assert reading.rejected["row"].tolist() == list(range(len(hours)))
        assert line in reading.rejected["reason"][0]
        assert not forecast(hours, header="precip_mm", row="6").readable
    for untold in ("", "1.5"):
        blank = forecast([6, 12], header="temp_c,precip_mm,interval_hours", row=f"20,6,{untold}")
        assert blank.rows[FORECASTS]["precipitation_mm"].isna().all() and len(blank.rejected) == 2
        assert blank.rows[FORECASTS]["temperature_c"].tolist() == [20, 20]
    day = forecast([30, 54], header="temp_c,precip_mm,interval_hours", row="20,6,24").rows[FORECASTS]
    assert day["interval_hours"].tolist() == [24, 24]


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
    for hours, column, left in (("24", "temp_c", "precipitation_mm"), ("1", None, "temperature_c")):
        told = days(f"{both[0]},interval_hours", f"{both[1]},{hours}")
        assert told.rows[FORECASTS][left].notna().all()
        assert told.rejected["column"].tolist() == ([column] if column else [])


def test_a_counter_that_begins_anew_each_day_is_asked_about() -> None:
    """As home stations write: 12 mm that fell in the morning stood as 12 mm of every hour of the day."""
    day = [0.0] * 6 + [0.4, 2.0, 5.6, *[12.0] * 13, 12.4, 12.4]
    hours = stamps("2026-08-01 03:00", 24 * 4, "h")
    asked = rained(hours, day * 4)
    assert asked.rows[OBSERVATIONS]["precipitation_mm"].isna().all() and len(asked.rejected) == len(hours)
    assert "only where a day begins" in asked.rejected["reason"][0]
    evening = [0.0] * 17 + [0.4, 2.0, 2.0, *[0.0] * 4]  # showers of the tropics
    sixth = [0.4, 2.0, 2.0, 0.0]
    for times, amounts in (
        (hours, evening * 4),
        (hours[:60], (day * 4)[:60]),
        (hours, [*(day * 4)[:40], 11.8, *(day * 4)[41:]]),
        (stamps("2026-08-01 00:00", 40, "6h"), sixth * 10),
    ):
        assert rained(times, amounts).rows[OBSERVATIONS]["precipitation_mm"].notna().any(), amounts


def test_a_counter_whose_day_follows_summer_time_is_asked_about() -> None:
    """Found by reading: from the change of clocks on its day began an hour later, and it was amounts."""
    day = [0.0] * 6 + [0.4, 2.0, 5.6, *[12.0] * 13, 12.4, 12.4]
    whole = stamps("2026-10-22 22:00", 24 * 6 + 1, "h")  # the day of the change has 25 hours
    amounts = [*day * 2, *day, 12.4, *day * 3]
    assert rained(whole, amounts).rows[OBSERVATIONS]["precipitation_mm"].isna().all()
    for times, several in (
        (
            stamps("2026-10-22 22:00", 24 * 6 + 2, "h"),
            [*day * 2, *day, 12.4, 12.4, *day * 3],
        ),  # two hours later
        (stamps("2026-10-22 22:00", 24 * 6, "h"), [*day * 2, *day, 12.4, *day, *day[1:], *day]),  # and back
    ):
        assert rained(times, several).rows[OBSERVATIONS]["precipitation_mm"].notna().any()


def test_a_counter_that_began_anew_once_in_a_long_while_is_asked_about() -> None:
    """Found by reading: one new battery, or a new year, and what a year had brought stood for each hour."""
    counter = [*[214 + 0.2 * (hour // 4) for hour in range(60)], *[0.2 * (hour // 4) for hour in range(60)]]
    hours = stamps("2025-12-29 12:00", len(counter), "h")
    assert rained(hours, counter).rows[OBSERVATIONS]["precipitation_mm"].isna().all()
    showers = [0.0, 0.2, 0.4, 0.4, 0.6, 0.8, 1.0, 0.0] * 15  # rise five times as often as they fall
    assert rained(hours, showers).rows[OBSERVATIONS]["precipitation_mm"].notna().all()


def rained(times: list[str], amounts: list[float]) -> Reading:
    lines = [f"{time},denver,20,{amount}" for time, amount in zip(times, amounts, strict=True)]
    return read("drop_box/mast/a.csv", "\n".join(["time_utc,place,temp_c,rain_mm", *lines, ""]).encode())


def test_a_counter_that_runs_on_is_asked_about() -> None:
    def counted(amounts: list[float], mapping: str = "") -> Reading:
        rows = zip(stamps("2026-08-01", len(amounts), "1h"), amounts, strict=True)
        lines = [
            "time_utc,place,temp_c,rain_mm",
            *(f"{time},denver,20,{amount}" for time, amount in rows),
            "",
        ]
        return read("drop_box/mast/a.csv", "\n".join(lines).encode(), mapping)

    counter = [214.0, 214.2, 214.2, 214.4, 215.0, 215.8, 216.0, 216.2]
    asked = counted(counter)
    assert asked.rows[OBSERVATIONS]["precipitation_mm"].isna().all() and len(asked.rejected) == len(counter)
    assert "is it a running sum" in asked.rejected["reason"][0]
    steady = [0.1 * hour for hour in range(12)]  # a sum that runs on stays where it is in a dry hour
    for amounts, mapping in ((counter, "interval: 1h"), ([*counter, 0], ""), (counter[:7], ""), (steady, "")):
        assert counted(amounts, mapping).rejected.empty


def test_amounts_that_only_rise_within_their_runs_are_asked_about() -> None:
    """Weather models write sums since the start of a run: 11 mm in the last of eleven wet hours."""

    def runs(amounts: list[float], mapping: str = "") -> Reading:
        lines = ["fetched_at,valid_time,location_id,temp_c,precip_mm"]
        for day in (3, 4):
            lines += [
                f"2026-08-0{day}T00:00Z,2026-08-0{day}T{hour:02}:00Z,denver,20,{amount}"
                for hour, amount in enumerate(amounts, start=1)
            ]
        return read("drop_box/forecasts/mine/v1/a.csv", "\n".join([*lines, ""]).encode(), mapping)

    since_start = [0, 0.2, 0.2, 0.5, 1.1, 2.0, 2.0, 2.4, 2.6]
    asked = runs(since_start)
    assert asked.rows[FORECASTS]["precipitation_mm"].isna().all() and len(asked.rejected) == 18
    assert "is it a running sum" in asked.rejected["reason"][0]
    for amounts, mapping in ((since_start, "interval: 1h"), ([*since_start, 2.5], ""), (since_start[:8], "")):
        told = runs(amounts, mapping)
        assert told.rejected.empty and told.rows[FORECASTS]["precipitation_mm"].notna().all()


def test_days_of_forecasts_that_end_at_another_hour_are_days_and_half_hours_are_asked_for() -> None:
    assert set(forecast([30, 54, 78]).rows[FORECASTS]["interval_hours"]) == {24}
    odd = forecast([1.5, 3, 4.5])
    assert odd.rows[FORECASTS]["precipitation_mm"].isna().all()
    assert "no whole hours up to a day" in odd.rejected["reason"][0]


def test_a_forecasts_step_is_that_of_its_amounts() -> None:
    lines = ["fetched_at,valid_time,location_id,temp_c,precip_mm"]
    for hour in range(1, 13):
        amount = "6" if hour % 6 == 0 else ""
        lines.append(f"2026-08-03T00:00Z,2026-08-03T{hour:02}:00Z,denver,20,{amount}")
    rows = read("drop_box/forecasts/mine/v1/a.csv", "\n".join([*lines, ""]).encode()).rows[FORECASTS]
    assert len(rows) == 12 and rows["precipitation_mm"].count() == 2 and set(rows["interval_hours"]) == {6}


@pytest.mark.parametrize("apart", ["feed", "issue_time", "fetched_at", "location_id", "lat,lon"])
def test_the_step_is_that_of_each_feed_run_and_place(apart: str) -> None:
    """Every six hours each, but together every three."""
    usual = {"feed": "mine/v1", "fetched_at": "2026-08-03T00:00Z", "location_id": PANEL["location_id"][0]}
    points = PANEL["latitude"].astype(str) + "," + PANEL["longitude"].astype(str)
    told = {
        "feed": ("mine/v1", "mine/v2"),
        "issue_time": ("2026-08-02T18:00Z", "2026-08-02T21:00Z"),
        "fetched_at": ("2026-08-03T00:00Z", "2026-08-02T23:00Z"),
        "location_id": PANEL["location_id"][:2],
        "lat,lon": points[:2],
    }
    if apart == "lat,lon":
        del usual["location_id"]
    lines = [",".join([*(usual | {apart: ""}), "valid_time", "precip_mm"])]
    for own, hours in zip(told[apart], ((6, 12, 18), (9, 15, 21)), strict=True):
        fields = ",".join((usual | {apart: own}).values())
        lines += [f"{fields},2026-08-03T{hour:02}:00Z,6" for hour in hours]
    rows = read("drop_box/f.csv", "\n".join([*lines, ""]).encode()).rows[FORECASTS]
    assert rows["interval_hours"].tolist() == [6] * 6
