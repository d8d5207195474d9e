"""Amounts of forecasts are over the step of their feed, run and place, as those of observations are."""

from collections.abc import Sequence

import pandas as pd
import pytest

from weather_platform.core.contracts.uploads import FORECASTS
from weather_platform_tests.core.uploads.dropped import forecast
from weather_platform_tests.core.uploads.test_read import PANEL, read


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
    told: dict[str, Sequence[str]] = {
        "feed": ("mine/v1", "mine/v2"),
        "issue_time": ("2026-08-02T18:00Z", "2026-08-02T21:00Z"),
        "fetched_at": ("2026-08-03T00:00Z", "2026-08-02T23:00Z"),
        "location_id": PANEL["location_id"][:2].tolist(),
        "lat,lon": points[:2].tolist(),
    }
    if apart == "lat,lon":
        del usual["location_id"]
    lines = [",".join([*(usual | {apart: ""}), "valid_time", "precip_mm"])]
    for own, hours in zip(told[apart], ((6, 12, 18), (9, 15, 21)), strict=True):
        fields = ",".join((usual | {apart: own}).values())
        lines += [f"{fields},2026-08-03T{hour:02}:00Z,6" for hour in hours]
    rows = read("drop_box/f.csv", "\n".join([*lines, ""]).encode()).rows[FORECASTS]
    assert rows["interval_hours"].tolist() == [6] * 6


def test_amounts_and_chances_that_are_stamped_at_their_start_stand_at_its_end() -> None:
    """Found by reading: nothing could say so, and such a feed's rain was an interval early."""
    header, row = "temp_c,precip_mm,precipitation_probability,weather_code", "20,6,0.5,61"
    frame = forecast([3, 6, 12], "interval: 3h\nlabel: start\n", header, row).rows[FORECASTS]
    assert frame["valid_time"].dt.hour.tolist() == [3, 6, 9, 12, 15]
    assert frame["temperature_c"].notna().tolist() == [True, True, False, True, False]
    assert frame["weather_code"].notna().tolist() == [True, True, False, True, False]
    for over in ("precipitation_mm", "precipitation_probability"):
        assert frame[over].notna().tolist() == [False, True, True, False, True]
    assert frame["interval_hours"].tolist() == [1, 3, 3, 1, 3]
    assert frame["lead_hours"].tolist() == [3, 6, 9, 12, 15]
    by_step = forecast([6, 12, 18], "label: start\n").rows[FORECASTS]
    assert by_step["valid_time"].dt.hour.tolist() == [6, 12, 18, 0]
    assert by_step["precipitation_mm"].notna().tolist() == [False, True, True, True]
    assert set(by_step["interval_hours"][1:]) == {6}
    day = forecast([24], "label: start\ninterval: 24h\n", "precip_mm", "6").rows[FORECASTS]
    assert day["valid_time"].tolist() == [pd.Timestamp("2026-08-05", tz="UTC")]


def test_each_place_and_run_has_its_own_ends_and_rows_set_aside_keep_their_place_in_the_file() -> None:
    lines = ["fetched_at,valid_time,location_id,temp_c,precip_mm"]
    for place, amount in (("denver", 1), ("miami", 5)):
        lines += [
            f"2026-08-03T00:00Z,2026-08-03T0{hour}:00Z,{place},20,{amount + hour}" for hour in (1, 2, 3)
        ]
    lines += ["2026-08-03T00:00Z,2026-08-03T03:00Z,miami,21,9", "2026-08-03T00:00Z,soon,miami,20,2"]
    lines += ["2026-08-03T00:00Z,2026-08-03T09:00Z,miami,20,wet"]
    reading = read("drop_box/forecasts/mine/v1/a.csv", "\n".join([*lines, ""]).encode(), "label: start\n")
    rows = reading.rows[FORECASTS].set_index(["location_id", "valid_time"])["precipitation_mm"]
    assert rows["denver"].dropna().tolist() == [2, 3, 4]
    assert rows["miami"].dropna().tolist()[:2] == [6, 7]
    assert reading.rejected.set_index("row")["column"].to_dict() == {
        5: "valid_time",
        7: "valid_time",
        8: "precip_mm",
    }
