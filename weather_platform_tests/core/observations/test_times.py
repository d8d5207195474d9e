"""Stamps become the instants they name; a stamp that names none, or two, is told apart and never guessed."""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.observations.mapping import Time
from weather_platform.core.observations.times import (
    REPEATED,
    SKIPPED,
    UNREADABLE,
    ZONELESS,
    Instants,
    instants,
)

ZONES = ("UTC", "Europe/Madrid", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")

WALLS = st.lists(
    st.datetimes(datetime(1980, 1, 1), datetime(2037, 1, 1)),  # noqa: DTZ001 - what a clock on a wall shows
    min_size=1,
    max_size=20,
)


def read(stamps: list[str | None] | pa.Array, **how: object) -> Instants:
    field = stamps if isinstance(stamps, pa.Array) else pa.array(stamps, pa.string())
    return instants([field], Time.model_validate({"column": "t", **how}), np.zeros(len(field), np.int64))


def reasons(found: Instants) -> list[str]:
    return [found.reasons[code] for code in found.fault]


def as_utc(found: Instants) -> list[datetime]:
    return [value.to_pydatetime().replace(tzinfo=UTC) for value in pd.DatetimeIndex(found.time)]


@given(
    WALLS,
    st.sampled_from(ZONES),
)
def test_local_stamps_are_their_instants_unless_clocks_repeat_or_skip_them(
    walls: list[datetime], zone: str
) -> None:
    found = read([wall.isoformat() for wall in walls], zone=zone)
    for wall, time, reason in zip(walls, pd.DatetimeIndex(found.time), reasons(found), strict=True):
        early = wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
        late = wall.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
        if early == late:
            assert reason == "" and time.tz_localize("UTC") == early
        else:
            assert reason == (REPEATED if early < late else SKIPPED) and pd.isna(time)


def test_an_hour_that_clocks_skip_and_one_that_they_repeat_are_told_apart() -> None:
    found = read(["2026-03-29T02:30", "2026-10-25T02:30", "2026-10-25T03:30"], zone="Europe/Madrid")
    assert reasons(found) == [SKIPPED, REPEATED, ""]
    assert np.isnat(found.time).tolist() == [True, True, False]


@given(
    WALLS,
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from([None, *ZONES]),
)
def test_stamps_with_an_offset_keep_it_whatever_the_zone(
    walls: list[datetime], offset: int, zone: str | None
) -> None:
    aware = [wall.replace(tzinfo=timezone(timedelta(minutes=offset))) for wall in walls]
    assert as_utc(read([stamp.isoformat() for stamp in aware], zone=zone)) == [
        s.astimezone(UTC) for s in aware
    ]


@pytest.mark.filterwarnings("error::FutureWarning")
@pytest.mark.parametrize("zone", [None, "Asia/Kathmandu"])
def test_an_offset_is_seen_in_every_form_of_iso_8601(zone: str | None) -> None:
    forms = ["2026-08-01T12Z", "2026-08-01T14+02", "2026-08-01 14+02:00", "20260801T1200Z"]
    forms += ["20260801T143000+0230", "2026-08-01T12:00:00.000Z", "2026-08-01T07:00-05", "20260801T12Z"]
    forms += ["2026-08-01 7:00-5", "2026-08-01 12:00 +00"]
    noon = datetime(2026, 8, 1, 12, tzinfo=UTC)
    assert as_utc(read(forms, zone=zone)) == [noon] * len(forms)
    assert [as_utc(read([form], zone=zone)) for form in forms] == [[noon]] * len(forms)
    dates = read(["2026-08-01", "20260801"], zone=zone)
    assert reasons(dates) == ["" if zone else ZONELESS] * 2


def test_a_stamp_without_end_is_unreadable_at_once() -> None:
    """Looking for an offset from every T would take minutes here."""
    stamps = ["T1" * 50_000, " 1" * 50_000 + "x", "2026-08-01T12:00" + " " * 50_000 + "1"]
    assert reasons(read(stamps, zone="UTC")) == [UNREADABLE] * 3


def test_a_stamp_without_end_is_unreadable_at_once_by_a_layout_too() -> None:
    stamps = ["Sat Aug 1 " + each * 20_000 for each in ("1", "a ", " ", "Aug 1 ")]
    assert reasons(read(list(stamps), zone="UTC", format="%a %b %d %H:%M:%S %p %Y")) == [UNREADABLE] * 4


def test_the_repeated_hour_is_told_by_order_where_the_mapping_allows_it() -> None:
    stamps = [
        "2026-10-25 01:30",
        "2026-10-25 02:00",
        "2026-10-25 02:30",
        "2026-10-25 02:00",
        "2026-10-25 02:30",
    ]
    found = read(stamps, zone="Europe/Madrid", repeated_hour="in_order")
    assert [time.strftime("%H:%M") for time in as_utc(found)] == ["23:30", "00:00", "00:30", "01:00", "01:30"]
    assert reasons(read(stamps, zone="Europe/Madrid"))[1:] == [REPEATED] * 4
    # One alone could be either.
    assert reasons(read(stamps[:2], zone="Europe/Madrid", repeated_hour="in_order")) == ["", REPEATED]


def test_series_of_several_stations_each_have_their_own_order() -> None:
    field = pa.array(["2026-10-25 02:00"] * 4)
    how = Time(column="t", zone="Europe/Madrid", repeated_hour="in_order")
    found = instants([field], how, np.array([0, 1, 0, 1]))
    assert [time.hour for time in as_utc(found)] == [0, 0, 1, 1]


def test_a_zone_is_never_assumed() -> None:
    assert reasons(read(["2026-08-01 10:00", "2026-08-01T10:00Z"])) == [ZONELESS, ""]


def test_what_is_no_time_is_told() -> None:
    found = read(["2026-02-30 10:00", "soon", "", None, "2026-08-01 10:00"], zone="UTC")
    assert reasons(found) == [UNREADABLE] * 4 + [""]


def test_nanoseconds_are_cut_to_microseconds() -> None:
    stamps = pa.array([1_785_542_400_000_000_001, 1_785_542_400_000_001_999, None], pa.timestamp("ns", "UTC"))
    found = read(stamps)
    assert as_utc(found)[:2] == [
        datetime(2026, 8, 1, tzinfo=UTC),
        datetime(2026, 8, 1, tzinfo=UTC) + timedelta(microseconds=1),
    ]
    assert reasons(found) == ["", "", UNREADABLE]


def test_other_layouts() -> None:
    noon = datetime(2026, 8, 1, 12, tzinfo=UTC)
    assert as_utc(read(["01/08/2026 2 PM"], zone="Europe/Madrid", format="%d/%m/%Y %I %p")) == [noon]
    assert as_utc(read(["01/08/2026 14-00"], zone="Europe/Madrid", format="%d/%m/%Y %H-%M")) == [noon]
    assert as_utc(read(["01/08/2026 12:00Z"], zone="Europe/Madrid", format="%d/%m/%Y %H:%MZ")) == [noon]
    assert as_utc(read([str(noon.timestamp())], format="unix")) == [noon]
    assert as_utc(read(pa.array([int(noon.timestamp()) * 1000]), format="unix_ms")) == [noon]
    assert as_utc(read(pa.array([noon], pa.timestamp("ns", "Asia/Kathmandu")))) == [noon]
    assert as_utc(read(pa.array([noon.replace(tzinfo=None)], pa.timestamp("s")), zone="UTC")) == [noon]
    assert reasons(read(["1e400", "x"], format="unix")) == [UNREADABLE] * 2


@pytest.mark.parametrize("layout", ["%d.%m.%Y %Z %H:%M", "%d.%m.%Y %z %H:%M", "%d.%m.%Y %H:%M %Z"])
def test_a_zone_that_stands_in_the_stamp_is_its_own_wherever_it_stands(layout: str) -> None:
    stamp = layout.replace("%d.%m.%Y", "01.08.2026").replace("%H:%M", "06:00")
    for written, hour in (("UTC", 6), ("EST", 11)):
        text = stamp.replace("%Z", written).replace("%z", f"-{hour - 6:02}00")
        found = read([text], zone="Asia/Kathmandu", format=layout)
        assert found.time.tolist() == [datetime(2026, 8, 1, hour)]  # noqa: DTZ001 - as NumPy has it


def test_numbers_that_nothing_parts_have_all_their_digits() -> None:
    """Times of day as whole numbers: 100 is one o'clock to whoever wrote it, and was read as ten."""
    found = read(["20260801 0100", "20260801 100", "20260801 1300"], zone="UTC", format="%Y%m%d %H%M")
    assert reasons(found) == ["", UNREADABLE, ""] and as_utc(found)[0].hour == 1
    for stamp, layout in (("2026811", "%Y%m%d"), ("202608016", "%Y%m%d%H"), ("26213100", "%y%j%H%M")):
        assert reasons(read([stamp], zone="UTC", format=layout)) == [UNREADABLE]
    six = datetime(2026, 8, 1, 6, tzinfo=UTC)
    for stamp, layout in (
        ("1.8.2026 6:0", "%d.%m.%Y %H:%M"),
        ("2026213060000.5", "%Y%j%H%M%S.%f"),
        ("2026080106Z", "%Y%m%d%HZ"),
        ("Sat Aug 1 06:00:00 2026", "%a %b %d %H:%M:%S %Y"),
        ("20260801  0600", "%Y%m%d %H%M"),
        ("Sat Aug  1 06:00:00 2026", "%a %b %d %H:%M:%S %Y"),
        ("01Aug2026:06:00:00", "%d%b%Y:%H:%M:%S"),
        ("100% 20260801 6AM", "100%% %Y%m%d %I%p"),
    ):
        assert as_utc(read([stamp], zone="UTC", format=layout))[0].replace(microsecond=0) == six


def test_months_and_years_are_no_instants() -> None:
    found = read(["2026", "2026-08", "2026/8", "20260801", "2026-08-01"], zone="UTC")
    assert reasons(found) == [UNREADABLE] * 3 + [""] * 2


def test_date_and_time_in_two_columns() -> None:
    how = Time(column=["d", "t"], zone="UTC")
    found = instants([pa.array(["2026-08-01"]), pa.array(["12:30"])], how, np.zeros(1, np.int64))
    assert as_utc(found) == [datetime(2026, 8, 1, 12, 30, tzinfo=UTC)]


def test_a_damaged_offset_spoils_its_own_stamp_only() -> None:
    found = read(["2026-08-01T00:00", "2026-08-01T02:2:00+02:00", "2026-08-01T02:00+02:00"], zone="UTC")
    assert reasons(found) == ["", UNREADABLE, ""]
    assert as_utc(found)[0] == as_utc(found)[2] == datetime(2026, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("layout", "stamps"),
    [
        (None, ["2026-07-31T24:00", "2026-07-31 24:00:00", "2026-07-31T24", "2026-07-31T24:00:00.000"]),
        ("%d.%m.%Y %H:%M", ["31.07.2026 24:00"]),
        ("%Y%m%d %H", ["20260731 24"]),
        ("%d/%b (%Y)\t%H.%M", ["31/Jul (2026)\t24.00"]),
        ("%Y%m%d%H%M", ["202607312400"]),
        ("%m/%d/%Y %H:%M:%S", ["07/31/2026 24:00:00"]),
        ("%m/%d/%Y %H:%M:%S.%f", ["07/31/2026 24:00:00.000000"]),
    ],
)
def test_the_hour_24_ends_its_day(layout: str | None, stamps: list[str]) -> None:
    """Found by trying: of files that count hours from 1 to 24 the last of each day was set aside."""
    found = read(stamps, format=layout, zone="Europe/Berlin")
    assert as_utc(found) == [datetime(2026, 7, 31, 22, tzinfo=UTC)] * len(stamps)
    past = [re.sub("24(.?)00", r"24\g<1>01", stamp) for stamp in stamps if stamp[-2:] != "24"]
    past += [re.sub("00$", "30", stamp) for stamp in stamps if stamp.endswith(":00") or ".0" in stamp]
    assert reasons(read(past, format=layout, zone="UTC")) == [UNREADABLE] * len(past)


def test_the_hour_24_of_a_stamp_with_an_offset_and_of_no_day() -> None:
    found = read(
        ["2026-07-31T24:00Z", "2026-07-31T24:00+02:00", "2026-02-30T24:00Z", "24:00Z", "2024-24-24T24Z"]
    )
    assert as_utc(found)[:2] == [datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 7, 31, 22, tzinfo=UTC)]
    assert reasons(found)[2:] == [UNREADABLE] * 3
    day = read(["24.12.2024 23:00", "24.12.2024 24:00"], format="%d.%m.%Y %H:%M", zone="UTC")
    assert as_utc(day) == [datetime(2024, 12, 24, 23, tzinfo=UTC), datetime(2024, 12, 25, tzinfo=UTC)]
