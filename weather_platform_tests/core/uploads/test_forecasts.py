"""Forecasts in the contract's columns are read as such; what is wrong in them is set aside alone."""

import io
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.contracts.uploads import FORECASTS, REJECTED, UPLOADED_FORECAST
from weather_platform.core.tables.schema import check
from weather_platform.core.uploads.feeds import as_feeds
from weather_platform.core.uploads.spec import Reading
from weather_platform_tests.core.uploads.test_read import PANEL, read

PLACE = PANEL["location_id"].iloc[0]
HEADER = "feed,location_id,fetched_at,valid_time,temperature_c,precipitation_mm"
ROW = f"mine/v1,{PLACE},2026-08-01T07:00Z,2026-08-01T12:00Z,20.5,0.2"


TAKEN_AT = datetime(2026, 8, 1, 8, 30, tzinfo=UTC)


def lines(*rows: str, header: str = HEADER, taken_at: datetime | None = None) -> Reading:
    return read("drop_box/f.csv", "\n".join([header, *rows, ""]).encode(), taken_at=taken_at)


def test_rows_are_by_the_contract_with_what_follows_from_others() -> None:
    rows = lines(ROW).rows[FORECASTS]
    assert check(rows, UPLOADED_FORECAST).bad.empty
    (row,) = rows.to_dict("records")
    assert (row["provider"], row["model"], row["feed"]) == ("mine", "v1", "mine/v1")
    assert row["cycle"] == pd.Timestamp("2026-08-01T06Z") and row["lead_hours"] == 5
    assert row["latitude"] == PANEL["latitude"].iloc[0] and row["interval_hours"] == 1
    assert (row["temperature_c"], row["precipitation_mm"]) == (20.5, 0.2)
    assert row["upload"] == "k@000001-00000000"


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        (("T12:00Z", "T12:00"), "valid_time", "no UTC offset"),
        (("2026-08-01T07:00Z", "soon"), "fetched_at", "not a time"),
        (("20.5", "mild"), "temperature_c", "not a number"),
        (("20.5", "205"), "temperature_c", "outside -95 to 65 once in its unit"),
        ((PLACE, "nowhere"), "latitude", "missing"),
        ((PLACE, ""), "location_id", "a place is missing"),
    ],
)
def test_what_is_wrong_is_set_aside_with_its_reason(
    change: tuple[str, str], column: str, reason: str
) -> None:
    reading = lines(ROW.replace(*change), ROW.replace("v1", "v2"))
    assert check(reading.rejected, REJECTED).bad.empty and reading.readable
    faults = reading.rejected[reading.rejected["column"] == column]
    assert faults["row"].tolist() == [0] and reason in faults["reason"].iloc[0]
    assert "mine/v2" in reading.rows[FORECASTS]["feed"].tolist()


def test_past_hours_are_dropped_and_repeated_keys_set_aside() -> None:
    reading = lines(ROW, ROW.replace("20.5", "21"), ROW.replace("T12:00", "T06:00"))
    assert reading.rows[FORECASTS]["temperature_c"].tolist() == [21]
    assert reading.counts["past_hours_dropped"] == 1
    assert reading.rejected["row"].tolist() == [0]


def test_of_a_cycles_rows_with_one_key_the_newest_fetched_is_kept() -> None:
    reading = lines(ROW, ROW.replace("07:00", "06:30").replace("20.5", "19"))
    assert reading.rows[FORECASTS]["temperature_c"].tolist() == [20.5]
    assert reading.rejected["row"].tolist() == [1]


def test_each_row_is_counted_once() -> None:
    now, twice = ROW.replace("T12", "T07"), ROW.replace("20.5,0.2", "mild,wet").replace("T12", "T13")
    silent = ROW.replace("T12", "T06").replace("20.5,0.2", ",")
    reading = lines(now, twice, f"{ROW},7", silent, ROW.replace("2026-08-01T07:00Z", ""))
    assert reading.rows[FORECASTS]["lead_hours"].tolist() == [0]
    assert {name: count for name, count in reading.counts.items() if name != "kind"} == {
        "rows_read": 5,
        "rows_set_aside": 3,
        "past_hours_dropped": 1,
        "rows_without_values": 0,
    }
    assert sorted(set(reading.rejected["row"])) == [1, 2, 4]


POINTS = HEADER.replace("location_id", "lat,lon")
LATITUDE, LONGITUDE = PANEL[["latitude", "longitude"]].iloc[0]


def test_rows_at_points_are_those_of_the_nearest_place_and_further_points_are_counted() -> None:
    east = ROW.replace(PLACE, f"{LATITUDE},{LONGITUDE + 360}")
    reading = lines(
        east,
        east.replace(str(LATITUDE), "north").replace("T12", "T13"),
        east.replace(str(LATITUDE), "1.0").replace("T12", "T14"),
        header=POINTS,
    )
    (row,) = reading.rows[FORECASTS].to_dict("records")
    assert (row["location_id"], row["longitude"], row["grid_latitude"]) == (PLACE, LONGITUDE, LATITUDE)
    assert row["grid_longitude"] == pytest.approx(LONGITUDE)
    assert (reading.counts["rows_set_aside"], reading.counts["rows_elsewhere"]) == (1, 1)


def test_further_columns_of_the_contract_are_taken_with_a_comma_for_a_point() -> None:
    header = f"{HEADER},latitude,longitude,grid_longitude,elevation_m,weather_code"
    rows = [f"{ROW},61.5,-150,210.5,94.6, rain_3 ", f"{ROW.replace('T12', 'T13')},,,180,,"]
    data = "\n".join([header, *rows, ""]).replace(",", ";").replace(".", ",").encode()
    first, second = read("drop_box/f.csv", data, 'csv: {decimal: ","}').rows[FORECASTS].to_dict("records")
    assert (first["latitude"], first["longitude"], first["grid_longitude"]) == (61.5, -150, -149.5)
    assert (first["elevation_m"], first["weather_code"], first["temperature_c"]) == (94.6, "rain_3", 20.5)
    assert (second["latitude"], second["longitude"]) == (LATITUDE, LONGITUDE)
    assert second["grid_longitude"] == 180


@pytest.mark.parametrize("feed", ["open_meteo/gfs_seamless", "mine", "../x", "A/b"])
def test_a_name_that_is_taken_or_none_is_refused(feed: str) -> None:
    reading = lines(ROW, ROW.replace("mine/v1", feed))
    assert not reading.readable and repr(feed)[1:-1] in reading.rejected["reason"][0]


@pytest.mark.parametrize("feed", ["my__own/model", "my_own_/model"])
def test_a_name_that_would_come_back_as_another_is_refused_with_one_that_does_not(feed: str) -> None:
    reading = lines(ROW.replace("mine/v1", feed))
    assert not reading.readable
    assert f"feed {feed!r}: " in reading.rejected["reason"][0]
    assert reading.rejected["reason"][0].endswith("; call it my_own/model")


def test_provider_and_model_may_stand_apart_and_marks_of_the_file_are_no_numbers() -> None:
    data = "\n".join([HEADER, ROW, ROW.replace("20.5", "-999").replace("T12", "T13"), ""])
    data = data.replace("feed,", "provider,model,").replace("mine/v1", "mine,v1")
    reading = read("drop_box/f.csv", data.encode(), 'missing: ["-999"]')
    assert reading.rejected.empty
    rows = reading.rows[FORECASTS]
    assert rows[["feed", "provider", "model"]].to_numpy().tolist() == [["mine/v1", "mine", "v1"]] * 2
    assert rows["temperature_c"].fillna(0).tolist() == [20.5, 0]
    undated = data.replace("fetched_at,", "").replace("2026-08-01T07:00Z,", "").encode()
    assert len(read("drop_box/f.csv", undated, 'missing: ["-999"]', TAKEN_AT).rows[FORECASTS]) == 2


def test_of_two_columns_of_one_variable_a_mapping_chooses() -> None:
    data = f"{HEADER},temp_c\n{ROW},7\n".encode()
    assert "are all temperature_c: choose one" in read("drop_box/f.csv", data).rejected["reason"][0]
    chosen = read("drop_box/f.csv", data, "variables: {temperature_c: {from: temp_c, unit: °C}}")
    assert chosen.rows[FORECASTS]["temperature_c"].tolist() == [7]


def test_a_field_that_a_mapping_of_forecasts_does_not_have_is_named_in_plain_words() -> None:
    for mapping, said in (
        ("snap: 10min", "snap: Extra inputs"),
        ("csv: {delimiter: ab}", "csv: delimiter: "),
    ):
        reading = read("drop_box/f.csv", "\n".join([HEADER, ROW, ""]).encode(), mapping)
        (reason,) = reading.rejected["reason"]
        assert reason.startswith(f"drop_box/f.csv.yaml: {said}") and "pydantic" not in reason


def test_a_parquet_of_contract_rows_comes_back_as_it_went() -> None:
    rows = lines(ROW, ROW.replace("T12", "T13")).rows[FORECASTS]
    sink = io.BytesIO()
    rows.drop(columns="upload").to_parquet(sink)
    again = read("drop_box/f.parquet", sink.getvalue())
    assert again.rejected.empty
    pd.testing.assert_frame_equal(again.rows[FORECASTS], rows)


def test_a_file_that_does_not_say_when_is_known_when_it_was_taken_in() -> None:
    header, row = HEADER.replace("fetched_at,", ""), ROW.replace("2026-08-01T07:00Z,", "")
    rows = lines(row, row.replace("T12:00", "T08:00"), header=header, taken_at=TAKEN_AT).rows[FORECASTS]
    assert rows["fetched_at"].tolist() == [TAKEN_AT] and rows["reconstructed_from"].isna().all()
    assert "drop it again" in lines(row, header=header).rejected["reason"][0]


def test_no_file_can_claim_to_have_known_before_it_could() -> None:
    later = ROW.replace("07:00Z", "08:36Z").replace("v1", "v2")
    reading = lines(ROW, later, ROW.replace("T12", "T08"), taken_at=TAKEN_AT)
    rows = reading.rows[FORECASTS]
    assert rows["reconstructed_from"].fillna("").tolist() == ["uploaded", ""], "08:00 was over at 08:30"
    assert reading.rejected["row"].tolist() == [1]
    now = lines(ROW.replace("T12:00", "T08:30"), taken_at=TAKEN_AT).rows[FORECASTS]
    assert now["reconstructed_from"].isna().all()
    assert lines(ROW.replace("07:00Z", "08:34Z"), taken_at=TAKEN_AT).rejected.empty, "clocks differ"
    assert "nobody can have fetched it yet" in reading.rejected["reason"][0]


def test_what_was_issued_after_its_fetch_is_set_aside_and_what_says_nothing_is_no_row() -> None:
    header = HEADER.replace("temperature", "issue_time,temperature")
    issued = ROW.replace(",20.5", ",2026-08-01T0{}:00Z,20.5")
    rows = [issued.format(7), issued.format(8), issued.format(6).replace("20.5,0.2", ",")]
    reading = lines(*rows, header=header)
    assert reading.rows[FORECASTS]["issue_time"].tolist() == [pd.Timestamp("2026-08-01T07Z")]
    assert reading.rejected[["row", "reason"]].to_numpy().tolist() == [
        [1, "issued after it was fetched"],
    ]
    assert reading.counts["rows_without_values"] == 1


def cycles(*hours: int) -> list[datetime]:
    return [datetime(2026, 8, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in hours]


def test_of_several_files_the_newest_fetched_stands_and_then_the_last() -> None:
    rows = lines(ROW).rows[FORECASTS]
    first = rows.assign(upload="z@000009-0")
    old = rows.assign(upload="a@000011-0", temperature_c=2.0, fetched_at=pd.Timestamp("2026-08-01T06Z"))
    late = rows.assign(upload="a@000010-0", temperature_c=1.0)
    (said,) = as_feeds(pd.concat([late, first, old], ignore_index=True), cycles(6)).to_dict("records")
    assert said["temperature_c"] == 1 and said["lead_hours"] == 5
    assert as_feeds(rows.head(0), cycles(6)).empty


def test_a_feed_of_files_says_for_a_day_what_its_newest_file_said() -> None:
    rows = lines(ROW, ROW.replace("01T12", "03T00")).rows[FORECASTS]
    said = as_feeds(rows, cycles(0, 6, 12, 18, 24, 30, 36))
    assert check(said, FORECAST).bad.empty
    last = said[said["valid_time"] == pd.Timestamp("2026-08-03T00Z")]
    assert last["cycle"].tolist() == cycles(6, 12, 18, 24, 30)
    assert last["fetched_at"].tolist() == [pd.Timestamp("2026-08-01T07Z"), *cycles(12, 18, 24, 30)]
    assert last["lead_hours"].tolist() == [41, 36, 30, 24, 18]
    assert (said["lead_hours"] >= 0).all(), "noon is said at six and at noon"
    newer = rows.assign(fetched_at=pd.Timestamp("2026-08-01T13Z"), cycle=pd.Timestamp("2026-08-01T12Z"))
    both = as_feeds(pd.concat([rows, newer.assign(temperature_c=9.0)], ignore_index=True), cycles(6, 12, 18))
    assert both.groupby("cycle")["temperature_c"].max().tolist() == [20.5, 9, 9]


def test_hours_of_a_clock_half_an_hour_off_are_used() -> None:
    """A model run for Delhi speaks of 00:30 UTC: its values were kept, and never compared with anything."""
    reading = lines(
        *(ROW.replace("T12:00", f"T{hour}:30").replace("20.5", f"{hour}") for hour in (11, 12, 13))
    )
    rows = reading.rows[FORECASTS]
    assert rows["valid_time"].tolist() == [pd.Timestamp("2026-08-01T12Z"), pd.Timestamp("2026-08-01T13Z")]
    assert rows["temperature_c"].tolist() == [11.5, 12.5] and check(rows, UPLOADED_FORECAST).bad.empty
    assert (reading.counts["hours_interpolated"], reading.counts["rows_unpaired"]) == (2, 1)
    assert "note" not in reading.counts


def test_a_file_whose_times_are_all_between_those_compared_is_told_of() -> None:
    reading = lines(ROW.replace("T12:00", "T13:00"), ROW.replace("T12:00", "T16:00"))
    assert "none is 00, 03, … 21 UTC" in str(reading.counts["note"])
    for hours in (("12", "13"), ("12", "15"), ("13",), ("13", "14")):
        assert "note" not in lines(*(ROW.replace("T12", f"T{hour}") for hour in hours)).counts


@settings(max_examples=40)
@given(st.lists(st.text(alphabet='mine/v1, 2026-08T:Z."\n', max_size=60), max_size=5), st.booleans())
def test_every_row_is_read_dropped_or_set_aside(rows: list[str], good: bool) -> None:
    reading = lines(*rows, *([ROW] if good else []))
    if reading.readable:
        assert check(reading.rows[FORECASTS], UPLOADED_FORECAST).bad.empty
        there = len(reading.rows[FORECASTS]) + int(reading.counts["past_hours_dropped"])
        there += int(reading.counts["rows_without_values"]) + int(reading.counts.get("rows_unpaired", 0))
        assert there + int(reading.counts["rows_set_aside"]) == int(reading.counts["rows_read"])
