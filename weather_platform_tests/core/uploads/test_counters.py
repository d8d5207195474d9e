"""Amounts that run on, of a counter or since the start of a run, are asked about."""

from weather_platform.core.contracts.uploads import FORECASTS, OBSERVATIONS
from weather_platform.core.uploads.spec import Reading
from weather_platform_tests.core.uploads.dropped import rained, stamps
from weather_platform_tests.core.uploads.test_read import read


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


def test_a_counter_that_runs_on_is_asked_about() -> None:
    def counted(amounts: list[float], mapping: str = "") -> Reading:
        return rained(stamps("2026-08-01", len(amounts), "1h"), amounts, mapping)

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
