"""A dropped file of any kind, and of none, is a reading."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.contracts.uploads import FEATURE, FEATURES, FORECASTS, OBSERVATIONS, REJECTED
from weather_platform.core.observations.upload import Summary
from weather_platform.core.panel.places_file import read_panel
from weather_platform.core.tables.schema import check
from weather_platform.core.uploads.passed_over import passed_over
from weather_platform.core.uploads.read import read_file
from weather_platform.core.uploads.spec import File, Reading
from weather_platform_tests.core.observations.texts import WIDE

PANEL = read_panel()
WIDE_FILE = b"time,place,temp,wind,rain\n2026-08-01 00:00,a,50,36,0.1\n2026-08-01 01:00,a,no,-9999,n/a\n"


def read(name: str, data: bytes, mapping: str = "", taken_at: datetime | None = None) -> Reading:
    mapping_name = name + ".yaml" if mapping else ""
    return read_file(File("k@000001-00000000", name, data, mapping, mapping_name, PANEL, taken_at))


def test_a_table_needs_to_be_told_what_it_is() -> None:
    reading = read("drop_box/a.csv", WIDE_FILE, WIDE)
    assert len(reading.rows[OBSERVATIONS]) == 1 and reading.readable
    assert reading.rejected["row"].tolist() == [1] and reading.counts["rows_set_aside"] == 1
    missing = read("drop_box/a.csv", WIDE_FILE)
    assert not missing.readable and "a.csv.yaml" in missing.rejected["reason"][0]
    assert "m.yaml" not in read("drop_box/a.csv", WIDE_FILE, "nonsense").rejected["reason"][0]


def test_a_comma_for_the_decimal_sign_is_that_of_positions_and_plain_numbers_too() -> None:
    data = b"time_utc;lat;lon;temp_c\n2026-08-01 00:00;39,75;-105,0;21,5\n2026-08-01 01:00;39.75;-105,0;21\n"
    mapping = 'csv: {delimiter: ";", decimal: ","}'
    rows = read("drop_box/mast/a.csv", data, mapping).rows[OBSERVATIONS]
    assert rows["location_id"].tolist() == ["denver"] and rows["temperature_c"].tolist() == [21.5]
    data = b"fetched_at;valid_time;lat;lon;temp_c;elevation_m\n"
    data += b"2026-08-03T00:00Z;2026-08-03T06:00Z;39,75;-105,0;17,5;1609,3\n"
    rows = read("drop_box/forecasts/mine/v1/a.csv", data, mapping).rows[FORECASTS]
    assert rows[["grid_latitude", "elevation_m"]].to_numpy().tolist() == [[39.75, 1609.3]]


def test_columns_whose_names_say_nothing_are_told() -> None:
    """Found by trying: wind and rain of a weather station went unread without a word, its temperature not."""
    known, others = "place,temp_c,interval_hours", ",windspeedmph,rain 1h,a,b,c,d,"
    for name, times, stamps in (
        ("mast", "time_utc", "2026-08-01 00:00"),
        ("forecasts/mine/v1", "fetched_at,valid_time", "2026-07-31T00:00Z,2026-08-01T00:00Z"),
    ):
        lines = f"{times},{known}{others}\n{stamps},denver,20,1,,,,,,,\n"
        told = read(f"drop_box/{name}/a.csv", lines.encode()).counts
        assert told["columns_not_used"] == "windspeedmph, rain 1h, a, b, c and 1 more"
        lines = f"{times},{known}\n{stamps},denver,20,1\n"
        assert "columns_not_used" not in read(f"drop_box/{name}/a.csv", lines.encode()).counts


def test_rows_of_other_places_stations_codes_and_positions_are_told_with_their_names() -> None:
    data = b"time_utc,place,temp_c\n2026-08-01 00:00,denver,20\n2026-08-01 00:00,nowhere,22\n"
    counts = read("drop_box/mast/a.csv", data).counts
    assert counts["rows_outside_panel"] == 1
    assert counts["note"] == "1 row of places that are not in the panel: nowhere"
    data = b"time_utc,lat,lon,temp_c\n2026-08-01 00:00,39.74,-104.98,20\n2026-08-01 00:00,0,0,22\n"
    counts = read("drop_box/mast/a.csv", data).counts
    assert counts["rows_elsewhere"] == 1 and "1 row at positions" in counts["note"]
    forecast = data.replace(b"time_utc", b"fetched_at,valid_time").replace(
        b"\n2026-08-01 00:00", b"\n2026-07-31T00:00Z,2026-08-01T00:00Z"
    )
    assert read("drop_box/forecasts/mine/v1/a.csv", forecast).counts["rows_elsewhere"] == 1
    mapping = """
source: net
format: long
code_column: code
value_column: value
time: {column: t, zone: UTC}
stations: {column: s, table: {Z1: {locations: [denver]}}}
variables: {temperature_c: {from: 32, unit: °C}}
"""
    rows = [
        f"{station},2026-08-01 0{i}:00,{code},20"
        for i, (station, code) in enumerate(
            [("Z1", 32), ("Z1", 33), *((f"Y{n}", 32) for n in range(6)), ("Y5", 32)]
        )
    ]
    counts = read("drop_box/net/a.csv", "\n".join(["s,t,code,value", *rows, ""]).encode(), mapping).counts
    assert (counts["rows_of_unknown_stations"], counts["rows_of_unmapped_codes"]) == (7, 1)
    assert (
        "7 rows of stations that the mapping does not name: Y5, Y0, Y1, Y2, Y3 and 1 more" in counts["note"]
    )
    assert "1 row of codes that the mapping does not name: 33" in counts["note"]


def test_of_five_names_none_is_left_out() -> None:
    note = passed_over(Summary(unknown_stations=dict.fromkeys("edcba", 1)))["note"]
    assert note == "5 rows of stations that the mapping does not name: a, b, c, d, e"


def test_a_table_is_one_whatever_its_name_ends_in() -> None:
    """Spreadsheets and loggers write .txt: such a table was cut into words."""
    data = b"time_utc\tplace\ttemp_c\n2026-08-01 00:00\tdenver\t20\n"
    assert len(read("drop_box/mast/a.txt", data).rows[OBSERVATIONS]) == 1
    forecast = b"fetched_at,valid_time,site,temp_c\n2026-08-03T00:00Z,2026-08-03T06:00Z,denver,17.5\n"
    assert len(read("drop_box/forecasts/mine/v1/a.TXT", forecast).rows[FORECASTS]) == 1
    folder = File("k", "drop_box/net/b.txt", WIDE_FILE, WIDE, "drop_box/net/mapping.yaml", PANEL)
    assert len(read_file(folder).rows[OBSERVATIONS]) == 1
    for words in (b"KDEN 121853Z 24015KT 10SM 05/02 A3012", b"time, tide, and weather\n", b"\xff\xfe\n"):
        for mapping in ("", "missing: [-999]", "nonsense"):
            file = File("k", "drop_box/net/b.txt", words, mapping, mapping and "drop_box/mapping.yaml", PANEL)
            assert len(read_file(file).rows[FEATURES])


def test_a_spreadsheets_unicode_text_and_its_mapping_are_read() -> None:
    """It has tabs, ends in .txt and is in UTF-16, as is a mapping that an old editor saves as Unicode."""
    data = "time_utc\tplace\ttemp\tNotiz\r\n2026-08-01 00:00\tdenver\t21,5\t20 °C\r\n".encode("utf-16")
    mapping = "variables: {temperature_c: {from: temp, unit: °C}}\ncsv: {decimal: ','}\n"
    for text in (mapping, "\ufeff" + mapping):
        rows = read("drop_box/mast/a.txt", data, text).rows[OBSERVATIONS]
        assert rows["temperature_c"].tolist() == [21.5]
    report = "METAR LFBO 121800Z 24015KT 9999 FEW030 15/12 Q1013=\r\n".encode("utf-16")
    assert read("drop_box/b.txt", report).rows[FEATURES]["temperature_c"].tolist() == [15]


def test_a_mapping_of_the_decimal_sign_alone_leaves_the_delimiter_to_the_header() -> None:
    data = b"time_utc;place;temp_c\n2026-08-01 00:00;denver;21,5\n"
    rows = read("drop_box/mast/a.csv", data, 'csv: {decimal: ","}').rows[OBSERVATIONS]
    assert rows["temperature_c"].tolist() == [21.5]


@pytest.mark.parametrize(("kind", "first"), [("mast", "note"), ("forecasts/mine/v1", "fetched_at")])
def test_who_drops_decimal_commas_is_told_the_line_that_takes_them(kind: str, first: str) -> None:
    """Found by trying: `21,5` was no number, and nothing said why."""
    table = f"{first};time_utc;place;temp_c\n2026-08-01 00:00Z;2026-08-01 06:00;denver;{{}}\n"
    for value, told in (("21,5", True), ("warm", False), ("1,2,3", False)):
        (reason,) = read(f"drop_box/{kind}/a.csv", table.format(value).encode()).rejected["reason"]
        assert reason.startswith("not a number, for temperature_c")
        assert ('`csv: {decimal: ","}`' in reason) == told


def test_a_spreadsheet_is_to_be_saved_as_csv() -> None:
    for begin in (b"PK\x03\x04xl/workbook.xml", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        reason = read("drop_box/mast/a.xlsx", begin).rejected["reason"][0]
        assert "save the sheet as CSV" in reason


def test_a_text_with_a_mapping_of_its_own_is_a_table() -> None:
    assert list(read("drop_box/a.txt", WIDE_FILE, WIDE).rows) == [OBSERVATIONS]
    rows = read("drop_box/a.txt", b"Fog tonight.").rows
    assert list(rows) == [FEATURES] and check(rows[FEATURES], FEATURE).bad.empty
    report = read("drop_box/b.txt", b"KDEN 121853Z 24015KT 10SM OVC030 05/02 A2992").rows[FEATURES]
    assert check(report, FEATURE).bad.empty and report["temperature_c"].tolist() == [5]


names = st.text(max_size=30).map(lambda name: f"drop_box/{name}") | st.sampled_from(
    ["drop_box/a.txt", "x.csv"]
)


@given(names, st.binary(max_size=300) | st.just(WIDE_FILE), st.text(max_size=200) | st.just(WIDE))
def test_nothing_that_is_dropped_makes_reading_fail(name: str, data: bytes, mapping: str) -> None:
    reading = read(name, data, mapping)
    assert check(reading.rejected, REJECTED).bad.empty
    assert reading.readable or not reading.rows


def test_a_file_of_another_kind_is_told_by_its_own_name() -> None:
    (reason,) = read("drop_box/mast/a.csv", b"PK\x03\x04" + bytes(40)).rejected["reason"]
    assert reason.startswith("a zip archive, or a spreadsheet")
