"""Columns are known by the names that people give them; where those are not enough, it is said what is."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.contracts.uploads import OBSERVATIONS
from weather_platform.core.quantities.units import affine
from weather_platform.core.quantities.variables import WEATHER
from weather_platform.core.uploads.synonyms import VARIABLES, Meaning, meanings
from weather_platform_tests.core.uploads.test_read import read


def rows(text: str, mapping: str = "", name: str = "drop_box/a.csv") -> pd.DataFrame:
    reading = read(name, text.encode(), mapping)
    assert reading.readable, reading.rejected["reason"].tolist()
    return reading.rows[OBSERVATIONS]


def refusal(text: str, mapping: str = "") -> str:
    reading = read("drop_box/a.csv", text.encode(), mapping)
    assert not reading.readable
    return str(reading.rejected["reason"][0])


@pytest.mark.parametrize("name", ["rain_mm", "rainfall (mm)", "Rain [mm]"])
@pytest.mark.parametrize(
    ("beside", "mapping", "column"),
    [
        ("rh_pct", "", "precipitation_mm"),
        ("precip_mm", "", "rain_mm"),
        ("snow_depth_cm", "", "rain_mm"),
        ("x", "variables: {precipitation_mm: {from: x, unit: mm}}\n", "rain_mm"),
    ],
)
def test_rain_is_the_precipitation_of_a_file_without_any_other(
    name: str, beside: str, mapping: str, column: str
) -> None:
    """Found by trying: a gauge's rain was the liquid part, and precipitation had no truth, without a word."""
    found = rows(f"time_utc,place,{name},{beside}\n2026-08-01 00:00,denver,0.4,50\n", mapping)
    assert found[column].tolist() == [0.4]
    assert column == "rain_mm" or found["rain_mm"].isna().all()


def test_rain_that_a_mapping_calls_so_stays_rain() -> None:
    mapping = "variables: {rain_mm: {from: rain, unit: mm}}\n"
    found = rows("time_utc,place,rain\n2026-08-01 00:00,denver,0.4\n", mapping)
    assert found["rain_mm"].tolist() == [0.4] and found["precipitation_mm"].isna().all()


@pytest.mark.parametrize(
    ("name", "stated", "column", "unit"),
    [
        ("temperature_2m (°C)", None, "temperature_c", "°C"),
        ("temp_f", None, "temperature_c", "f"),
        ("tempC", None, "temperature_c", "c"),
        ("T2M", "K", "temperature_c", "K"),
        ("wind_speed_kmh", None, "wind_speed_m_s", "kmh"),
        ("windSpeedMph", None, "wind_speed_m_s", "mph"),
        ("Wind Gusts 10m [m/s]", None, "wind_gust_m_s", "m/s"),
        ("RH%", None, "relative_humidity", "%"),
        ("relative_humidity", None, "relative_humidity", "1"),
        ("relative_humidity", "%", "relative_humidity", "%"),
        ("wind_dir", None, "wind_direction_deg", "°"),
        ("precip_in", None, "precipitation_mm", "in"),
        ("temp (furlong)", None, "temperature_c", None),
        ("temperature(2m)[ K ] ", None, "temperature_c", "K"),
        ("t2m [K)", "°C", "temperature_c", "K"),
        ("time (UTC)", None, "valid_time", "utc"),
        ("timestamp_utc", None, "valid_time", "utc"),
        ("Date Time", None, "valid_time", None),
        ("lat", "degrees_north", "latitude", None),
    ],
)
def test_names_are_known_with_their_units(
    name: str, stated: str | None, column: str, unit: str | None
) -> None:
    assert meanings(name, stated) == [Meaning(column, unit)]


@pytest.mark.parametrize(
    "name", ["", "id", "temp_max", "temperature_anomaly_c", "wind_gust_time", "°", "note", "(temp)"]
)
def test_other_names_mean_nothing(name: str) -> None:
    assert meanings(name) == []


def test_contract_names_mean_themselves_in_their_unit() -> None:
    for column in WEATHER:
        (found,) = meanings(column.name)
        assert found.column == column.name and found.unit is not None
        assert affine(found.unit, column.name) == (1, 0)


def test_a_name_without_end_is_none_at_once() -> None:
    """Looking for its unit from every space would take years here."""
    for name in ("temp (" + " " * 10_000_000 + "x", "temp (C" + ")" * 10_000_000, "temp_" * 2_000_000):
        assert meanings(name) == []
    assert meanings("temp (" + " " * 490 + "C)") == [Meaning("temperature_c", "C")]
    reason = refusal("time (" + " " * 1_000 + "x,location_id,temperature_c\n2026-01-01T00:00Z,a,1\n")
    assert "name of column 1" in reason and "more than the 500 allowed" in reason


@given(
    st.sampled_from([(column, name) for column, names in VARIABLES.items() for name in names.split()]),
    st.sampled_from(["_", " ", "-", "."]),
    st.booleans(),
)
def test_the_style_of_a_name_is_of_no_account(named: tuple[str, str], between: str, capital: bool) -> None:
    column, name = named
    styled = name.replace("_", between)
    assert column in [found.column for found in meanings(styled.upper() if capital else styled)]


@given(st.text(max_size=40), st.none() | st.text(max_size=10))
def test_any_name_can_be_asked_about(name: str, stated: str | None) -> None:
    for found in meanings(name, stated):
        if found.column in VARIABLES and found.unit is not None:
            affine(found.unit, found.column)


def test_a_table_by_names_alone_is_truth_of_its_folder() -> None:
    found = rows(
        "Valid Time,site,temp_f,wind_speed_kmh,relative_humidity_2m (%),note\n"
        "2026-08-01T00:00Z,denver,50,36,80,x\n2026-08-01T01:00Z,denver,cold,0,100,y\n",
        name="drop_box/My Farm/a.csv",
    )
    assert found["temperature_c"].tolist()[0] == pytest.approx(10)
    assert found["wind_speed_m_s"].tolist() == pytest.approx([10, 0])
    assert found["relative_humidity"].tolist() == pytest.approx([0.8, 1])
    assert set(found["source"]) == {"my_farm"} and set(found["location_id"]) == {"denver"}


def test_a_table_of_no_rows_has_none() -> None:
    assert rows("time,place,temp_c\n").empty


def test_the_header_tells_the_delimiter() -> None:
    assert rows("time_utc;place;temp_c\n2026-08-01 00:00;denver;20.5\n")["temperature_c"].tolist() == [20.5]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("time,place,temp\n2026-08-01T00:00Z,denver,20\n", "'temp' is temperature_c, in which unit?"),
        ("time,place,humidity\n2026-08-01T00:00Z,denver,80\n", "in which unit?"),
        (
            "time,place,pressure (hPa)\n2026-08-01T00:00Z,denver,1013\n",
            "pressure_msl_hpa or surface_pressure_hpa",
        ),
        ("time,place,temp_c,temp_f\n2026-08-01T00:00Z,denver,20,68\n", "choose one"),
        ("time,timestamp,place,temp_c\n2026-08-01T00:00Z,x,denver,20\n", "'time', 'timestamp' are all"),
        ("time,place,temp_c\n2026-08-01 00:00,denver,20\n", "no UTC offset"),
        ("time,temp_c\n2026-08-01T00:00Z,20\n", "no column is called as places are"),
    ],
)
def test_what_names_do_not_settle_is_asked_and_the_line_that_is_shown_settles_it(text: str, why: str) -> None:
    asked = refusal(text)
    assert why in asked and "a.csv.yaml" in asked
    line = re.findall("`(.+?)`", asked)[0]
    assert len(rows(text, line)) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("place,temp_c\ndenver,20\n", "time: {column: …}"),
        ("time,station,temp_c\n2026-08-01T00:00Z,X1,20\n", "none of 'X1' is a place of the panel"),
        ("time,place,note\n2026-08-01T00:00Z,denver,20\n", "no column has the name of a weather variable"),
        ("time,lat,lon,temp_c\n2026-08-01T00:00Z,0,0,20\n", "no point within 25 km of any place"),
    ],
)
def test_what_lacks_is_named(text: str, why: str) -> None:
    assert why in refusal(text)


def test_a_line_for_one_thing_leaves_the_rest_to_names() -> None:
    text = "when,place,temp,wind_kmh\n2026-08-01 02:00,denver,68,36\n"
    found = rows(
        text, "time: {column: when, zone: Europe/Berlin}\nvariables: {temperature_c: {from: temp, unit: °F}}"
    )
    assert found["time"].tolist() == [pd.Timestamp("2026-08-01T00Z")]
    assert (found["temperature_c"][0], found["wind_speed_m_s"][0]) == (pytest.approx(20), pytest.approx(10))


def test_positions_are_truth_for_the_nearest_place() -> None:
    found = rows(
        "time,lat,lon,temp_c\n2026-08-01T00:00Z,39.75,255.02,1\n2026-08-01T00:00Z,39.9,-105.1,2\n"
        "2026-08-01T00:00Z,0,0,3\n2026-08-01T00:00Z,x,,4\n"
    )
    assert found[["location_id", "temperature_c"]].to_numpy().tolist() == [["denver", 1]]
    assert 0 < found["distance_km"][0] < 2


def test_truth_that_says_when_it_was_fetched_is_no_forecast() -> None:
    text = "time,place,temp_c,retrieved_at\n2026-08-01T00:00Z,denver,20,2026-08-01T00:10Z\n{}"
    assert rows(text.format("2026-08-01T01:00Z,denver,21,\n"))["temperature_c"].tolist() == [20, 21]
    local = "time: {zone: America/Denver}"
    assert "whose forecasts are they" in refusal(
        text.format("2026-08-01T00:20Z,denver,21,2026-08-01T00:10Z\n")
    )
    assert "whose forecasts are they" in refusal(text.replace("00:00Z", "00:20").format(""), local)
    assert "whose forecasts are they" in refusal("time,place,temp_c,retrieved_at\nx,denver,20,y\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_line_that_tells_spreadsheets_the_delimiter_is_no_header(delimiter: str) -> None:
    text = f"sep={delimiter}\r\n" + delimiter.join(["time", "place", "temp_c"])
    text += "\r\n" + delimiter.join(["2026-08-01T00:00Z", "denver", "20,5"]) + "\r\n"
    if delimiter != ",":
        assert rows(text, 'csv: {decimal: ","}')["temperature_c"].tolist() == [20.5]
    assert rows(text.replace("20,5", "20.5"))["temperature_c"].tolist() == [20.5]


def test_a_column_that_a_mapping_takes_for_stations_is_not_what_its_name_says() -> None:
    text = "time,wind,temp_c\n2026-08-01T00:00Z,WT7,20\n"
    found = rows(text, "stations: {column: wind, table: {WT7: {locations: [denver]}}}")
    assert found[["location_id", "temperature_c"]].to_numpy().tolist() == [["denver", 20]]
    assert "'wind' is wind_speed_m_s, in which unit" in refusal(text)


def test_an_empty_id_is_no_place() -> None:
    found = rows('time,place,temp_c\n2026-08-01T00:00Z,"  ",19\n2026-08-01T00:00Z,denver,20\n')
    assert found[["location_id", "temperature_c"]].to_numpy().tolist() == [["denver", 20]]


def test_ids_of_no_place_are_passed_over_where_positions_stand_beside_them() -> None:
    found = rows("time,station,lat,lon,temp_c\n2026-08-01T00:00Z,X1,39.75,-105.0,20\n")
    assert found["location_id"].tolist() == ["denver"]
    for half in ("lat", "lon"):
        assert "none of 'X1'" in refusal(f"time,station,{half},temp_c\n2026-08-01T00:00Z,X1,39.75,20\n")
