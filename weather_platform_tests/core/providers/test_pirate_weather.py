"""Pirate Weather: what is asked and where the key goes, in which units a reply is, of which hours."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from weather_platform.core.parsing.parse import Source, assemble, read
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.pirate_weather import PROVIDER
from weather_platform.core.providers.spec import Asked, Block, Fault, Horizon, PayloadError
from weather_platform.infra.configuration.settings import Settings
from weather_platform.infra.web.http import client
from weather_platform_tests.replies import START, encoded, pirate_weather

HERE = Place("here", 46.5, 7.0)
SECRET = "pl4nted"  # noqa: S105 - planted, to be looked for


def parts(reply: Any, **asked: Any) -> tuple[Block, list[str]]:
    block, *faults = read(PROVIDER, encoded(reply), Asked((HERE,), START, **asked))
    assert isinstance(block, Block)
    return block, [fault.reason for fault in faults if isinstance(fault, Fault)]


def one(reply: Any, **asked: Any) -> Block:
    block, reasons = parts(reply, **asked)
    assert reasons == []
    return block


def scaled(block: Block, column: str) -> float:
    factor, offset = block.scale[column]
    return block.values[column][0] * factor + offset


def flagged(**flags: Any) -> dict[str, Any]:
    reply = pirate_weather(hours=2)
    return {**reply, "flags": {**reply["flags"], **flags}}


class TestAsking:
    def test_a_request_says_where_and_in_which_units(self) -> None:
        (request,) = PROVIDER.requests([Place("new-york", 40.71281, -74.00597)], Horizon(120))
        assert (request.name, request.path) == ("new-york", "/forecast/key-in-header/40.7128,-74.0060")
        assert request.params == {
            "units": "si",
            "extend": "hourly",
            "version": "2",
            "exclude": "currently,minutely,daily,alerts",
        }

    async def test_the_key_is_in_a_header_and_in_no_url(self) -> None:
        seen: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return httpx.Response(200, content=encoded(pirate_weather()))

        settings = Settings(profile="live", pirate_weather_key=SecretStr(SECRET))
        (request,) = PROVIDER.requests([HERE], Horizon(120))
        async with client(PROVIDER, settings, httpx.MockTransport(answer)) as http:
            response = await http.get(request.path, params=request.params)
        assert seen[0].headers["apikey"] == SECRET
        assert seen[0].url.path == "/forecast/key-in-header/46.5000,7.0000"
        assert SECRET not in str(seen[0].url) and "apikey" not in response.request.headers


class TestUnits:
    @pytest.mark.parametrize(
        ("system", "temperature", "wind", "visibility", "precipitation"),
        [
            ("si", 12.5, 4.5, 11_500, 0.3),
            ("ca", 12.5, 1.25, 11_500, 0.3),
            ("uk", 12.5, 2.01168, 18_507.456, 0.3),
            ("uk2", 12.5, 2.01168, 18_507.456, 0.3),
            ("us", -10.8333333, 2.01168, 18_507.456, 7.62),
        ],
    )
    def test_they_are_those_that_the_flags_name(
        self, system: str, temperature: float, wind: float, visibility: float, precipitation: float
    ) -> None:
        block = one(flagged(units=system), params={"units": "si"})
        assert scaled(block, "temperature_c") == pytest.approx(temperature)
        assert scaled(block, "wind_speed_m_s") == pytest.approx(wind)
        assert scaled(block, "wind_gust_m_s") == pytest.approx(wind * 9.5 / 4.5)
        assert scaled(block, "visibility_m") == pytest.approx(visibility)
        assert scaled(block, "precipitation_mm") == pytest.approx(precipitation)
        assert (scaled(block, "relative_humidity"), scaled(block, "cloud_cover")) == (0.8, 0.75)
        assert scaled(block, "pressure_msl_hpa") == 1013.2
        assert scaled(block, "precipitation_probability") == 0.4

    @pytest.mark.parametrize(
        ("params", "celsius"), [({"units": "si"}, 12.5), ({"extend": "hourly"}, (12.5 - 32) / 1.8)]
    )
    def test_without_flags_they_are_those_asked_for(self, params: dict[str, str], celsius: float) -> None:
        reply = pirate_weather(hours=1)
        del reply["flags"]
        block = one(reply, params=params)
        assert scaled(block, "temperature_c") == pytest.approx(celsius)
        assert block.model == "blend"

    @pytest.mark.parametrize("units", [None, "", "auto", ["si"], {"si": 1}, 7])
    def test_of_units_that_nobody_knows_nothing_is_read(self, units: Any) -> None:
        with pytest.raises(PayloadError, match=r"in units .*, and known are si, ca, uk, uk2, us"):
            parts(flagged(units=units))


class TestHours:
    def test_amounts_and_chances_are_of_the_hour_that_ends(self) -> None:
        block = one(pirate_weather(hours=3))
        assert block.valid_time.tolist() == [
            START.replace(tzinfo=None) + timedelta(hours=hours) for hours in range(3)
        ]
        assert block.interval_hours == 1
        assert block.values["precipitation_mm"] == [0.3] * 3

    def test_water_is_taken_and_no_depth_of_snow(self) -> None:
        reply = pirate_weather(hours=1)
        reply["hourly"]["data"][0] |= {"precipType": "snow", "snowIntensity": 3.0, "precipAccumulation": 0.3}
        assert one(reply).values["precipitation_mm"] == [0.3]

    def test_minus_999_is_missing_in_any_field(self) -> None:
        reply = pirate_weather(hours=2)
        hours = reply["hourly"]["data"]
        hours[0] = {"time": hours[0]["time"], **dict.fromkeys(set(hours[0]) - {"time"}, -999)}
        hours[1] |= {"windGust": -999.0, "precipProbability": None, "icon": -999}
        del hours[1]["visibility"]
        source = Source("x", CYCLE.floor(START), Asked((HERE,), START), encoded(reply))
        result = assemble(PROVIDER, [source])
        assert (len(result.rows), result.without_values, len(result.quarantine)) == (1, 1, 0)
        missing = ["wind_gust_m_s", "precipitation_probability", "visibility_m", "weather_code"]
        assert result.rows[missing].isna().all(axis=None)
        assert result.rows[["elevation_m", "issue_time"]].isna().all(axis=None)
        assert result.rows["wind_speed_m_s"].tolist() == [4.5]

    @pytest.mark.parametrize("hour", [None, "noon", {}, {"time": "2026-08-01T01:00:00Z"}, {"time": 1.5}])
    def test_an_hour_without_a_time_costs_no_other(self, hour: Any) -> None:
        reply = pirate_weather(hours=3)
        reply["hourly"]["data"][1] = hour
        block, (reason,) = parts(reply)
        assert len(block.valid_time) == 2 and reason.startswith("hour 1")


class TestReply:
    def test_dark_skys_own_is_another_feed_and_has_no_amounts(self) -> None:
        reply = flagged()
        del reply["flags"]["version"]
        block = one(reply)
        assert block.model == "dark_sky"
        assert set(block.values) & {"precipitation_mm", "precipitation_probability"} == set()
        assert scaled(block, "temperature_c") == 12.5

    def test_another_place_is_refused(self) -> None:
        with pytest.raises(PayloadError, match=r"wrong place: here was asked .* 11 km away"):
            parts(pirate_weather(46.6, 7.0))

    @pytest.mark.parametrize(
        ("reply", "told"),
        [
            ({"message": "Invalid authentication credentials"}, "Invalid authentication credentials"),
            ({"detail": "Invalid Location Specification"}, "Invalid Location Specification"),
            ({"code": 400, "error": "The given location is invalid."}, "location is invalid"),
            ({}, "no `hourly`"),
            ({**pirate_weather(), "hourly": []}, "no `hourly`"),
            ({**pirate_weather(), "hourly": {}}, "holds no hour"),
            (pirate_weather(hours=0), "holds no hour"),
            ({**pirate_weather(), "latitude": None}, "no usable coordinates"),
        ],
    )
    def test_what_is_no_forecast_says_so(self, reply: Any, told: str) -> None:
        with pytest.raises(PayloadError, match=told):
            parts(reply)


def test_its_terms_name_whose_data_it_passes_on() -> None:
    assert PROVIDER.attribution.startswith("Powered by Pirate Weather, with data of NOAA, ECMWF")
