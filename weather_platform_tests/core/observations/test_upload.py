"""Files of observations become contract rows; what cannot be read is set aside, nothing good with it."""

import gzip
import io
import json
import math

import pandas as pd
import pytest
import zstandard

from weather_platform.core.contracts.forecast import QUARANTINE
from weather_platform.core.contracts.truth import UPLOADED_OBSERVATION
from weather_platform.core.observations.table import ObservationFileError
from weather_platform.core.tables.schema import check
from weather_platform_tests.core.observations.texts import LONG, WIDE, read

WIDE_FILE = """time,place,temp,wind,rain
2026-08-01 00:00,a,50,36,0.1
2026-08-01 01:00,a,32,-9999,n/a
2026-08-01 02:00,a,999,,0
"""


DIRECTIONS = """
source: mine
format: wide
time: {column: time, zone: Asia/Kolkata}
stations: {column: place}
variables: {wind_direction_deg: {from: dir, unit: °}}
"""


def long_file(*rows: str) -> str:
    return "\n".join(["station,stamp,code,value,flag", *rows, ""])


def test_wide_rows_come_in_contract_units_with_missing_as_missing() -> None:
    parsed = read(WIDE_FILE, WIDE)
    rows = parsed.rows
    assert check(rows, UPLOADED_OBSERVATION).bad.empty
    assert rows["temperature_c"].tolist()[:2] == pytest.approx([10, 0])
    assert rows["wind_speed_m_s"][0] == pytest.approx(10)
    assert rows["precipitation_mm"].tolist()[0::2] == pytest.approx([2.54, 0])
    assert rows[["wind_speed_m_s", "precipitation_mm"]].loc[1].isna().all()
    assert math.isnan(rows["temperature_c"][2])
    assert set(rows["quality"]) == {"unchecked"}
    assert set(rows["source"]) == {"mine"} and set(rows["upload"]) == {"u"}
    assert (rows["known_at"] - rows["time"] == pd.Timedelta(hours=2)).all()
    assert parsed.quarantine.empty


def test_a_bad_field_is_set_aside_with_place_and_reason_and_the_rest_of_its_row_stays() -> None:
    parsed = read(
        "time,place,temp,wind,rain\n"
        "2026-08-01 00:00,a,warm,36,0\n"
        "noon,a,50,36,0\n"
        "2026-08-01 02:00,a,500,36,0\n"
        "2026-08-01 03:00,a,50,-3,0\n"
        "2026-08-01 03:30,a,50,3,0\n"
        "2026-08-01 04:00,a,50\n"
        "2026-08-01 05:00,a,inf,0x10,0\n",
        WIDE,
    )
    found = parsed.quarantine.set_index("row")
    assert check(parsed.quarantine, QUARANTINE).bad.empty
    assert check(parsed.rows, UPLOADED_OBSERVATION).bad.empty
    assert found["value"][0] == "warm" and "not a number, for temperature_c" in found["reason"][0]
    assert found["column"][1] == "time" and found["value"][1] == "noon"
    assert "outside -95 to 65" in found["reason"][2]
    assert "outside 0 to 120" in found["reason"][3]
    assert "step" in found["reason"][4]
    assert "fields" in found["reason"][5]
    assert set(found["column"][6]) == {"temp", "wind"}
    assert json.loads(found["record"][0])["wind"] == "36"
    assert parsed.summary.rows_quarantined == 7 and parsed.summary.rows_read == 7
    assert parsed.rows["time"].dt.hour.tolist() == [0, 2, 3, 5]
    assert parsed.rows["wind_speed_m_s"].tolist()[:2] == pytest.approx([10, 10])
    assert math.isnan(parsed.rows["temperature_c"][0])


def test_what_is_set_aside_is_cut_and_a_point_is_no_decimal_where_commas_are() -> None:
    semicolons = WIDE + "csv: {delimiter: ';', decimal: ','}\n"
    long = "x" * 9000
    parsed = read(
        f"time;place;temp;wind;rain\n2026-08-01 00:00;a;50,5;1.013;{long}\n2026-08-01 01:00;{long};1\n",
        semicolons,
    )
    assert parsed.rows["temperature_c"].tolist() == pytest.approx([10.2778], abs=1e-3)
    found = parsed.quarantine.set_index("column")
    assert set(found.index) == {"wind", "rain", ""}
    assert found["value"].str.len().max() == 200 and found["record"].str.len().max() == 4000
    assert found["record"].str.len()[""] == 4000


def test_a_row_is_as_good_as_the_worst_of_its_values() -> None:
    for marks in ("SV", "VS"):
        stamps = ("10:00:00", "10:30:00")
        text = long_file(
            *(
                f"A1,2026-08-01T{stamp}.000,{code},1,{mark}"
                for code, mark in zip(("35", "50"), marks, strict=True)
                for stamp in stamps
            )
        )
        assert set(read(text, LONG).rows["quality"]) == {"suspect"}


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


def test_a_station_serves_all_its_places_at_their_distance() -> None:
    rows = read(
        long_file("A1,2026-08-01 10:00,35,1,V", "A1,2026-08-01 10:30,35,1,V"), LONG, with_panel=True
    ).rows.set_index("location_id")
    assert set(rows["station_id"]) == {"A1"}
    assert rows["distance_km"]["berlin"] < 5
    assert rows["distance_km"]["cape-town"] == pytest.approx(9610, abs=60)


def test_unknown_stations_and_codes_are_counted_and_not_set_aside() -> None:
    parsed = read(
        long_file(
            "A1,2026-08-01 10:00,35,1,V",
            "A1,2026-08-01 10:30,35,1,V",
            "Z9,never,35,1,V",
            "A1,2026-08-01 10:30,99,high,V",
        ),
        LONG,
        with_panel=True,
    )
    assert parsed.summary.unknown_stations == {"Z9": 1}
    assert parsed.summary.unmapped_codes == {"99": 1}
    assert parsed.quarantine.empty
    assert len(parsed.rows) == 2


def test_quality_marks_are_translated_and_rejected_readings_left_out() -> None:
    parsed = read(
        long_file(
            *(f"A1,2026-08-01 {t},35,1,{flag}" for t, flag in [("10:00", "V"), ("10:30", "S")]),
            *(f"A1,2026-08-01 {t},35,1,{flag}" for t, flag in [("11:00", "V"), ("11:30", "V")]),
            *(f"A1,2026-08-01 {t},35,1,{flag}" for t, flag in [("12:00", "V"), ("12:30", "N")]),
            *(f"A1,2026-08-01 {t},35,1,{flag}" for t, flag in [("13:00", "V"), ("13:30", "?")]),
        ),
        LONG,
    )
    quality = parsed.rows[parsed.rows["location_id"] == "berlin"].set_index("time")["quality"]
    assert quality.tolist() == ["suspect", "good", "unchecked"]
    assert parsed.summary.readings_rejected == 1


def test_repeated_readings_are_counted_and_contradicting_ones_set_aside() -> None:
    text = "time,place,temp,wind,rain\n" + "2026-08-01 00:00,a,50,36,0\n" * 2 + "2026-08-01 00:00,a,59,36,0\n"
    parsed = read(text, WIDE)
    assert parsed.rows["temperature_c"].tolist() == pytest.approx([15])  # the last in the file
    assert parsed.quarantine["row"].tolist() == [0, 1]
    assert parsed.summary.readings_repeated == 4  # wind and rain, twice each


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


def test_every_container_gives_the_same_rows() -> None:
    plain = read(WIDE_FILE, WIDE)
    table = pd.read_csv(io.StringIO(WIDE_FILE), na_values=["n/a"])
    table["time"] = pd.to_datetime(table["time"])
    parquet = io.BytesIO()
    table.to_parquet(parquet)
    packed = [gzip.compress(WIDE_FILE.encode()), zstandard.compress(WIDE_FILE.encode()), parquet.getvalue()]
    for data in packed:
        pd.testing.assert_frame_equal(read(data, WIDE).rows, plain.rows)


def test_yes_and_no_are_no_numbers() -> None:
    table = pd.DataFrame({"time": ["2026-08-01 00:00"] * 2, "place": ["a", "b"], "temp": [True, None]})
    parquet = io.BytesIO()
    table.assign(wind=36.0, rain=0.0).to_parquet(parquet)
    parsed = read(parquet.getvalue(), WIDE)
    assert parsed.rows["temperature_c"].isna().all() and parsed.quarantine["value"].tolist() == ["true"]


def test_european_layout() -> None:
    text = "Messung\nZeit;Ort;Temp\n01.08.2026 02:00;a;12,5\n01.08.2026 03:00;b;1.234,5\n".encode("latin-1")
    mapping = (
        "source: mine\nformat: wide\ntime: {column: Zeit, zone: Europe/Berlin, format: '%d.%m.%Y %H:%M'}\n"
        "stations: {column: Ort}\nvariables: {temperature_c: {from: Temp, unit: °C}}\n"
        "csv: {delimiter: ;, decimal: ',', encoding: latin-1, skip_rows: 1}\n"
    )
    parsed = read(text, mapping)
    assert parsed.rows["temperature_c"].tolist() == [12.5]
    assert parsed.rows["time"].tolist() == [pd.Timestamp("2026-08-01 00:00", tz="UTC")]
    assert parsed.quarantine["value"].tolist() == [
        "1.234,5"
    ]  # a dot is no thousands mark that could be trusted


def test_a_file_of_one_station_needs_no_station_column() -> None:
    mapping = WIDE.replace("stations: {column: place}", "stations: {table: {S: {locations: [here]}}}")
    rows = read("time,temp,wind,rain\n2026-08-01,50,36,0\n", mapping).rows
    assert rows[["location_id", "station_id"]].to_numpy().tolist() == [["here", "S"]]


def test_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(ObservationFileError, match=r"no column 'rain'.*the file has time, place, temp, wind"):
        read("time,place,temp,wind\n", WIDE)
