"""Values that no instrument in order shows are found, whatever the range; real weather is not."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from weather_platform.core.contracts.truth import LOCATIONS, OBSERVATION
from weather_platform.core.observations.checks import implausible
from weather_platform.core.tables.schema import conform

START = pd.Timestamp("2026-08-01", tz="UTC")


def places(count: int, **changes: Any) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "location_id": [f"p{i}" for i in range(count)],
            "latitude": 50.0 + 0.1 * np.arange(count),
            "longitude": 8.0,
            "elevation_m": 100.0,
        }
    ).assign(**changes)
    return conform(frame, LOCATIONS)


def rows(hours: int = 48, count: int = 1, **values: Any) -> pd.DataFrame:
    """Mild weather with a daily cycle at places p0, p1, …, in order of place and hour."""
    hour = np.tile(np.arange(hours), count)
    wave = np.sin(2 * np.pi * (hour - 9) / 24)
    frame = pd.DataFrame(
        {
            "location_id": np.repeat([f"p{i}" for i in range(count)], hours),
            "station_id": "s",
            "source": "net",
            "time": START + pd.to_timedelta(hour, unit="h"),
            "known_at": START + pd.to_timedelta(hour + 2, unit="h"),
            "interval_hours": 1,
            "quality": "unchecked",
            "temperature_c": np.round(18 + 6 * wave, 1),
            "dew_point_c": np.round(10 + wave, 1),
            "pressure_msl_hpa": np.round(1013 + 2 * wave + hour / 30, 1),
            "wind_speed_m_s": np.round(3 + 2 * wave, 1),
            "wind_gust_m_s": np.round(6 + 3 * wave, 1),
            "precipitation_mm": 0.0,
        }
    ).assign(**values)
    return conform(frame, OBSERVATION, sort=False)


def found(frame: pd.DataFrame, panel: pd.DataFrame | None = None) -> set[tuple[int, str]]:
    table = implausible(frame, places(1) if panel is None else panel)
    return set(zip(table["row"], table["column"], strict=True))


def changed(column: str, changes: dict[int, float], frame: pd.DataFrame | None = None) -> pd.DataFrame:
    frame = rows() if frame is None else frame.copy()
    for row, value in changes.items():
        frame.loc[row, column] = value
    return frame


def test_mild_weather_is_plausible() -> None:
    assert found(rows()) == set()


@pytest.mark.parametrize(
    ("column", "changes"),
    [
        ("temperature_c", {30: 60.0}),
        ("temperature_c", {30: 35.0}),
        ("temperature_c", {47: -10.0}),
        ("pressure_msl_hpa", {12: 1031.0}),
    ],
)
def test_one_bad_value_is_found_alone(column: str, changes: dict[int, float]) -> None:
    frame = rows(dew_point_c=None)
    assert found(changed(column, changes, frame)) == {(row, column) for row in changes}


@pytest.mark.parametrize(
    ("where", "latitude", "elevation_m", "day", "record", "other_season"),
    [
        ("Vostok", -78.46, 3488.0, "1983-07-21", -89.2, "1984-01-21"),
        ("Oymyakon", 63.25, 741.0, "1933-02-06", -67.7, "1933-08-06"),
        ("Lytton", 50.23, 225.0, "2021-06-29", 49.6, "2021-12-29"),
        ("Oodnadatta", -27.56, 121.0, "1960-01-02", 50.7, None),
    ],
)
def test_records_are_weather_in_their_season(
    where: str, latitude: float, elevation_m: float, day: str, record: float, other_season: str | None
) -> None:
    panel = places(1, latitude=latitude, elevation_m=elevation_m)

    def failed(value: float, day: str) -> bool:
        time = pd.Timestamp(day, tz="UTC") + pd.to_timedelta(np.arange(2), unit="h")
        return bool(found(rows(2, temperature_c=value, dew_point_c=None, time=time), panel))

    beyond = float(np.sign(record))
    assert not failed(record + 2 * beyond, day)
    assert failed(record + 30 * beyond, day)
    assert other_season is None or failed(record, other_season), where


@pytest.mark.parametrize(("hour", "is_found"), [(22, True), (23, False)])
def test_the_last_hour_of_a_day_is_judged_without_the_next_day(hour: int, is_found: bool) -> None:
    """Which may not be there yet, when the day is made."""
    frame = rows(dew_point_c=None)
    jumped = changed("temperature_c", {hour: frame["temperature_c"][hour] + 13.0}, frame)
    assert found(jumped) == ({(hour, "temperature_c")} if is_found else set())


def test_a_front_is_weather() -> None:
    """Twelve kelvin in an hour that stay are no spike."""
    after = dict.fromkeys(range(24, 48), 6.0) | {24: 6.2, 30: 5.5}
    assert found(changed("temperature_c", after, rows(dew_point_c=None))) == set()


def test_a_stuck_sensor_is_found_from_a_day_on_and_calms_and_fog_are_not() -> None:
    stuck = found(rows(temperature_c=14.2))
    assert stuck == {(hour, "temperature_c") for hour in range(24, 48)}
    assert found(rows(wind_speed_m_s=0.0, relative_humidity=1.0, wind_gust_m_s=0.0)) == set()
    assert found(changed("temperature_c", {3: 14.3}, rows(temperature_c=14.2))) == {
        (hour, "temperature_c") for hour in range(28, 48)
    }
    assert {column for _, column in found(rows(precipitation_mm=0.4))} == {"precipitation_mm"}


@pytest.mark.parametrize("column", ["temperature_c", "dew_point_c"])
@pytest.mark.parametrize("before", [12.0, 11.7])  # 53 °F
def test_whole_degrees_may_stay_for_a_day_and_not_for_two(column: str, before: float) -> None:
    """Found by reading: fog, the tropics and melting ice hold whole degrees for a day, and were set aside."""
    frame = rows(24 * 5, temperature_c=None, dew_point_c=None)
    frame[column] = 10.0  # 50 °F
    assert found(frame) == {(hour, column) for hour in range(24, 120)}
    frame.loc[:30, column] = before
    assert found(frame) == {(hour, column) for hour in range(72, 120)}
    late = changed(column, {119: before}, frame)  # which begins to move again
    assert found(late) == {(hour, column) for hour in range(72, 96)}
    gaps = frame.drop(index=range(75, 79)).reset_index(drop=True)
    assert len(found(gaps)) == 44
    few = frame.drop(index=range(96, 106)).iloc[72:].reset_index(drop=True)
    assert found(few) == set()


def test_tenths_beside_it_tell_that_a_whole_degree_is_stuck() -> None:
    frame = changed("temperature_c", {3: 11.3}, rows(24 * 3, temperature_c=11.0, dew_point_c=None))
    assert found(frame) == {(hour, "temperature_c") for hour in range(28, 72)}


def test_a_day_is_judged_the_same_alone_and_in_a_range() -> None:
    rng = np.random.default_rng(3)
    frame = rows(24 * 6, temperature_c=np.round(15 + rng.normal(0, 6, 24 * 6), 0))
    frame.loc[40:100, "temperature_c"] = 11.0
    whole = {hit for hit in found(frame) if 72 <= hit[0] < 96}
    alone = frame.iloc[48:96].reset_index(drop=True)
    assert whole == {(row + 48, column) for row, column in found(alone) if row >= 24}
    assert len(whole) > 5


def test_a_station_far_from_its_neighbours_is_found_at_its_own_height() -> None:
    frame = rows(24, 5, dew_point_c=None)
    here = frame["location_id"] == "p2"
    cold = frame.copy()
    cold.loc[here, "temperature_c"] -= 12
    assert {row for row, _ in found(cold, places(5))} == set(np.flatnonzero(here))
    high = places(5)
    high.loc[2, "elevation_m"] = 100 + 550
    slope = frame.copy()
    slope.loc[here, "temperature_c"] -= 550 * 0.0065 + 7
    assert found(slope, high) == set()
    assert {row for row, _ in found(slope, places(5))} == set(np.flatnonzero(here))
    assert {row for row, _ in found(cold, places(4))} == set(np.flatnonzero(here))
    assert found(cold, places(3)) == set()  # two others prove nothing


def test_neighbours_are_those_that_report_at_the_hour() -> None:
    """Eight near stations fall silent after the first day; farther ones report all the time."""
    frame = rows(24 * 4, 14, dew_point_c=None, pressure_msl_hpa=None)
    name, day = frame["location_id"], (frame["time"] - START).dt.days
    silent = name.isin([f"p{i}" for i in range(1, 9)]) & (day > 0)
    frame = frame[~silent].assign(
        temperature_c=frame["temperature_c"].mask((name == "p0") & (day == 3), frame["temperature_c"] + 9.5)
    )
    panel = places(14, latitude=50 + 0.05 * np.arange(14))
    whole, alone = frame.reset_index(drop=True), frame[frame["time"] >= START + pd.Timedelta(days=2)]
    alone = alone.reset_index(drop=True)

    def hours(part: pd.DataFrame) -> list[tuple[str, pd.Timestamp]]:
        at = sorted(row for row, _ in found(part, panel))
        return list(part.loc[at, ["location_id", "time"]].itertuples(index=False, name=None))

    assert hours(whole) == hours(alone)
    assert hours(alone) == [("p0", START + pd.Timedelta(days=3, hours=hour)) for hour in range(24)]


def test_a_network_is_judged_the_same_alone_and_in_a_range() -> None:
    """Stations, hours and values missing at random, and values far off at random."""
    rng = np.random.default_rng(11)
    count, days = 60, 5
    place = np.repeat(rng.normal(0, 3, count), 24 * days)
    frame = rows(24 * days, count, dew_point_c=None)
    frame["temperature_c"] += place + rng.normal(0, 1, len(frame)) + 25 * (rng.random(len(frame)) < 0.02)
    out = np.repeat(rng.random((count, days)) < 0.4, 24)
    frame.loc[rng.random(len(frame)) < 0.2, "temperature_c"] = np.nan
    frame.loc[rng.random(len(frame)) < 0.2, "pressure_msl_hpa"] = np.nan
    spread = {"latitude": rng.uniform(48, 52, count), "longitude": rng.uniform(6, 10, count)}
    panel = places(count, **spread, elevation_m=rng.uniform(0, 900, count))
    frame = frame[~out].reset_index(drop=True)

    def last_day(part: pd.DataFrame) -> pd.DataFrame:
        failed = implausible(part, panel)
        lines = part.loc[failed["row"], ["location_id", "time"]].reset_index(drop=True).join(failed)
        lines = lines[lines["time"] >= START + pd.Timedelta(days=days - 1)].drop(columns="row")
        return lines.sort_values(list(lines.columns), ignore_index=True)

    whole = last_day(frame)
    alone = last_day(frame[frame["time"] >= START + pd.Timedelta(days=days - 2)].reset_index(drop=True))
    pd.testing.assert_frame_equal(whole, alone)
    assert whole["reason"].str.contains("neighbours").sum() > 10


def test_marked_rows_are_left_to_their_mark() -> None:
    assert found(changed("temperature_c", {30: 60.0}, rows(quality="suspect"))) == set()


def test_of_two_that_contradict_each_other_neither_is_believed() -> None:
    assert found(changed("temperature_c", {30: 4.0})) == {(30, "temperature_c"), (30, "dew_point_c")}
    assert found(changed("wind_gust_m_s", {15: 1.0})) == {(15, "wind_gust_m_s"), (15, "wind_speed_m_s")}
    mild = rows(wind_speed_m_s=5.0, temperature_c=10.0).head(1)
    assert found(mild.assign(wind_gust_m_s=4.1, dew_point_c=11.9)) == set()
    assert len(found(mild.assign(wind_gust_m_s=3.9, dew_point_c=12.1))) == 4


@pytest.mark.recorded
def test_of_real_stations_only_values_that_are_wrong_are_left_out(recorded_data: Path) -> None:
    """Seven station years of NCEI's ISD-Lite. In four of them some temperatures of 2017 lost their
    first digit (3.0 between 12.9 and 13.0): those fall 4 K or more below the median of their
    neighbours in time."""
    files = sorted((recorded_data / "history" / "noaa_isd_lite").glob("*/*.gz"))
    assert len(files) == 7
    for file in files:
        frame = isd_lite(file)
        failed = implausible(frame, places(1, latitude=55.0))
        assert set(failed["column"]) <= {"temperature_c", "dew_point_c"}
        assert failed.empty == ("2016" in file.name)
        assert len(failed) < len(frame) / 80
        usual = frame["temperature_c"].rolling(25, center=True, min_periods=8).median()
        at = failed.loc[failed["column"] == "temperature_c", "row"].unique()
        assert not len(at) or ((usual - frame["temperature_c"]).iloc[at] > 4).mean() > 0.9


def isd_lite(file: Path) -> pd.DataFrame:
    names = ["year", "month", "day", "hour", "temperature_c", "dew_point_c", "pressure_msl_hpa", "deg"]
    names.append("wind_speed_m_s")
    table = pd.read_csv(file, sep=r"\s+", header=None, usecols=range(9), names=names, na_values="-9999")
    time = pd.to_datetime(table[names[:4]], utc=True)
    frame = table[names[4:7]].assign(wind_speed_m_s=table["wind_speed_m_s"]) / 10
    frame = frame.assign(time=time, known_at=time, location_id="p0", station_id="s", source="isd")
    frame = frame.assign(interval_hours=1, quality="unchecked").drop_duplicates("time")
    return conform(frame, OBSERVATION).reset_index(drop=True)
