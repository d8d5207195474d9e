"""Which stations are a place's, and which of their reports an hour's."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.contracts.archives import LISTING, STATION, STATION_MATCH
from weather_platform.core.contracts.truth import LOCATIONS, OBSERVATION, STATION_REPORT
from weather_platform.core.history.due import Due, Failed, due, version_of
from weather_platform.core.history.hours import hourly, span
from weather_platform.core.history.matching import Limits, alive, match
from weather_platform.core.history.station_lists import (
    dwd_stations,
    ghcn_stations,
    ghcnd_stations,
    gsod_stations,
    isd_stations,
)
from weather_platform.core.observations.table import ObservationFileError
from weather_platform.core.sphere import great_circle_km
from weather_platform.core.tables.schema import check, conform, empty


def stations(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["station_id", "latitude", "longitude", "elevation_m"])
    return conform(frame.assign(archive="isd_lite", name=frame["station_id"]), STATION)


def places(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["location_id", "latitude", "longitude", "elevation_m"])
    return conform(frame.assign(name=frame["location_id"].str.title()), LOCATIONS)


def test_a_higher_station_loses_to_a_farther_one_and_reasons_are_told() -> None:
    there = stations(("valley", 47.0, 11.1, 600), ("summit", 47.0, 11.01, 2200), ("far", 47.0, 15.0, 600))
    found = match(there, places(("town", 47.0, 11.0, 580)), Limits(50, 300, 3))
    assert check(found, STATION_MATCH).bad.empty
    assert found["station_id"].tolist() == ["valley", "summit", "far"]
    assert found["used"].tolist() == [True, False, False]
    assert found["reason"].tolist() == ["", "more than 300 m higher or lower", "farther than 50 km"]
    assert found["height_difference_m"].tolist() == [20, 1620, 20]


def test_of_many_near_stations_so_many_are_taken() -> None:
    there = stations(*((f"s{i}", 50.0, 8.0 + i / 100, 100) for i in range(9)))
    found = match(there, places(("town", 50.0, 8.0, 100)), Limits(stations=2))
    assert found["station_id"].tolist() == ["s0", "s1"]
    assert found["used"].all()


@given(
    st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=12),
    st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
)
def test_the_nearest_on_the_sphere_is_found_over_poles_and_the_date_line(
    points: list[tuple[float, float]], place: tuple[float, float]
) -> None:
    there = stations(*((f"s{i:02d}", *point, np.nan) for i, point in enumerate(points)))
    found = match(there, places(("here", *place, np.nan)), Limits(30_000, stations=1))
    km = great_circle_km(np.array(place[0]), np.array(place[1]), *np.array(points).T)
    assert found["distance_km"].iloc[0] == pytest.approx(km.min(), abs=1e-3)


def test_a_list_that_ends_before_the_first_day_still_says_who_reported_at_its_end() -> None:
    """Found by reading: lists are days to months old, and who begins today had no station at all."""
    rows = stations(*((name, 50.0, 8.0, 100) for name in ("ceased", "dateless", "gone", "on")))
    rows["last_day"] = pd.to_datetime(["2026-07-01", "", "2026-03-01", "2026-07-30"], utc=True)
    first = pd.Timestamp("2026-08-01", tz="UTC")
    none = empty(LISTING)
    assert alive(rows, first, none)["station_id"].tolist() == ["ceased", "dateless", "on"]
    assert len(alive(rows, pd.Timestamp("2026-02-01", tz="UTC"), none)) == 4
    other = rows.assign(archive="dwd", last_day=rows["last_day"] + pd.Timedelta(days=300))
    both = pd.concat([rows, other], ignore_index=True)
    assert alive(both, first, none)["station_id"].tolist()[:3] == ["ceased", "dateless", "on"]
    assert alive(stations(), first, none).empty


def test_a_station_without_a_file_in_its_archives_listing_is_passed_over() -> None:
    """Found by reading: GHCN-Hourly's list names no days, and airfields of the forties took a place."""
    rows = stations(*((name, 50.0, 8.0, 100) for name in ("airfield", "old", "on")))
    rows = pd.concat([rows, rows.assign(archive="dwd")], ignore_index=True)
    files = pd.DataFrame({"name": ["a", "b"], "station_id": ["old", "on"], "year": ["2025", "2026"]})
    listed = conform(files.assign(archive="isd_lite", url="u", seen_at=pd.Timestamp(0, tz="UTC")), LISTING)
    first = pd.Timestamp("2026-08-01", tz="UTC")
    found = alive(rows, first, listed)
    assert found.loc[found["archive"] == "isd_lite", "station_id"].tolist() == ["on"]
    assert len(found[found["archive"] == "dwd"]) == 3  # nothing of it is listed
    assert len(alive(rows, first, listed[listed["year"] < "2026"])) == 6


ISD_LIST = b""""USAF","WBAN","STATION NAME","CTRY","STATE","ICAO","LAT","LON","ELEV(M)","BEGIN","END"
"071690","99999","TROYES","FR","","LFQB","+48.322","+004.017","+0118.0","19730101","20241231"
"999999","03030","NOWHERE","US","","","","","","19730101","19751231"
"999999","03031","NULL ISLAND","US","","","+00.000","+000.000","-0999.0","19730101","19751231"
"""


def test_lists_of_stations() -> None:
    isd, gsod = isd_stations(ISD_LIST, "isd_lite"), gsod_stations(ISD_LIST, "gsod")
    assert (isd.rows["station_id"].tolist(), isd.left_out) == (["071690-99999"], 2)
    assert gsod.rows["station_id"].tolist() == ["07169099999"]
    assert isd.rows["last_day"].iloc[0] == pd.Timestamp("2024-12-31", tz="UTC")
    header = b"GHCN_ID,LATITUDE,LONGITUDE,ELEVATION,STATE,NAME\n"
    found = ghcn_stations(header + b"USW00094728,40.779,-73.969,42.7,NY,NYC\n", "ghcn_hourly")
    assert found.rows["elevation_m"].tolist() == [42.7]


def test_lists_of_fixed_width() -> None:
    sharjah = "AE000041196  25.3330   55.5170   34.0    SHARJAH\n"
    line = "USW00094728  40.7789  -73.9692   42.7 NY NEW YORK CNTRL PK TWR              HCN 72506\n"
    inventory = inventoried(("AE000041196", "TMAX", 1944, 2026), ("USW00094728", "PRCP", 1869, 2026))
    found = ghcnd_stations((sharjah + line).encode(), "ghcn_daily", inventory)
    assert found.rows["station_id"].tolist() == ["AE000041196", "USW00094728"]
    assert found.rows["name"].tolist() == ["SHARJAH", "NEW YORK CNTRL PK TWR"]
    text = (
        "Stations_id von_datum bis_datum Stationshoehe geoBreite geoLaenge Stationsname Bundesland Abgabe\n"
        "----------- --------- --------- ------------- --------- --------- ------------ ---------- ------\n"
        "01766 19891001 20260301             48     52.1344    7.6969 Münster/Osnabrück    Nordrhein Frei\n"
    )
    dwd = dwd_stations(text.encode("latin-1"), "dwd").rows
    assert (dwd["station_id"].tolist(), dwd["name"].tolist()) == (["01766"], ["Münster/Osnabrück"])
    assert dwd[["latitude", "elevation_m"]].to_numpy().tolist() == [[52.1344, 48.0]]
    with pytest.raises(ObservationFileError, match="no line describes a station"):
        dwd_stations(b"busy", "dwd")


def inventoried(*rows: tuple[str, str, int, int]) -> bytes:
    """A station, an element and its first and last year a line."""
    lines = (
        f"{station}  50.0000    8.0000 {element} {first} {last}\n" for station, element, first, last in rows
    )
    return "".join(lines).encode()


def test_stations_of_days_end_with_the_last_year_of_what_is_read_of_them() -> None:
    """Found by reading: the list names no days, and who had closed in the sixties took a place's turn."""
    names = ["GM000000001", "GM000000002", "GM000000003", "GM000000004", "GM000000005"]
    listed = "".join(f"{name}  50.0000    8.0000  100.0    TOWN\n" for name in names).encode()
    closed, snows, alone, lasts, late = names
    inventory = inventoried(
        (closed, "TMAX", 1931, 1961),
        (snows, "PRCP", 1931, 2025),
        (snows, "SNOW", 1931, 2026),  # which is not read
        (alone, "WT01", 1931, 2026),
        (lasts, "TMIN", 1931, 2026),
        (lasts, "TMAX", 1931, 2011),
        (late, "PRCP", 2026, 2026),
    )
    found = ghcnd_stations(listed, "ghcn_daily", inventory)
    assert found.rows["station_id"].tolist() == [closed, snows, lasts, late] and found.left_out == 1
    assert found.rows["first_day"].dt.year.tolist() == [1931, 1931, 1931, 2026]
    assert found.rows["last_day"].dt.strftime("%Y-%m-%d").tolist() == [
        f"{year}-12-31" for year in (1961, 2025, 2026, 2026)
    ]
    first = pd.Timestamp("2026-08-01", tz="UTC")
    assert alive(found.rows, first, empty(LISTING))["station_id"].tolist() == [lasts, late]
    assert len(alive(found.rows, pd.Timestamp("2025-06-01", tz="UTC"), empty(LISTING))) == 3
    with pytest.raises(ObservationFileError, match=r"not ghcnd-inventory\.txt"):
        ghcnd_stations(listed, "ghcn_daily", b"busy")


def test_in_january_who_has_not_reported_yet_is_no_station_that_closed() -> None:
    names = [f"GM{number:09}" for number in range(9)]
    listed = "".join(f"{name}  50.0000    8.0000  100.0    TOWN\n" for name in names).encode()
    years = [1990, *[2027] * 3, *[2026] * 5]
    inventory = inventoried(*((name, "TMAX", 1931, year) for name, year in zip(names, years, strict=True)))
    rows = ghcnd_stations(listed, "ghcn_daily", inventory).rows
    living = alive(rows, pd.Timestamp("2027-01-10", tz="UTC"), empty(LISTING))
    assert living["station_id"].tolist() == names[1:]


def reports(*rows: tuple[str, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["station_id", "time", "temperature_c"])
    frame["time"] = pd.to_datetime(frame["time"], utc=True)
    frame = frame.assign(file="f", source="isd", report="", interval_hours=1, quality="good")
    return conform(frame, STATION_REPORT)


MATCHES = match(
    stations(("near", 50.0, 8.0, 100), ("next", 50.0, 8.1, 100)), places(("town", 50.0, 8.0, 100)), Limits()
)


def test_the_report_nearest_to_the_hour_of_the_nearest_station_that_has_one() -> None:
    rows = reports(
        ("near", "2024-01-01T00:50", 1.0),
        ("near", "2024-01-01T00:58", 2.0),
        ("next", "2024-01-01T01:00", 9.0),
        ("near", "2024-01-01T01:30", 3.0),  # of no hour
        ("next", "2024-01-01T02:05", 4.0),
        ("near", "2024-01-01T02:00", np.nan),  # says nothing
        ("gone", "2024-01-01T03:00", 5.0),
    )
    found = hourly(rows, MATCHES, "isd", timedelta(days=2))
    assert check(found, OBSERVATION).bad.empty
    assert found["temperature_c"].tolist() == [2.0, 4.0]
    assert found["station_id"].tolist() == ["near", "next"]
    assert found["time"].dt.hour.tolist() == [1, 2]
    assert (found["known_at"] - found["time"]).unique().tolist() == [pd.Timedelta(days=2)]


def test_a_day_has_the_reports_of_its_hours_and_no_others() -> None:
    """METARs of its first hour are made the evening before."""
    start, end = pd.Timestamp("2024-01-02", tz="UTC"), pd.Timestamp("2024-01-03", tz="UTC")
    minutes = pd.date_range(start - pd.Timedelta(hours=1), end, freq="min").strftime("%Y-%m-%dT%H:%M")
    rows = reports(*(("near", minute, 2.0) for minute in minutes))
    first, after = span(start, end)
    inside = (rows["time"] >= first) & (rows["time"] < after)
    assert hourly(rows[inside], MATCHES, "isd", timedelta(0))["time"].tolist() == list(
        pd.date_range(start, end, freq="h", inclusive="left")
    )
    others = hourly(rows[~inside], MATCHES, "isd", timedelta(0))["time"]
    assert others.tolist() == [start - pd.Timedelta(hours=1), end]
    taken = rows.loc[inside, "time"]
    assert taken.min() == start - pd.Timedelta(minutes=20) and taken.max() == end - pd.Timedelta(minutes=40)


def test_a_suspect_report_stands_only_where_no_other_does() -> None:
    rows = reports(("near", "2024-01-01T01:00", 60.0), ("near", "2024-01-01T01:10", 2.0))
    rows.loc[rows["temperature_c"] == 60.0, "quality"] = "suspect"
    assert hourly(rows, MATCHES, "isd", timedelta(0))["temperature_c"].tolist() == [2.0]


def test_reports_of_one_station_and_hour_fill_each_other() -> None:
    rows = reports(("near", "2024-01-01T01:00", 2.0), ("near", "2024-01-01T00:55", np.nan))
    rain = ["precipitation_mm", "interval_hours", "report"]
    rows.loc[rows["temperature_c"].isna(), rain] = 1.5, 6, "rain"
    (row,) = hourly(rows, MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["temperature_c"], row["precipitation_mm"], row["interval_hours"]) == (2.0, 1.5, 6)


def test_what_the_nearest_station_does_not_measure_is_the_next_ones() -> None:
    rows = reports(("near", "2024-01-01T01:00", 2.0), ("next", "2024-01-01T01:00", 9.0))
    rows.loc[0, "wind_gust_m_s"] = 7.0
    rows.loc[1, ["wind_speed_m_s", "wind_direction_deg", "wind_gust_m_s", "cloud_cover"]] = 4, 90, 6, 0.5
    rows["precipitation_mm"], rows["interval_hours"] = [6.0, 1.0], [6, 1]
    (row,) = hourly(rows, MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["station_id"], row["temperature_c"], row["cloud_cover"]) == ("near", 2.0, 0.5)
    assert np.isnan(row["wind_speed_m_s"])  # a gust never belongs to another wind
    assert (row["precipitation_mm"], row["interval_hours"]) == (1.0, 1)
    assert row["distance_km"] == MATCHES["distance_km"].max()  # no nearer than the farthest value
    rows["interval_hours"] = [3, 1]  # which can be compared as well
    (row,) = hourly(rows, MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["precipitation_mm"], row["interval_hours"]) == (6.0, 3)
    rows.loc[0, "wind_gust_m_s"] = np.nan
    (row,) = hourly(rows, MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["wind_speed_m_s"], row["wind_direction_deg"], row["wind_gust_m_s"]) == (4, 90, 6)
    (row,) = hourly(rows[:1], MATCHES, "isd", timedelta(0)).to_dict("records")
    assert row["distance_km"] == 0


def test_a_suspect_report_of_the_nearest_station_hides_no_good_one_of_the_next() -> None:
    rows = reports(("near", "2024-01-01T01:00", 60.0), ("next", "2024-01-01T01:00", 2.0))
    rows.loc[0, ["quality", "cloud_cover"]] = "suspect", 1.0
    (row,) = hourly(rows, MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["station_id"], row["temperature_c"], row["quality"]) == ("next", 2.0, "good")
    assert np.isnan(row["cloud_cover"])


@pytest.mark.parametrize("special", ["FM-16", "FM16", "SAOSP"])
def test_an_amount_is_the_hours_own(special: str) -> None:
    hours = ["2024-01-01T06:00", "2024-01-01T05:51", "2024-01-01T06:04"]
    rows = reports(*(("near", time, 2.0) for time in hours)).assign(
        report=["FM-12", "FM-15", special], interval_hours=[6, 1, 1], precipitation_mm=[9.0, 1.0, 0.2]
    )
    rows.loc[rows["report"] == "FM-12", "pressure_msl_hpa"] = 1010.0  # it says more than the METAR
    (row,) = hourly(rows, MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["precipitation_mm"], row["interval_hours"], row["pressure_msl_hpa"]) == (1.0, 1, 1010.0)
    (row,) = hourly(rows[rows["report"] != "FM-15"], MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["precipitation_mm"], row["interval_hours"]) == (9.0, 6)
    (row,) = hourly(rows[rows["report"] == special], MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["temperature_c"], np.isnan(row["precipitation_mm"])) == (2.0, True)
    assert row["interval_hours"] == 1


def test_of_two_hourly_amounts_the_one_reported_nearest_to_the_hour_stands() -> None:
    rows = reports(("near", "2024-01-01T05:55", 2.0), ("near", "2024-01-01T06:15", 2.0))
    rows["precipitation_mm"] = [1.0, 0.1]
    rows.loc[1, "pressure_msl_hpa"] = 1010.0
    (row,) = hourly(rows, MATCHES, "isd", timedelta(0)).to_dict("records")
    assert (row["precipitation_mm"], row["pressure_msl_hpa"]) == (1.0, 1010.0)


def test_what_is_due_is_new_or_changed_and_of_a_station_in_use() -> None:
    listing = pd.DataFrame(
        {
            "year": ["2024", "2024", "2023"],
            "name": ["a-2024", "b-2024", "a-2023"],
            "station_id": ["a", "b", "a"],
            "modified": pd.to_datetime(["2024-03-01T12:00", "", "2024-01-01T00:00"], utc=True),
            "bytes": [1024.0, np.nan, 5.0],
        }
    )
    old = Due("a-2024", version_of(pd.Timestamp("2024-02-01T12:00Z"), 1024.0))
    now = datetime(2024, 3, 5, tzinfo=UTC)
    assert due(listing, ["a"], {old}, {}, now) == [
        Due("a-2023", "20240101T0000-5"),
        Due("a-2024", "20240301T1200-1024"),
    ]
    assert due(listing, ["b"], set(), {}, now) == [Due("b-2024", "unknown-0")]


@pytest.mark.parametrize(("times", "hours"), [(1, 1), (2, 2), (5, 16), (6, 24), (1000, 24)])
def test_a_version_that_could_not_be_had_is_due_ever_more_seldom(times: int, hours: int) -> None:
    line = {"name": "b-2024", "station_id": "b", "year": "2024", "modified": None, "bytes": None}
    listing, file = pd.DataFrame([line]), Due("b-2024", "unknown-0")
    last = datetime(2024, 3, 5, tzinfo=UTC)
    failed = {file: Failed(times, last)}
    soon, then = (last + timedelta(hours=hours, seconds=seconds) for seconds in (-1, 0))
    assert due(listing, ["b"], set(), failed, soon) == []
    assert due(listing, ["b"], set(), failed, then) == [file]
    assert due(listing, ["b"], {file}, failed, then) == []
