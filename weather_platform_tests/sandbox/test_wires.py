"""What the formats promise: units as asked, amounts where they belong, errors in the provider's own way."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from weather_platform.sandbox.panel import read_panel
from weather_platform.sandbox.simulation import Simulation
from weather_platform.sandbox.wire import nws
from weather_platform.sandbox.wire.ask import Ask
from weather_platform_tests.sandbox.conftest import NOW, Get

BERLIN = {"latitude": "52.5244", "longitude": "13.4105"}
OPEN_METEO = "/open_meteo/v1/forecast"
MET_NORWAY = "/met_norway/weatherapi/locationforecast/2.0/complete"


def test_open_meteo_units_are_those_asked_for(get: Get) -> None:
    names = "temperature_2m,wind_speed_10m,precipitation"
    metric = get(OPEN_METEO, **BERLIN, hourly=names, wind_speed_unit="ms").json()
    other = get(
        OPEN_METEO, **BERLIN, hourly=names, temperature_unit="fahrenheit", precipitation_unit="inch"
    ).json()
    assert metric["hourly_units"]["wind_speed_10m"] == "m/s"
    assert other["hourly_units"]["wind_speed_10m"] == "km/h"
    for celsius, fahrenheit in zip(
        metric["hourly"]["temperature_2m"], other["hourly"]["temperature_2m"], strict=True
    ):
        assert (celsius is None) == (fahrenheit is None)
        assert celsius is None or fahrenheit == pytest.approx(celsius * 1.8 + 32, abs=0.2)
    for speed, kmh in zip(metric["hourly"]["wind_speed_10m"], other["hourly"]["wind_speed_10m"], strict=True):
        assert speed is None or kmh == pytest.approx(speed * 3.6, abs=0.1)


def test_open_meteo_serves_the_span_asked_for(get: Get) -> None:
    days = get(OPEN_METEO, **BERLIN, hourly="temperature_2m", forecast_days="2").json()["hourly"]["time"]
    assert (days[0], days[-1], len(days)) == ("2026-08-10T00:00", "2026-08-11T23:00", 48)
    hours = get(OPEN_METEO, **BERLIN, hourly="temperature_2m", forecast_hours="5").json()["hourly"]["time"]
    assert (hours[0], len(hours)) == ("2026-08-10T06:00", 5)
    local = get(OPEN_METEO, **BERLIN, hourly="temperature_2m", timezone="Europe/Berlin").json()
    assert local["utc_offset_seconds"] == 7200
    assert local["hourly"]["time"][0] == "2026-08-10T00:00"
    unix = get(OPEN_METEO, **BERLIN, hourly="temperature_2m", timeformat="unixtime").json()
    assert unix["hourly"]["time"][0] == int(datetime(2026, 8, 10, tzinfo=UTC).timestamp())


def test_open_meteo_writes_whole_numbers_without_a_point_and_gaps_as_null(get: Get) -> None:
    reply = get(
        OPEN_METEO,
        **BERLIN,
        hourly="relative_humidity_2m,visibility",
        models="gfs_seamless",
        forecast_days="16",
    )
    humidity = reply.json()["hourly"]["relative_humidity_2m"]
    assert {type(value) for value in humidity} == {int, type(None)}
    unserved = get(OPEN_METEO, **BERLIN, hourly="visibility", models="ecmwf_ifs025").json()["hourly"][
        "visibility"
    ]
    assert set(unserved) == {None}


@pytest.mark.parametrize(
    "params",
    [
        {"latitude": "91", "longitude": "0"},
        {"latitude": "x", "longitude": "0"},
        {"latitude": "1,2", "longitude": "0"},
        {**BERLIN, "hourly": "temperature"},
        {**BERLIN, "models": "nonesuch"},
        {**BERLIN, "forecast_days": "17"},
        {**BERLIN, "wind_speed_unit": "furlongs"},
        {**BERLIN, "timezone": "Atlantis"},
        {},
    ],
)
def test_open_meteo_refuses_with_a_reason(get: Get, params: dict[str, str]) -> None:
    reply = get(OPEN_METEO, **params)
    assert reply.status_code == 400
    assert reply.json()["error"] is True
    assert reply.json()["reason"]


def test_openweathermap_is_in_kelvin_unless_asked_otherwise(get: Get) -> None:
    path, place = "/openweathermap/data/2.5/forecast", {"lat": "1.2897", "lon": "103.8501", "appid": "k"}
    kelvin, celsius = get(path, **place).json(), get(path, **place, units="metric").json()
    for one, other in zip(kelvin["list"], celsius["list"], strict=True):
        assert one["main"]["temp"] == pytest.approx(other["main"]["temp"] + 273.15, abs=0.011)
    assert all(step["dt"] % 10_800 == 0 and step["dt"] > NOW.timestamp() for step in kelvin["list"])
    assert len(get(path, **place, cnt="5").json()["list"]) <= 5
    assert get(path, lat="95", lon="1", appid="k").status_code == 400


def test_weatherapi_serves_whole_local_days_and_chances_in_percent(get: Get) -> None:
    reply = get("/weatherapi/v1/forecast.json", q="35.6895,139.6917", days="2", key="k").json()
    days = reply["forecast"]["forecastday"]
    hours = [hour for day in days for hour in day["hour"]]
    assert [len(day["hour"]) for day in days] == [24, 24]
    assert hours[0]["time"] == "2026-08-10 00:00"
    assert hours[0]["time_epoch"] == int(datetime(2026, 8, 9, 15, tzinfo=UTC).timestamp())
    chances = [hour["chance_of_rain"] for hour in hours if hour["chance_of_rain"] is not None]
    assert max(chances) > 1
    assert (
        len(
            get("/weatherapi/v1/forecast.json", q="1,2", days="2026-01-01", key="k").json()["forecast"][
                "forecastday"
            ]
        )
        == 1
    )


def test_weatherapi_answers_a_cut_coordinate_for_another_place(get: Get) -> None:
    reply = get("/weatherapi/v1/forecast.json", q="39.10713,", key="k")
    assert reply.status_code == 200
    assert abs(reply.json()["location"]["lat"] - 39.10713) > 5
    assert get("/weatherapi/v1/forecast.json", q="Nowhere", key="k").json()["error"]["code"] == 1006


def test_met_norway_amounts_lie_ahead_and_six_hours_hold_six(get: Get) -> None:
    series = get(MET_NORWAY, lat="1.2897", lon="103.8501").json()["properties"]["timeseries"]
    one = {
        step["time"]: step["data"]["next_1_hours"]["details"].get("precipitation_amount")
        for step in series[:50]
        if "next_1_hours" in step["data"]
    }
    checked = 0
    for step in series[:40]:
        six = step["data"]["next_6_hours"]["details"].get("precipitation_amount")
        start = datetime.fromisoformat(step["time"])
        parts: list[Any] = [one.get(f"{start + timedelta(hours=h):%Y-%m-%dT%H:%M:%SZ}") for h in range(6)]
        if six is None or None in parts:
            continue
        assert six == pytest.approx(sum(parts), abs=0.31)
        checked += 1
    assert checked > 20
    assert "next_6_hours" not in series[-1]["data"]
    gaps = {
        datetime.fromisoformat(b["time"]) - datetime.fromisoformat(a["time"])
        for a, b in zip(series[-10:], series[-9:], strict=False)
    }
    assert gaps <= {timedelta(hours=6), timedelta(hours=12)}


@pytest.mark.parametrize(
    "path", ["/met_norway/weatherapi/locationforecast/2.0/compact?lat=1&lon=2", "/nws/points/39.7,-105"]
)
def test_who_does_not_say_who_he_is_gets_403(sandbox_url: str, path: str) -> None:
    request = httpx.Request("GET", f"{sandbox_url}{path}", headers={"X-Sandbox-Now": NOW.isoformat()})
    with httpx.Client() as client:
        assert client.send(request).status_code == 403


def test_met_norway_refuses_five_decimals_and_nonsense_with_a_page(get: Get) -> None:
    assert get(MET_NORWAY, lat="52.52441", lon="13").status_code == 403
    reply = get(MET_NORWAY, lat="north", lon="13")
    assert (reply.status_code, reply.text.startswith("<html>")) == (400, True)


def test_nws_knows_only_the_us_and_answers_problems(get: Get) -> None:
    reply = get("/nws/points/52.5244,13.4105")
    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["type"].endswith("InvalidPoint")
    assert get("/nws/gridpoints/SIM/19341,14252").status_code == 404


@pytest.mark.parametrize("country", ["US", "PR", "GU"])
def test_nws_knows_the_territories_too(tmp_path: Path, country: str) -> None:
    """The platform asks for them; here each cycle had an error of theirs."""
    places = tmp_path / "places.csv"
    places.write_text(f"location_id,country,latitude,longitude\nhere,{country},18.4,-66.1\n")
    simulation = Simulation(read_panel(places), seed=7)
    ask = Ask("/points/18.4,-66.1", {}, {"user-agent": "us"}, 1.785e9)
    lookup = json.loads(nws.respond(ask, simulation).body)["properties"]
    cell = replace(ask, path=f"/gridpoints/SIM/{lookup['gridX']},{lookup['gridY']}")
    assert json.loads(nws.respond(cell, simulation).body)["properties"]["temperature"]["values"]


def test_nws_layers_cover_each_hour_once(get: Get) -> None:
    lookup = get("/nws/points/40.7143,-74.006").json()["properties"]
    grid = get(f"/nws/gridpoints/{lookup['gridId']}/{lookup['gridX']},{lookup['gridY']}").json()["properties"]
    ends = None
    for entry in grid["temperature"]["values"]:
        start, duration = entry["validTime"].split("/")
        begin = datetime.fromisoformat(start)
        days, _, hours = duration[1:].partition("T")
        assert ends is None or begin >= ends
        ends = begin + timedelta(days=int(days[:-1] or 0), hours=int(hours[:-1] or 0))
        fahrenheit = entry["value"] * 1.8 + 32
        assert fahrenheit == pytest.approx(round(fahrenheit), abs=1e-6)
    assert all(entry["validTime"].endswith("/PT6H") for entry in grid["quantitativePrecipitation"]["values"])
