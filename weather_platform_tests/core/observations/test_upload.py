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
from weather_platform_tests.core.observations.texts import LONG, WIDE, long_file, read

WIDE_FILE = """time,place,temp,wind,rain
2026-08-01 00:00,a,50,36,0.1
2026-08-01 01:00,a,32,-9999,n/a
2026-08-01 02:00,a,999,,0
"""


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
