"""The readers of the providers that serve one place per call."""

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from weather_platform.core.places import Place
from weather_platform.core.providers.openweathermap_units import units_of
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Asked, Block, Fault, Horizon, PayloadError
from weather_platform_tests import replies
from weather_platform_tests.replies import START, encoded

HERE = Place("here", 46.5, 7.0, elevation_m=512.4)


def one(provider: str, reply: Any, **asked: Any) -> Block:
    (block,) = PROVIDERS[provider].parse(encoded(reply), Asked((HERE,), START, **asked))
    assert isinstance(block, Block)
    return block


def parts(provider: str, reply: Any) -> tuple[Block, list[str]]:
    """The block, and why other parts of the reply were no part of it."""
    block, *faults = PROVIDERS[provider].parse(encoded(reply), Asked((HERE,), START))
    assert isinstance(block, Block)
    return block, [fault.reason for fault in faults if isinstance(fault, Fault)]


def scaled(block: Block, column: str, row: int = 0) -> float:
    factor, offset = block.scale.get(column, (1.0, 0.0))
    return block.values[column][row] * factor + offset


class TestOpenWeatherMap:
    def test_metric_reply(self) -> None:
        block = one("openweathermap", replies.openweathermap(steps=4), params={"units": "metric"})
        assert scaled(block, "temperature_c") == 12.5
        assert scaled(block, "relative_humidity") == pytest.approx(0.7)
        assert scaled(block, "precipitation_probability") == 0.4
        assert (block.values["pressure_msl_hpa"][0], block.values["surface_pressure_hpa"][0]) == (1015, 955)
        assert block.interval_hours == 3
        assert block.valid_time[0] == np.datetime64("2026-08-01T03:00:00")
        assert block.values["weather_code"][0] == 500

    def test_no_rain_key_is_dry_and_a_null_is_unknown(self) -> None:
        reply = replies.openweathermap(steps=3)
        reply["list"][2]["rain"] = {"3h": None}
        block = one("openweathermap", reply)
        assert block.values["precipitation_mm"] == [0.0, 0.6, None]

    def test_an_empty_rain_or_snow_is_dry_as_replies_of_2018_and_before_have_it(self) -> None:
        reply = replies.openweathermap(steps=2)
        reply["list"][0] |= {"rain": {}, "snow": {}}
        reply["list"][1] |= {"rain": {}, "snow": {"3h": 0.4}}
        block = one("openweathermap", reply)
        assert block.values["precipitation_mm"] == [0.0, 0.4] and block.values["rain_mm"] == [0.0, 0.0]

    def test_rain_and_snow_are_counted_once_each(self) -> None:
        reply = replies.openweathermap(steps=2)
        reply["list"][1]["snow"] = {"3h": 0.4}
        block = one("openweathermap", reply)
        assert block.values["precipitation_mm"][1] == pytest.approx(1.0)
        assert (block.values["rain_mm"][1], block.values["snowfall_water_mm"][1]) == (0.6, 0.4)

    def test_steps_of_an_hour_have_amounts_of_an_hour(self) -> None:
        """Every dry step of paid plans' hourly product was dry for three hours, every wet one unknown."""
        reply = replies.openweathermap(steps=4)
        for hour, step in enumerate(reply["list"]):
            step |= {"dt": reply["list"][0]["dt"] + 3600 * hour, "rain": {"1h": 0.5}}
        del reply["list"][0]["rain"]
        block = one("openweathermap", reply)
        assert (block.values["precipitation_mm"], block.interval_hours) == ([0.0, 0.5, 0.5, 0.5], 1)

    @pytest.mark.parametrize(
        ("rain", "snow", "together"),
        [("0.5", "0.7", 1.2), ("0", 0.7, 0.7), (0.5, "0.7", 1.2), ("wet", 0.7, "wet"), (0.5, True, True)],
    )
    def test_rain_and_snow_as_text_are_added_too(self, rain: Any, snow: Any, together: Any) -> None:
        reply = replies.openweathermap(steps=2)
        reply["list"][1] |= {"rain": {"3h": rain}, "snow": {"3h": snow}}
        found = one("openweathermap", reply).values["precipitation_mm"][1]
        assert found == (pytest.approx(together) if isinstance(together, float) else together)

    def test_units_follow_the_request_and_kelvin_shows_itself(self) -> None:
        reply = replies.openweathermap(steps=1)
        reply["list"][0]["main"]["temp"] = 285.65
        assert scaled(one("openweathermap", reply), "temperature_c") == pytest.approx(12.5)
        reply["list"][0]["main"]["temp"] = 54.5
        block = one("openweathermap", reply, params={"units": "imperial"})
        assert scaled(block, "temperature_c") == pytest.approx(12.5)
        assert scaled(block, "wind_speed_m_s") == pytest.approx(3.1 * 0.44704)
        assert scaled(block, "precipitation_mm") == 0

    @pytest.mark.parametrize("bad", [None, {"dt": None}, {"dt": "soon"}, {}])
    def test_a_step_without_a_time_costs_no_other(self, bad: Any) -> None:
        reply = replies.openweathermap(steps=4)
        reply["list"][1] = bad
        block, reasons = parts("openweathermap", reply)
        assert len(block.valid_time) == 3
        assert [reason.startswith("step 1") for reason in reasons] == [True]
        assert block.values["precipitation_mm"] == [0.0, 0.0, 0.6]

    def test_one_odd_temperature_does_not_change_the_units(self) -> None:
        reply = replies.openweathermap(steps=4)
        for step, kelvin in zip(reply["list"], (285.65, 284.0, 0, 286.0), strict=True):
            step["main"]["temp"] = kelvin
        block = one("openweathermap", reply)
        assert scaled(block, "temperature_c") == pytest.approx(12.5)

    @pytest.mark.parametrize(
        ("temperatures", "units"),
        [
            ([285.0, 284.0, 0.0], "standard"),
            ([12.0, -999.0, "13"], "metric"),
            ([95.0, 88.0, 71.0], "imperial"),
            ([None, None], "standard"),
        ],
    )
    def test_the_units_of_a_file_without_a_request(self, temperatures: list[Any], units: str) -> None:
        none = [None] * len(temperatures)
        values = {"temperature_c": temperatures, "apparent_temperature_c": none, "snowfall_water_mm": none}
        assert units_of(values, {}) == units
        assert units_of(values, {"units": "imperial"}) == "imperial"
        assert units_of(values, {"cnt": "40"}) == units_of(values, {"units": "kelvins"}) == "standard"

    @pytest.mark.parametrize(
        ("at_snow", "celsius"), [(23.0, -5.0), (33.8, 1.0), (-5.0, -5.0), (1.0, 1.0), (268.15, -5.0)]
    )
    def test_it_does_not_snow_at_20_degrees_so_those_are_fahrenheit(
        self, at_snow: float, celsius: float
    ) -> None:
        reply = replies.openweathermap(steps=4)
        for step in reply["list"]:
            step["main"]["temp"] = at_snow
        reply["list"][1]["snow"] = {"3h": 0.4}
        assert scaled(one("openweathermap", reply), "temperature_c") == pytest.approx(celsius)

    @pytest.mark.parametrize("code", [401, "404", 429])
    def test_error_codes_as_number_or_text(self, code: object) -> None:
        with pytest.raises(PayloadError, match=f"error {code}: 'no'"):
            one("openweathermap", {"cod": code, "message": "no"})


class TestWeatherApi:
    def test_units_probability_and_snow(self) -> None:
        block = one("weatherapi", replies.weatherapi(days=1))
        assert scaled(block, "wind_speed_m_s") == pytest.approx(10.0)
        assert scaled(block, "wind_gust_m_s") == pytest.approx(15.0)
        assert scaled(block, "visibility_m") == 10_000
        assert scaled(block, "precipitation_probability") == pytest.approx(0.6)
        assert scaled(block, "snowfall_water_mm") == pytest.approx(0.2)
        assert scaled(block, "precipitation_mm") == 0.3
        assert scaled(block, "pressure_msl_hpa") == 1014.0
        assert "surface_pressure_hpa" not in block.values

    def test_a_key_that_older_replies_lack_is_missing(self) -> None:
        reply = replies.weatherapi(days=1)
        for hour in reply["forecast"]["forecastday"][0]["hour"]:
            del hour["snow_cm"], hour["chance_of_snow"]
        block = one("weatherapi", reply)
        assert set(block.values["snowfall_water_mm"]) == {None}
        assert scaled(block, "precipitation_probability") == pytest.approx(0.2)

    def test_an_hour_or_a_day_that_cannot_be_read_costs_no_other(self) -> None:
        reply = replies.weatherapi(days=3)
        days = reply["forecast"]["forecastday"]
        days[0]["hour"][1], days[0]["hour"][2], days[1] = None, {"time_epoch": None}, None
        block, reasons = parts("weatherapi", reply)
        assert len(block.valid_time) == 46
        assert [reason.split(" is")[0].split(":")[0] for reason in reasons] == ["day 1", "hour 1", "hour 2"]

    def test_chances_as_text(self) -> None:
        reply = replies.weatherapi(days=1)
        reply["forecast"]["forecastday"][0]["hour"][0] |= {"chance_of_rain": "70", "chance_of_snow": "9"}
        assert one("weatherapi", reply).values["precipitation_probability"][0] == "70"

    def test_http_200_for_another_place_is_refused(self) -> None:
        with pytest.raises(PayloadError, match="wrong place: here was asked"):
            one("weatherapi", replies.weatherapi(23.1, 113.2))

    def test_error_object(self) -> None:
        with pytest.raises(PayloadError, match="error 2007"):
            one("weatherapi", {"error": {"code": 2007, "message": "quota"}})


class TestMetNorway:
    def test_forward_amounts_move_to_the_end_of_their_window(self) -> None:
        block = one("met_norway", replies.met_norway(hours=3, blocks=3))
        # Steps at 0, 1, 2, 3, 9, 15 h; next_1_hours of step i holds i/10, next_6_hours likewise.
        assert block.values["precipitation_mm"] == [None, 0.0, 0.1, 0.2, 0.3, 0.9]
        assert block.interval_hours.tolist() == [1, 1, 1, 1, 6, 6]
        assert block.values["weather_code"][4] == "rain_3"

    def test_an_amount_of_another_window_than_the_step_is_unknown(self) -> None:
        reply = replies.met_norway(hours=2, blocks=1)
        del reply["properties"]["timeseries"][1]
        assert one("met_norway", reply).values["precipitation_mm"] == [None, None]

    def test_a_step_that_cannot_be_read_costs_no_other(self) -> None:
        reply = replies.met_norway(hours=6, blocks=0)
        series = reply["properties"]["timeseries"]
        series[1], series[3]["data"], series[4] = None, None, {"time": "noon", "data": {}}
        reply["properties"]["meta"]["updated_at"] = "soon"
        block, reasons = parts("met_norway", reply)
        assert len(block.valid_time) == 4
        assert [value is None for value in block.values["temperature_c"]] == [False, False, True, False]
        assert [reason.split()[0] for reason in reasons] == ["step", "step", "updated_at:"]
        assert block.issue_time is None

    def test_steps_are_taken_in_order_of_time_and_one_that_is_there_twice_once(self) -> None:
        reply = replies.met_norway(hours=3, blocks=3)
        usual = one("met_norway", reply)
        series = reply["properties"]["timeseries"]
        series[:] = [*reversed(series), series[2], series[4]]
        block = one("met_norway", reply)
        assert (block.values, block.valid_time.tolist()) == (usual.values, usual.valid_time.tolist())
        assert block.interval_hours.tolist() == usual.interval_hours.tolist()

    @pytest.mark.parametrize("first", [True, False])
    def test_steps_of_one_time_that_differ_are_set_aside_in_whatever_order(self, first: bool) -> None:
        reply = replies.met_norway(hours=6, blocks=0)
        series = reply["properties"]["timeseries"]
        other = json.loads(json.dumps(series[2]))
        other["data"]["instant"]["details"]["air_temperature"] = -40.0
        series.insert(0 if first else 4, other)
        block, reasons = parts("met_norway", reply)
        assert reasons == ["step 2026-08-01T02:00:00Z is there 2 times, and not the same"]
        assert set(block.values["temperature_c"]) == {11.5}
        # What stood at 02 UTC tells nothing of the hour after it either.
        assert block.values["precipitation_mm"] == [None, 0.0, None, 0.3, 0.4]

    def test_units_issue_time_and_height(self) -> None:
        reply = replies.met_norway(hours=2, blocks=0)
        reply["properties"]["meta"]["units"]["wind_speed"] = "kn"
        block = one("met_norway", reply)
        assert scaled(block, "wind_speed_m_s") == pytest.approx(6 * 1852 / 3600)
        assert scaled(block, "relative_humidity") == pytest.approx(0.665)
        assert block.issue_time == datetime(2026, 7, 31, 22, 10, tzinfo=UTC)
        assert block.elevation_m == 500

    @pytest.mark.parametrize("unit", [None, "furlong", ...])
    def test_a_unit_that_is_missing_or_unknown_is_not_guessed_and_costs_its_variable_alone(
        self, unit: Any
    ) -> None:
        reply = replies.met_norway(hours=2, blocks=0)
        units = reply["properties"]["meta"]["units"]
        units["air_temperature"] = unit
        if unit is ...:
            del units["air_temperature"]
        block, (reason,) = parts("met_norway", reply)
        assert "air_temperature" in reason and "temperature_c" not in block.values
        assert scaled(block, "relative_humidity") == pytest.approx(0.665)

    def test_a_request_has_four_decimals_and_the_height(self) -> None:
        place = Place("x", 59.91391234, 10.75221234, 94.6)
        (request,) = PROVIDERS["met_norway"].requests([place], Horizon(120))
        assert request.params == {"lat": "59.9139", "lon": "10.7522", "altitude": "95"}


def test_names_of_requests_are_plain_and_never_alike() -> None:
    places = [Place(name, 1.0, 1.0) for name in ("a/b", "a_b", "a b", "ä", ".hidden")]
    for provider in {*PROVIDERS} - {"open_meteo", "nws"}:
        names = [request.name for request in PROVIDERS[provider].requests(places, Horizon(24))]
        assert len(set(names)) == len(places)
        assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_+.") for name in names)
        assert not any(name.startswith(".") for name in names)
