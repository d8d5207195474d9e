"""Amounts of forecasts are over the step of their feed, run and place, as those of observations are."""

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
