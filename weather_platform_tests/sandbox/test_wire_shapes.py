"""Replies have the keys, nesting and types of recorded real ones."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from weather_platform_tests.sandbox.conftest import Get
from weather_platform_tests.sandbox.shapes import not_in, shape

pytestmark = pytest.mark.recorded
Recorded = Callable[[str], Any]
BERLIN = {"lat": "52.5244", "lon": "13.4105"}


@pytest.fixture(scope="session")
def recorded(recorded_data: Path) -> Recorded:
    def read(name: str) -> Any:
        return json.loads((recorded_data / "providers" / name).read_bytes())

    return read


def test_open_meteo_with_several_models(get: Get, recorded: Recorded) -> None:
    real = recorded("open_meteo/minipirineu_openmeteo_baqueira_2000.json")
    ours = get(
        "/open_meteo/v1/forecast", latitude="42.7", longitude="0.94", models="ecmwf_ifs025,gfs_seamless",
        hourly="snowfall,precipitation,temperature_2m", timezone="auto",
    ).json()  # fmt: skip
    assert list(ours) == list(real)
    own_models = re.compile(r"_(ecmwf_ifs025|gfs_seamless)")
    real_models = re.compile(r"_meteofrance_arome_france(_hd)?")
    as_ours = json.loads(own_models.sub("", json.dumps(ours)))
    as_real = json.loads(real_models.sub("", json.dumps(real)))
    assert not_in(shape(as_ours), shape(as_real)) == []
    assert (
        ours["hourly_units"]["snowfall_gfs_seamless"]
        == real["hourly_units"]["snowfall_meteofrance_arome_france"]
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:00", ours["hourly"]["time"][0])


def test_open_meteo_with_several_places(get: Get, recorded: Recorded) -> None:
    real = recorded("open_meteo/multi_location_daily_20250128.json")
    ours = get(
        "/open_meteo/v1/forecast", latitude="52.5,1", longitude="13.4,2", hourly="temperature_2m"
    ).json()
    assert [("location_id" in place, place.get("location_id")) for place in ours] == [
        ("location_id" in place, place.get("location_id")) for place in real
    ]


def test_openweathermap(get: Get, recorded: Recorded) -> None:
    real = recorded("openweathermap/forecast5d3h_capetown_20230925.json")
    ours = get("/openweathermap/data/2.5/forecast", lat="61.2176", lon="-149.8997", appid="k").json()
    allowed = shape(real) | {".list[].snow": {"object"}, ".list[].snow.3h": {"number"}}
    assert not_in(shape(ours), allowed) == []
    assert (
        not_in(shape(real), shape(ours) | {".list[].rain": {"object"}, ".list[].rain.3h": {"number"}}) == []
    )


def test_weatherapi(get: Get, recorded: Recorded) -> None:
    real = recorded("weatherapi/forecast_3day_cayce_20240115T173714Z.json")
    ours = get("/weatherapi/v1/forecast.json", q="52.5244,13.4105", days="3", key="k").json()
    extra_current = [path for path in not_in(shape(ours), shape(real)) if not path.startswith(".current")]
    assert extra_current == []
    assert not_in(shape(real), shape(ours)) == []
    assert list(ours["forecast"]["forecastday"][0]["hour"][0]) == list(
        real["forecast"]["forecastday"][0]["hour"][0]
    )


def test_met_norway(get: Get, recorded: Recorded) -> None:
    real = recorded("met_norway/locationforecast_compact_oslo_20260206.json")
    ours = get("/met_norway/weatherapi/locationforecast/2.0/compact", **BERLIN).json()
    assert not_in(shape(ours), shape(real)) == []
    assert not_in(shape(real), shape(ours)) == []
    assert ours["properties"]["meta"]["units"] == real["properties"]["meta"]["units"]


def test_nws(get: Get, recorded: Recorded) -> None:
    real_point, real_grid = recorded("nws/points_dc.json"), recorded("nws/pynws_detailed_forecast.json")
    point = get("/nws/points/39.7392,-104.9847").json()
    path = point["properties"]["forecastGridData"].removeprefix("https://api.weather.gov")
    grid = get(f"/nws{path}").json()
    assert not_in(shape(point["properties"]), shape(real_point["properties"])) == []
    assert not_in(shape(grid["properties"]), shape(real_grid["properties"])) == []
    units = {name: layer["uom"] for name, layer in grid["properties"].items() if "uom" in layer}
    assert units == {name: real_grid["properties"][name]["uom"] for name in units}


@pytest.mark.parametrize(
    ("path", "params", "file"),
    [
        ("/openweathermap/data/2.5/forecast", BERLIN, "openweathermap/error_401.json"),
        ("/weatherapi/v1/forecast.json", {"q": "1,2"}, "weatherapi/error_1002_401.json"),
    ],
)
def test_missing_keys_get_the_providers_own_words(
    get: Get, recorded: Recorded, path: str, params: dict[str, str], file: str
) -> None:
    reply = get(path, **params)
    assert reply.status_code == 401
    assert reply.json() == recorded(file)
