"""Visual Crossing: what is asked, which of a reply's hours are forecasts, in which units."""

import math
import warnings
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.parsing.parse import Source, assemble
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.spec import Asked, Block, Fault, Horizon, PayloadError
from weather_platform.core.providers.visualcrossing import PROVIDER
from weather_platform_tests.replies import START, encoded, visualcrossing

HERE = Place("here", 46.5, 7.0)
METRIC = {"unitGroup": "metric"}
# How a group writes °C.
CELSIUS = {"metric": lambda c: c, "us": lambda c: c * 1.8 + 32, "base": lambda c: c + 273.15}


def parts(reply: Any, **asked: Any) -> tuple[list[Block], list[str]]:
    found = PROVIDER.parse(encoded(reply), Asked((HERE,), START, **asked))
    blocks = [part for part in found if isinstance(part, Block)]
    return blocks, [part.reason for part in found if isinstance(part, Fault)]


def one(reply: Any, **asked: Any) -> Block:
    (block,), reasons = parts(reply, **asked)
    assert reasons == []
    return block


def scaled(block: Block, column: str, row: int = 0) -> float:
    factor, offset = block.scale[column]
    return block.values[column][row] * factor + offset


def hours(reply: dict[str, Any]) -> list[Any]:
    return reply["days"][0]["hours"]


class TestAsking:
    def test_a_request_says_where_what_and_in_which_units(self) -> None:
        (request,) = PROVIDER.requests([Place("berlin", 52.52437, 13.41053)], Horizon(120))
        assert request.name == "berlin"
        assert request.path == "/VisualCrossingWebServices/rest/services/timeline/52.5244,13.4105"
        elements = request.params["elements"].split(",")
        assert set(elements) == hours(visualcrossing(hours=2))[1].keys()
        others = {name: value for name, value in request.params.items() if name != "elements"}
        assert others == {"unitGroup": "metric", "include": "hours", "contentType": "json"}

    def test_its_key_is_added_below_and_every_place_costs_one_of_a_thousand_a_day(self) -> None:
        requests = PROVIDER.requests([HERE, Place("there", -33.9, 18.4)], Horizon(24))
        assert [request.quota_weight for request in requests] == [1, 1]
        assert [(limit.window, limit.calls) for limit in PROVIDER.terms.limits] == [("day", 1000)]
        assert PROVIDER.auth is not None and PROVIDER.auth.query == "key"
        assert not any("key" in request.params for request in requests)


class TestUnits:
    @pytest.mark.parametrize(
        ("group", "celsius", "metres", "mm", "m_s"),
        [
            ("metric", 12.5, 11500, 0.3, 5.0),
            ("us", (12.5 - 32) / 1.8, 11.5 * 1609.344, 0.3 * 25.4, 18 * 0.44704),
            ("uk", 12.5, 11.5 * 1609.344, 0.3, 18 * 0.44704),
            ("base", 12.5 - 273.15, 11500, 0.3, 18),
        ],
    )
    def test_those_asked_for(self, group: str, celsius: float, metres: float, mm: float, m_s: float) -> None:
        block = one(visualcrossing(), params={"unitGroup": group})
        assert scaled(block, "temperature_c") == pytest.approx(celsius)
        assert scaled(block, "visibility_m") == pytest.approx(metres)
        assert scaled(block, "precipitation_mm") == pytest.approx(mm)
        assert scaled(block, "wind_speed_m_s") == pytest.approx(m_s)
        assert scaled(block, "wind_gust_m_s") == pytest.approx(2 * m_s)
        assert scaled(block, "relative_humidity") == pytest.approx(0.704)
        assert scaled(block, "precipitation_probability") == 0.4
        assert scaled(block, "pressure_msl_hpa") == 1013.2
        assert scaled(block, "cloud_cover") == 0.75
        assert (block.values["weather_code"][0], block.model) == ("rain", "blend")

    def test_whoever_asked_for_none_has_those_of_the_united_states(self) -> None:
        block = one(visualcrossing(), params={"include": "hours"})
        assert scaled(block, "wind_speed_m_s") == pytest.approx(18 * 0.44704)

    @pytest.mark.parametrize("group", CELSIUS)
    @given(weather=st.lists(st.tuples(st.floats(-35, 45), st.floats(2, 20)), min_size=3, max_size=6))
    def test_a_file_without_a_request_is_judged_by_its_humidity(
        self, group: str, weather: list[tuple[float, float]]
    ) -> None:
        reply = visualcrossing(hours=len(weather) + 2)
        for hour, (celsius, spread) in zip(hours(reply)[1:], weather, strict=False):
            hour["temp"], hour["dew"] = CELSIUS[group](celsius), str(CELSIUS[group](celsius - spread))
            hour["humidity"] = 100 * bolton(celsius - spread) / bolton(celsius)
        # Where the reader's own formula divides by zero.
        hours(reply)[-1] |= {"temp": -243.12, "dew": -243.12}
        block = one(reply)
        assert scaled(block, "temperature_c") == pytest.approx(weather[0][0], abs=1e-9)
        assert scaled(block, "wind_speed_m_s") == pytest.approx(
            18 * {"metric": 1 / 3.6, "us": 0.44704, "base": 1}[group]
        )

    def test_numbers_that_no_weather_has_are_judged_in_silence(self) -> None:
        reply = visualcrossing(hours=4)
        hours(reply)[1] |= {"temp": 1.7e308, "dew": 1.7e308}
        with warnings.catch_warnings(action="error"):
            assert scaled(one(reply), "temperature_c", 1) == 12.5

    def test_a_file_that_tells_no_units_is_not_guessed_at(self) -> None:
        reply = visualcrossing(hours=3)
        hours(reply)[1]["dew"] = None
        del hours(reply)[2]["humidity"]
        with pytest.raises(PayloadError, match=r"does not say its units.*unitGroup=metric"):
            parts(reply)
        assert scaled(one(reply, params=METRIC), "temperature_c") == 12.5


def bolton(celsius: float) -> float:
    """Another formula than the reader's own."""
    return math.exp(17.67 * celsius / (celsius + 243.5))


class TestHours:
    def test_observed_hours_are_passed_over_and_the_others_end_their_intervals(self) -> None:
        block = one(visualcrossing(hours=26))
        assert len(block.valid_time) == 25
        assert block.valid_time[[0, 22, -1]].tolist() == [
            datetime(2026, 8, 1, 1),  # noqa: DTZ001
            datetime(2026, 8, 1, 23),  # noqa: DTZ001
            datetime(2026, 8, 2, 1),  # noqa: DTZ001
        ]
        assert (block.interval_hours, block.grid_latitude, block.grid_longitude) == (1, 46.5, 7.0)
        assert not {"rain_mm", "snowfall_water_mm"} & block.values.keys()

    @pytest.mark.parametrize("kind", ["obs", "comb", "stats", "brand_new", ["fcst"]])
    def test_what_is_not_of_forecasts_has_none(self, kind: Any) -> None:
        reply = visualcrossing(hours=3)
        for hour in hours(reply):
            hour["source"] = kind
        assert parts(reply) == ([], [])
        hours(reply)[1] = "noon"
        reply["days"].append("tomorrow")
        assert [len(found) for found in parts(reply)] == [0, 2]

    def test_a_forecast_of_the_past_is_one_and_so_is_what_names_no_source(self) -> None:
        reply = visualcrossing(hours=3)
        hours(reply)[1]["source"] = "histfcst"
        del hours(reply)[2]["source"]
        assert len(one(reply).valid_time) == 2

    def test_days_without_hours_have_none_and_a_reply_of_such_days_says_so(self) -> None:
        reply = visualcrossing(hours=50)
        del reply["days"][1]["hours"]
        reply["days"][2]["hours"] = None
        assert len(one(reply).valid_time) == 23
        del reply["days"][0]["hours"]
        with pytest.raises(PayloadError, match="holds no hour"):
            parts(reply)

    @pytest.mark.parametrize("bad", [None, "noon", {"source": "fcst"}, {"datetimeEpoch": "02:00:00"}, [1]])
    def test_an_hour_that_cannot_be_read_costs_no_other(self, bad: Any) -> None:
        reply = visualcrossing(hours=4)
        hours(reply)[2] = bad
        (block,), (reason,) = parts(reply)
        assert len(block.valid_time) == 2 and reason.startswith("hour 2")

    def test_a_day_that_cannot_be_read_costs_no_other(self) -> None:
        reply = visualcrossing(hours=30)
        reply["days"].insert(0, "today")
        (block,), (reason,) = parts(reply)
        assert len(block.valid_time) == 29 and reason.startswith("day 0")

    def test_null_is_missing_and_never_zero(self) -> None:
        reply = visualcrossing(hours=4)
        hours(reply)[2] |= {"windgust": None, "precip": None}
        source = Source("x", CYCLE.floor(START), Asked((HERE,), START, params=METRIC), encoded(reply))
        rows = assemble(PROVIDER, [source]).rows
        assert rows["wind_gust_m_s"].isna().tolist() == [False, True, False]
        assert rows["precipitation_mm"].isna().tolist() == [False, True, False]
        assert rows["snowfall_water_mm"].isna().all()

    def test_hours_of_a_clock_half_an_hour_off_are_made_whole(self) -> None:
        reply = visualcrossing(hours=6)
        for hour in hours(reply):
            hour["datetimeEpoch"] += 1800
        source = Source("x", CYCLE.floor(START), Asked((HERE,), START, params=METRIC), encoded(reply))
        assert set(assemble(PROVIDER, [source]).rows["valid_time"].dt.minute) == {0}


class TestErrors:
    def test_another_place_is_told(self) -> None:
        with pytest.raises(PayloadError, match=r"wrong place: here was asked .* 56 km away"):
            parts(visualcrossing(47.0, 7.0))

    def test_an_error_is_told_in_its_own_words(self) -> None:
        with pytest.raises(PayloadError, match=r"not JSON.*Bad API Request:Invalid location"):
            PROVIDER.parse(b"Bad API Request:Invalid location parameter value.", Asked((HERE,), START))

    @pytest.mark.parametrize("reply", [{"errorCode": 999}, {"days": {"hours": []}}, {"days": None}])
    def test_a_reply_without_days_is_none(self, reply: Any) -> None:
        with pytest.raises(PayloadError, match="no list `days`, but"):
            parts(reply)
