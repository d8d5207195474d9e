"""Tables as stations' programs and spreadsheets write them: what is not read says what to write."""

import pytest

from weather_platform.core.contracts.uploads import OBSERVATIONS
from weather_platform.core.uploads.spec import Reading
from weather_platform_tests.core.uploads.test_read import PANEL, read

HERE = "stations: {table: {here: {locations: [denver]}}}\n"
DAVIS = (
    '"My station"\n"Vantage Pro2"\n\n"Date & Time","Temp - °C","Hum - %","Avg Wind Speed - km/h",'
    '"Prevailing Wind Direction","High Wind Speed - km/h"\n'
    '"8/5/26 1:00 AM",21.4,40,36,WSW,72\n'
)
NETATMO = (
    'Name;Longitude;Latitude\n"Home";-104.98;39.74\n\n'
    'Timestamp;"Timezone : America/Denver";Temperature\n1785963617;"2026/08/05 15:00:17";22.5\n'
)


def drop(text: str, mapping: str = "", encoding: str = "utf-8") -> Reading:
    return read("drop_box/home/a.csv", text.encode(encoding), mapping)


def reason(reading: Reading) -> str:
    (only,) = reading.rejected["reason"].unique()
    return str(only)


def test_a_home_stations_outdoor_columns_are_taken_and_its_indoor_ones_are_not() -> None:
    """Found by trying: Ecowitt's outdoor temperature and humidity went unread beside its wind."""
    names = (
        "Indoor Temperature(℃),Outdoor Temperature(℃),Outdoor Humidity(%),REL Pressure(hPa),ABS Pressure(hPa)"
    )
    found = drop(f"Time,{names}\n2026/08/05 01:00,23,10.5,80,1013,830\n", HERE + "time: {zone: UTC}")
    row = found.rows[OBSERVATIONS].iloc[0]
    columns = ["temperature_c", "relative_humidity", "pressure_msl_hpa", "surface_pressure_hpa"]
    assert row[columns].tolist() == [10.5, 0.8, 1013, 830]
    assert found.counts["columns_not_used"] == "Indoor Temperature(℃)"


@pytest.mark.parametrize("text", [DAVIS, NETATMO])
def test_a_header_below_other_lines_is_found_and_the_line_that_is_shown_settles_it(text: str) -> None:
    assert reason(drop(text)) == "its header is line 4: write `csv: {skip_rows: 3}` into a.csv.yaml"
    assert "header" not in reason(drop(text, "csv: {skip_rows: 3}"))


def test_wind_of_a_davis_is_told_from_its_gusts() -> None:
    time = 'time: {zone: UTC, format: "%m/%d/%y %I:%M %p"}\n'
    found = drop(DAVIS, "csv: {skip_rows: 3}\n" + HERE + time).rows[OBSERVATIONS].iloc[0]
    columns = ["wind_speed_m_s", "wind_direction_deg", "wind_gust_m_s"]
    assert found[columns].tolist() == pytest.approx([10, 247.5, 20])


def test_text_of_another_encoding_is_refused_with_the_usual_one() -> None:
    text = "time_utc;Temp (°C)\n2026-08-05 01:00;21.5\n"
    assert "say `csv: {encoding: cp1252}`" in reason(drop(text, HERE, "cp1252"))
    found = drop(text, HERE + "csv: {encoding: cp1252}", "cp1252").rows[OBSERVATIONS]
    assert found["temperature_c"].tolist() == [21.5]


def test_stamps_off_the_step_are_set_aside_with_the_snap_that_takes_them() -> None:
    text = "time_utc,place,temp_c\n2026-08-05 00:54,denver,21\n2026-08-05 01:53,denver,22\n"
    assert "`snap: 7min` takes the nearest of UTC's hours" in reason(drop(text))
    found = drop(text, "snap: 7min").rows[OBSERVATIONS]
    assert found["time"].dt.strftime("%H:%M").tolist() == ["01:00", "02:00"]
    between = "time_utc,place,temp_c\n2026-08-05 00:30,denver,21\n2026-08-05 02:00,denver,21\n"
    assert "`snap" not in reason(drop(between, "interval: 1h"))  # of two hours neither is the nearest


HISTORY = """source: home
format: long
time: {column: last_changed, zone: UTC}
code_column: entity_id
value_column: state
snap: 10min
missing: [unavailable]
stations: {table: {here: {locations: [denver]}}}
variables:
  temperature_c: {from: warmth, unit: °C}
  relative_humidity: {from: damp, unit: "%"}
"""


def test_what_a_series_has_between_its_hours_is_counted_and_no_fault() -> None:
    """Found by trying: a week of a home's history, as the page says to drop it, failed the check for good."""
    rows = ["warmth,20,00:58", "warmth,21,01:20", "warmth,22,01:40", "warmth,23,02:03", "warmth,24,02:05"]
    other = ["power,900,01:31", "power,901,02:00"]
    text = "\n".join(["entity_id,state,last_changed", *rows, *other, ""])
    found = drop(text.replace(",0", ",2026-08-05T0"), HISTORY)
    assert found.rejected.empty
    assert found.rows[OBSERVATIONS]["temperature_c"].tolist() == [20, 23]
    assert found.counts["readings_between"] == 3
    assert "3 readings between steps, for which the nearest stand" in found.counts["note"]


def test_a_series_that_has_nothing_near_an_hour_is_at_fault_beside_one_that_has() -> None:
    rows = ["warmth,20,00:58", "damp,40,00:20", "damp,41,01:20"]
    text = "\n".join(["entity_id,state,last_changed", *rows, ""]).replace(",0", ",2026-08-05T0")
    found = drop(text, HISTORY)
    assert found.rejected["reason"].str.startswith("not on a step of 1h").tolist() == [True, True]
    assert found.rows[OBSERVATIONS]["temperature_c"].tolist() == [20]


def test_whoever_is_asked_for_times_and_places_is_shown_the_columns_and_a_place_of_the_panel() -> None:
    asked = reason(drop("Datum;Uhrzeit;temp_c\n05.08.2026;01:00;21\n"))
    assert "say which of 'Datum', 'Uhrzeit', 'temp_c' is" in asked
    assert f"{{locations: [{PANEL['location_id'][0]}]}}" in asked


def test_points_of_the_compass_are_directions_and_nothing_else_is() -> None:
    told = ["N", " nne ", "E", "NNW", "90", "Calm", "", "NW"]
    lines = [f"2026-08-05 {hour:02}:00,denver,20,{wind}" for hour, wind in enumerate(told)]
    text = "\n".join(["time_utc,place,temp_c,wind_dir", *lines, ""])
    found = drop(text, "missing: [NW]")
    directions = found.rows[OBSERVATIONS]["wind_direction_deg"]
    assert directions.dropna().tolist() == [0, 22.5, 90, 337.5, 90] and directions.isna().sum() == 3
    assert found.rejected["value"].tolist() == ["Calm"]
    comma = text.replace(",", ";").replace("20;", "20,5;")
    assert drop(comma, 'csv: {decimal: ","}').rows[OBSERVATIONS]["wind_direction_deg"][1] == 22.5
