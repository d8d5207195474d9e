"""Readings of other steps than hours, by clocks of their own or near the hour, become rows by UTC's hours."""

import pandas as pd
import pytest

from weather_platform.core.contracts.truth import UPLOADED_OBSERVATION
from weather_platform.core.tables.schema import check
from weather_platform_tests.core.observations.texts import LONG, WIDE, long_file, read

DIRECTIONS = """
source: mine
format: wide
time: {column: time, zone: Asia/Kolkata}
stations: {column: place}
variables: {wind_direction_deg: {from: dir, unit: °}}
"""


def test_half_hours_labelled_by_their_start_become_hours_by_their_end() -> None:
    rows = read(
        long_file(
            *(
                f"A1,2026-08-01T{h}.000,35,{v},V"
                for h, v in [("10:00:00", 1), ("10:30:00", 2), ("11:00:00", 4)]
            ),
            *(
                f"A1,2026-08-01T{h}.000,032,{v},V"
                for h, v in [("10:00:00", 9), ("10:30:00", 10), ("11:00:00", 14)]
            ),
            *(f"A1,2026-08-01T{h}.000,30,{v},V" for h, v in [("10:00:00", 3), ("10:30:00", 4)]),
            *(f"A1,2026-08-01T{h}.000,50,{v},V" for h, v in [("10:00:00", 9), ("10:30:00", 7)]),
        ),
        LONG,
    ).rows
    at_11 = rows[rows["location_id"] == "berlin"].set_index("time").loc["2026-08-01 11:00:00+00:00"]
    assert at_11["precipitation_mm"] == 3  # 10:00-10:30 and 10:30-11:00, not the one that begins at 11
    assert at_11["temperature_c"] == 12  # around: what ends and what begins at 11
    assert at_11["wind_speed_m_s"] == 3.5
    assert at_11["wind_gust_m_s"] == 9
    # The half hour that begins at 11 is known when it has ended.
    assert at_11["known_at"] == pd.Timestamp("2026-08-01 14:30", tz="UTC")


@pytest.mark.parametrize(
    ("offset", "zone", "hour", "share"),
    [
        ("", ", zone: Asia/Kolkata", "2026-07-31T19:00Z", 0.5),
        ("+05:30", "", "2026-07-31T19:00Z", 0.5),
        ("+0545", ", zone: UTC", "2026-07-31T19:00Z", 0.75),
        ("-03:30", "", "2026-08-01T04:00Z", 0.5),
    ],
)
def test_hours_of_a_clock_between_utcs_become_utcs(offset: str, zone: str, hour: str, share: float) -> None:
    """Found by reading: every hourly file of India was refused, and no mapping could mend it."""
    mapping = WIDE.replace(", zone: UTC", zone).replace("°F", "°C").replace("unit: in", "unit: mm")
    lines = [f"2026-08-01 {at:02}:00{offset},a,{20 + 4 * at},36,{8 * (at % 2)}" for at in range(4)]
    parsed = read("\n".join(["time,place,temp,wind,rain", *lines, ""]), mapping)
    rows = parsed.rows
    assert parsed.quarantine.empty and check(rows, UPLOADED_OBSERVATION).bad.empty
    assert rows["time"].tolist() == pd.date_range(hour, periods=3, freq="h").tolist()
    assert rows["temperature_c"].tolist() == pytest.approx([20 + 4 * (at + share) for at in range(3)])
    rain = [8 * share, 8 * (1 - share), 8 * share]
    assert rows["precipitation_mm"].tolist() == pytest.approx(rain)
    assert set(rows["interval_hours"]) == {1} and rows["wind_speed_m_s"].tolist() == pytest.approx([10] * 3)
    # The later of an hour's two readings is known within the hour after it.
    assert (rows["known_at"] - rows["time"] == pd.Timedelta(hours=3)).all()


def test_readings_off_the_hour_by_no_clock_of_their_own_are_asked_about_and_those_on_it_stay() -> None:
    rows = [f"2026-08-01 0{at}:30,a,50,36,0" for at in range(4)]
    assert read("\n".join(["time,place,temp,wind,rain", *rows, ""]), WIDE).rows.empty
    lines = [
        f"2026-08-01 {at},a,{value}" for at, value in (("05:00", 1), ("05:30", 7), ("06:00", 3), ("08:30", 5))
    ]
    found = read("\n".join(["time,place,dir", *lines, ""]), DIRECTIONS)
    assert found.rows["time"].dt.strftime("%H:%M").tolist() == ["00:00", "03:00"]
    assert found.rows["wind_direction_deg"].tolist() == [7, 5]
    assert found.summary.hours_incomplete == 2
    steady = [f"2026-08-01 0{at}:00,a,{350 + at * 5 if at < 2 else 2}" for at in range(3)]
    turned = read("\n".join(["time,place,dir", *steady, ""]), DIRECTIONS).rows
    assert turned["wind_direction_deg"].tolist() == [355, 2]  # not half the way round


def test_half_hours_of_such_a_clock_end_on_utcs_hours_and_wait_for_nothing() -> None:
    lines = [f"2026-08-01 {at},a,{at[3:]}" for at in ("05:00", "05:30", "06:00")]
    rows = read("\n".join(["time,place,dir", *lines, ""]), DIRECTIONS + "interval: 30min\n").rows
    assert rows["time"].tolist() == [pd.Timestamp("2026-08-01T00:00Z")]
    assert rows["known_at"].tolist() == [pd.Timestamp("2026-08-01T02:00Z")]


def test_an_hour_with_a_part_missing_has_no_sum_and_is_counted() -> None:
    parsed = read(
        long_file("B2,2026-08-01 10:00,35,1,V", "B2,2026-08-01 10:30,35,,V", "B2,2026-08-01 11:00,35,2,V"),
        LONG,
    )
    assert parsed.rows.empty
    assert parsed.summary.hours_incomplete == 2


def test_readings_near_the_hour_are_taken_for_it_where_the_mapping_says_so() -> None:
    stamps = ("00:53,a,50", "00:58,a,59", "01:41,a,5")
    text = "time,place,temp,wind,rain\n" + "".join(f"2026-08-01 {stamp},36,0\n" for stamp in stamps)
    parsed = read(text, WIDE + "snap: 10min\n")
    assert parsed.rows["time"].tolist() == [pd.Timestamp("2026-08-01 01:00", tz="UTC")]
    assert parsed.rows["temperature_c"].tolist() == pytest.approx([15])  # 00:58 is nearer than 00:53
    assert parsed.quarantine.empty
    assert parsed.summary.readings_between == 1 + 3  # 01:41's row; 00:53's temperature, wind and rain
    assert len(read(text, WIDE).rows) == 0


@pytest.mark.parametrize(("label", "near"), [("start", "00:33"), ("end", "01:03"), ("start", "00:27")])
def test_of_two_stamps_for_a_step_the_nearer_stands_whatever_the_label(label: str, near: str) -> None:
    exact = "00:30" if label == "start" else "01:00"
    mapping = WIDE + f"label: {label}\ninterval: 30min\nsnap: 5min\n"
    rows = [f"2026-08-01 {exact},a,50,36,0", f"2026-08-01 {near},a,59,36,0"]
    for order in (rows, rows[::-1]):
        parsed = read("\n".join(["time,place,temp,wind,rain", *order, ""]), mapping)
        assert parsed.rows["temperature_c"].tolist() == pytest.approx([10])
        assert parsed.quarantine.empty and parsed.summary.readings_between == 3


def test_three_hourly_amounts_stay_three_hourly() -> None:
    rows = read(
        "time,place,temp,wind,rain\n2026-08-01 03:00,a,50,36,1\n", WIDE + "interval: 3h\nlabel: start\n"
    ).rows
    assert rows["interval_hours"].tolist() == [3]
    assert rows["time"].tolist() == [pd.Timestamp("2026-08-01 06:00", tz="UTC")]
