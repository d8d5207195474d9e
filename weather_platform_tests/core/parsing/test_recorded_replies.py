"""Real replies, recorded by others: every reader on them, against what is known of each recording."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from weather_platform.core.contracts.forecast import FORECAST
from weather_platform.core.file_names import reply_place, stamp_of
from weather_platform.core.parsing.parse import Parsed, Source, assemble, read
from weather_platform.core.partitions import CYCLE
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Asked, PayloadError
from weather_platform.core.tables.schema import check

pytestmark = pytest.mark.recorded


def parsed(provider: str, path: Path, fetched_at: str | datetime) -> Parsed:
    time = (
        fetched_at
        if isinstance(fetched_at, datetime)
        else datetime.fromisoformat(fetched_at).replace(tzinfo=UTC)
    )
    result = assemble(
        PROVIDERS[provider], [Source(path.name, CYCLE.floor(time), Asked((), time), path.read_bytes())]
    )
    assert check(result.rows, FORECAST).bad.empty
    return result


def test_open_meteo_pyrenees(recorded_data: Path) -> None:
    folder = recorded_data / "forecast_archives/openmeteo_raw_pyrenees/openmeteo_raw"
    sources = []
    for path in sorted(folder.glob("*/*.json.gz")):
        time = stamp_of(path.name)
        assert time is not None
        asked = Asked((), time, unplaced=reply_place(path.name))
        sources.append(Source(path.name, CYCLE.floor(time), asked, gzip.decompress(path.read_bytes())))
    result = assemble(PROVIDERS["open_meteo"], sources)
    rows = result.rows
    assert len(sources) == 750
    assert result.quarantine.empty
    assert result.dropped_past > 0
    assert set(rows["model"]) == {"meteofrance_arome_france", "meteofrance_arome_france_hd"}
    assert set(rows["location_id"]) == {source.asked.unplaced for source in sources}
    assert check(rows, FORECAST).bad.empty
    # AROME HD serves no snowfall; the horizon is about 51 h from the run, so nothing lies far ahead.
    assert rows.loc[rows["model"] == "meteofrance_arome_france_hd", "snowfall_water_mm"].isna().all()
    assert rows["lead_hours"].max() < 60
    # Local noon is the warmest part of the day: an offset taken the wrong way would show as night.
    warmest = rows.groupby(rows["valid_time"].dt.hour)["temperature_c"].mean().idxmax()
    assert 11 <= warmest <= 16


def test_three_providers_at_one_hour_and_place_agree(recorded_data: Path) -> None:
    folder = recorded_data / "providers"
    hour = pd.Timestamp("2026-02-07T00:00Z")
    found = {
        name: parsed(name, folder / name / file, "2026-02-06T21:30").rows.set_index("valid_time").loc[hour]
        for name, file in (
            ("open_meteo", "forecast_nyc_20260206.json"),
            ("openweathermap", "onecall30_nyc_20260206.json"),
            ("pirate_weather", "forecast_nyc_20260206.json"),
        )
    }
    for one in found.values():
        assert abs(found["open_meteo"]["temperature_c"] - one["temperature_c"]) < 3
        assert abs(found["open_meteo"]["wind_speed_m_s"] - one["wind_speed_m_s"]) < 4


def test_openweathermap_cape_town_in_kelvin(recorded_data: Path) -> None:
    path = recorded_data / "providers/openweathermap/forecast5d3h_capetown_20230925.json"
    rows = parsed("openweathermap", path, "2023-09-25T13:00").rows
    assert len(rows) == 40
    assert rows["temperature_c"][0] == pytest.approx(288.49 - 273.15)
    assert rows["precipitation_mm"][0] == pytest.approx(0.22)
    assert rows["precipitation_mm"].notna().all()
    assert set(rows["interval_hours"]) == {3}


@pytest.mark.parametrize(
    ("file", "rows", "past"),
    [
        ("providers/weatherapi/forecast_5day_denver_20230613T185526Z.json", 107, 13),
        ("providers/weatherapi/forecast_dt_chicago_20240117T030833Z.json", 24, 0),
        ("forecast_archives/weatherapi_columbia_sc/20240114T022938Z.json", 98, 22),
        ("forecast_archives/weatherapi_columbia_sc/20240116T173628Z.json", 107, 13),
    ],
)
def test_weatherapi_with_33_34_and_36_keys(recorded_data: Path, file: str, rows: int, past: int) -> None:
    path = recorded_data / file
    time = stamp_of(path.name)
    assert time is not None
    result = parsed("weatherapi", path, time)
    assert (len(result.rows), result.dropped_past) == (rows, past)
    assert result.rows["snowfall_water_mm"].isna().all() == ("20230613" in file)
    assert result.rows["precipitation_probability"].between(0, 1).all()


def test_met_norway_oslo_goes_from_hours_to_six_hours(recorded_data: Path) -> None:
    path = recorded_data / "providers/met_norway/locationforecast_compact_oslo_20260206.json"
    rows = parsed("met_norway", path, "2026-02-06T20:30").rows.set_index("valid_time")
    assert len(rows) == 83
    assert rows.loc["2026-02-06T22:00Z", "precipitation_mm"] == 0.5
    assert rows.loc["2026-02-09T06:00Z", "interval_hours"] == 6
    assert rows.loc["2026-02-09T00:00Z", "interval_hours"] == 1
    assert rows["precipitation_mm"].isna().sum() == 1


def test_met_norway_from_a_clients_cache_file(recorded_data: Path) -> None:
    path = recorded_data / "providers/met_norway/compact_nyc.json"
    assert len(parsed("met_norway", path, "2020-07-20T01:31").rows) == 82


def test_brightsky_bamberg_in_the_units_of_who_asks_for_none(recorded_data: Path) -> None:
    path = recorded_data / "providers/brightsky/weather_1h_forecast_bamberg_20201021.json"
    row = parsed("brightsky", path, "2020-10-20T23:10").rows.iloc[0]
    assert (row["feed"], row["interval_hours"], row["weather_code"]) == ("brightsky/mosmix", 1, "cloudy")
    assert (row["temperature_c"], row["dew_point_c"], row["pressure_msl_hpa"]) == (8.0, 6.8, 1010.7)
    assert row["wind_speed_m_s"] == pytest.approx(5.5 / 3.6)
    assert row["wind_gust_m_s"] == pytest.approx(13.0 / 3.6)
    assert (row["cloud_cover"], row["precipitation_mm"]) == (pytest.approx(0.99), 0)
    assert pd.isna(row["relative_humidity"])


def test_smhi_stockholm_made_of_the_format_before_has_no_amounts(recorded_data: Path) -> None:
    """Of each of its steps the interval begins where it ends."""
    result = parsed("smhi", recorded_data / "providers/other/smhi_snow1g_20260206.json", "2026-02-06T21:45")
    rows = result.rows
    assert (len(rows), set(rows["feed"])) == (76, {"smhi/snow1g"})
    first, last = rows.iloc[0], rows.iloc[-1]
    assert first["valid_time"] == pd.Timestamp("2026-02-06T22:00Z")
    assert first["issue_time"] == pd.Timestamp("2026-02-06T21:31:33Z")
    assert (first["grid_latitude"], first["grid_longitude"]) == (59.339222, 18.089437)
    assert (first["temperature_c"], first["pressure_msl_hpa"]) == (-5.5, 1013.6)
    assert (first["relative_humidity"], first["weather_code"]) == (0.88, "4")
    assert (first["wind_speed_m_s"], first["wind_gust_m_s"], first["wind_direction_deg"]) == (4.3, 7.8, 40)
    assert (first["cloud_cover"], first["visibility_m"]) == (1.0, 12_300)
    assert last["valid_time"] == pd.Timestamp("2026-02-16T12:00Z")
    assert (last["temperature_c"], last["cloud_cover"], last["visibility_m"]) == (-4.8, 0.75, 45_800)
    assert rows["precipitation_mm"].isna().all()
    assert result.quarantine["reason"].str.startswith("76 of 76 steps: no whole hours").tolist() == [True]


def test_visualcrossing_dulles_in_units_that_its_humidity_tells(recorded_data: Path) -> None:
    path = recorded_data / "providers/visual_crossing/timeline_us_20230111.json"
    result = parsed("visualcrossing", path, "2023-01-11T23:58:42")
    assert (len(result.rows), result.dropped_past, len(result.quarantine)) == (341, 0, 0)
    rows = result.rows.set_index("valid_time")
    row = rows.loc[pd.Timestamp("2023-01-13T03:00Z")]
    assert (row["feed"], row["interval_hours"], row["weather_code"]) == ("visualcrossing/blend", 1, "rain")
    assert row["temperature_c"] == pytest.approx((56.0 - 32) / 1.8)
    assert row["precipitation_mm"] == pytest.approx(0.406 * 25.4)
    assert row["precipitation_probability"] == pytest.approx(0.89)
    assert row["wind_speed_m_s"] == pytest.approx(11.4 * 0.44704)
    assert row["wind_gust_m_s"] == pytest.approx(26.4 * 0.44704)
    # The place's second day, whose total the reply says itself.
    day = rows["precipitation_mm"].loc["2023-01-12T05:00Z":"2023-01-13T04:00Z"]
    assert (len(day), day.sum()) == (24, pytest.approx(0.718 * 25.4))
    assert rows["snowfall_water_mm"].isna().all()


def test_pirate_weather_new_york_in_si(recorded_data: Path) -> None:
    path = recorded_data / "providers/pirate_weather/forecast_nyc_20260206.json"
    result = parsed("pirate_weather", path, "2026-02-06T21:45")
    assert (len(result.rows), result.dropped_past, len(result.quarantine)) == (47, 1, 0)
    row = result.rows.iloc[0]
    assert (row["feed"], row["interval_hours"]) == ("pirate_weather/blend", 1)
    assert row["valid_time"] == pd.Timestamp("2026-02-06T22:00Z")
    assert (row["temperature_c"], row["apparent_temperature_c"], row["dew_point_c"]) == (-2.11, -6.3, -6.64)
    assert (row["relative_humidity"], row["cloud_cover"], row["pressure_msl_hpa"]) == (0.71, 0.8, 1004.82)
    assert (row["wind_speed_m_s"], row["wind_gust_m_s"], row["wind_direction_deg"]) == (3.6, 4.77, 207)
    assert (row["precipitation_mm"], row["precipitation_probability"]) == (0, 0.16)
    assert (row["visibility_m"], row["weather_code"]) == (14_720, "partly-cloudy-day")
    assert pd.isna(row["issue_time"]) and pd.isna(row["elevation_m"])


def test_dark_skys_own_reply_in_imperial_units_has_no_amounts(recorded_data: Path) -> None:
    path = recorded_data / "providers/pirate_weather/darksky_helsinki_2018.json"
    result = parsed("pirate_weather", path, "2018-02-08T13:15:31")
    assert (len(result.rows), result.dropped_past, len(result.quarantine)) == (48, 1, 0)
    row = result.rows.iloc[0]
    assert (row["feed"], row["valid_time"]) == ("pirate_weather/dark_sky", pd.Timestamp("2018-02-08T14:00Z"))
    assert row["temperature_c"] == pytest.approx((26.69 - 32) / 1.8)
    assert row["wind_speed_m_s"] == pytest.approx(9.26 * 0.44704)
    assert row["visibility_m"] == pytest.approx(6.22 * 1609.344)
    assert (row["relative_humidity"], row["pressure_msl_hpa"]) == (0.84, 1020.53)
    assert result.rows[["precipitation_mm", "precipitation_probability"]].isna().all(axis=None)


def test_nws_gridpoint_keeps_every_amount_once(recorded_data: Path) -> None:
    path = recorded_data / "providers/nws/pynws_detailed_forecast.json"
    rows = parsed("nws", path, "2022-02-04T03:16").rows
    wet = rows[rows["precipitation_mm"].notna()]
    # 27 six-hour amounts, of which one (three hours) was over before the fetch; their sum is the payload's.
    assert len(wet) == 26
    assert set(wet["interval_hours"]) == {6}
    assert wet["precipitation_mm"].sum() == pytest.approx(20.066)
    assert rows["temperature_c"].notna().sum() >= 174


@pytest.mark.parametrize(
    ("file", "fetched_at", "rows"),
    [
        ("forecast_hourly_dc_si_20260206.json", "2026-02-06T20:45", 156),
        ("pynws_gridpoints_forecast_hourly_us.json", "2019-10-14T18:42", 2),
    ],
)
def test_nws_hourly_periods(recorded_data: Path, file: str, fetched_at: str, rows: int) -> None:
    assert len(parsed("nws", recorded_data / "providers/nws" / file, fetched_at).rows) == rows


def test_nws_hourly_periods_give_no_chance_of_six_hours_to_an_hour(recorded_data: Path) -> None:
    """From 12 UTC on 8 February this reply says one value at each of six hours that begin at 00, 06, 12 or 18
    UTC. Before that its chances are of hours; 4 % at 07 and at 08 UTC may be either, and is left out too."""
    path = recorded_data / "providers/nws/forecast_hourly_dc_si_20260206.json"
    rows = parsed("nws", path, "2026-02-06T20:45").rows
    chance = rows.set_index("valid_time")["precipitation_probability"]
    assert chance["2026-02-06T23:00Z":"2026-02-07T07:00Z"].tolist() == pytest.approx(
        [0.57, 0.45, 0.37, 0.30, 0.17, 0.13, 0.05, 0.07, 0.06]
    )
    assert chance["2026-02-07T08:00Z":"2026-02-07T09:00Z"].isna().all()
    assert set(chance["2026-02-08T13:00Z":].dropna()) == {0.0}
    assert (chance == 0).sum() == 68  # nothing in six hours is nothing in each
    assert (rows["interval_hours"] == 1).all()


@pytest.mark.parametrize(
    ("provider", "file", "told"),
    [
        ("open_meteo", "error_400.json", "'Parameter count must be between 1 and 100.'"),
        ("open_meteo", "error_429_daily.json", "'Daily API request limit exceeded. Please try again"),
        ("openweathermap", "error_401.json", "error 401: 'Invalid API key"),
        ("openweathermap", "error_404.json", "error 404: 'city not found'"),
        ("openweathermap", "current_helsinki_20180208.json", "it holds no hourly forecast"),
        ("weatherapi", "error_1002_401.json", "error 1002: 'API key not provided.'"),
        (
            "weatherapi",
            "apixu_current_helsinki_20180208.json",
            "`forecast.forecastday`: it holds no",
        ),
        ("nws", "points_dc.json", "it holds no forecast"),
        ("nws", "pynws_gridpoints_forecast_si.json", "only the product forecast/hourly is read"),
        ("nws", "stations_near_dc.json", "observationStations"),
    ],
)
def test_what_is_no_forecast_says_so(recorded_data: Path, provider: str, file: str, told: str) -> None:
    body = (recorded_data / "providers" / provider / file).read_bytes()
    with pytest.raises(PayloadError, match=told):
        read(PROVIDERS[provider], body, Asked((), datetime(2026, 1, 1, tzinfo=UTC)))


def test_every_recorded_reply_of_a_provider_is_not_read_as_anothers(recorded_data: Path) -> None:
    for name, provider in PROVIDERS.items():
        for path in sorted((recorded_data / "providers").glob("*/*.json")):
            mine = path.parent.name.replace("_", "") == name.replace("_", "")
            if not mine and not path.name.startswith(f"{name}_"):
                with pytest.raises(PayloadError):
                    read(provider, path.read_bytes(), Asked((), datetime(2026, 1, 1, tzinfo=UTC)))
