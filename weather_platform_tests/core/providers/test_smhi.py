"""SMHI: what is asked and where, over what time a reply's amounts are, and what in it is missing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.parsing.parse import Source, assemble, read
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.smhi import PROVIDER
from weather_platform.core.providers.spec import Asked, Block, Fault, Horizon, PayloadError
from weather_platform_tests.replies import START, encoded, smhi

HERE = Place("here", 46.5, 7.0)


def parts(reply: Any) -> tuple[Block, list[str]]:
    block, *faults = read(PROVIDER, encoded(reply), Asked((HERE,), START))
    assert isinstance(block, Block)
    return block, [fault.reason for fault in faults if isinstance(fault, Fault)]


def one(reply: Any) -> Block:
    block, reasons = parts(reply)
    assert reasons == []
    return block


def scaled(block: Block, column: str) -> float:
    factor, offset = block.scale[column]
    return block.values[column][0] * factor + offset


class TestAsking:
    def test_a_place_stands_in_the_path_longitude_first(self) -> None:
        (request,) = PROVIDER.requests([Place("stockholm", 59.32932, 18.06858)], Horizon(120))
        assert request.path == (
            "/api/category/snow1g/version/1/geotype/point/lon/18.0686/lat/59.3293/data.json"
        )
        assert (request.name, request.params, request.places[0].location_id) == ("stockholm", {}, "stockholm")

    @pytest.mark.parametrize(
        ("latitude", "longitude", "covered"),
        [
            (59.33, 18.07, True),  # Stockholm
            (60.39, 5.32, True),  # Bergen
            (69.65, 18.96, True),  # Tromsø
            (69.73, 30.05, True),  # Kirkenes
            (55.68, 12.57, True),  # Copenhagen
            (62.60, 29.76, True),  # Joensuu
            (59.44, 24.75, True),  # Tallinn
            (60.15, -1.15, True),  # Lerwick
            (52.49, 15.0, False),
            (78.22, 15.65, False),  # Longyearbyen
            (64.15, -21.94, False),  # Reykjavik
            (55.75, 37.62, False),  # Moscow
            (53.48, -2.24, False),  # Manchester
            (40.71, -74.01, False),
            (-59.33, 18.07, False),
        ],
    )
    def test_only_within_its_area(self, latitude: float, longitude: float, covered: bool) -> None:
        assert PROVIDER.covers(Place("x", latitude, longitude)) is covered


def test_units_are_those_of_its_catalogue() -> None:
    block = one(smhi())
    assert (scaled(block, "temperature_c"), scaled(block, "pressure_msl_hpa")) == (12.5, 1013.2)
    assert (scaled(block, "relative_humidity"), scaled(block, "cloud_cover")) == (0.8, 0.75)
    assert (scaled(block, "visibility_m"), scaled(block, "wind_direction_deg")) == (11_500, 200)
    assert (scaled(block, "wind_speed_m_s"), scaled(block, "wind_gust_m_s")) == (4.5, 9.5)
    assert (scaled(block, "precipitation_mm"), scaled(block, "precipitation_probability")) == (0.3, 0.4)
    assert block.values["weather_code"][0] == 18


class TestIntervals:
    def test_amounts_are_of_the_hours_that_end_at_their_time_however_many(self) -> None:
        block = one(smhi(steps=(1, 1, 3, 6, 12)))
        assert block.valid_time.tolist() == [
            START.replace(tzinfo=None) + timedelta(hours=hours) for hours in (1, 2, 5, 11, 23)
        ]
        assert block.interval_hours.tolist() == [1, 1, 3, 6, 12]
        assert block.values["precipitation_mm"] == [0.3] * 5

    @pytest.mark.parametrize("begins", [None, "noon", "2026-08-01T01:00:00", 7, ["2026-08-01T01:00:00Z"], ""])
    def test_without_one_amounts_are_left_out_and_nothing_else(self, begins: Any) -> None:
        reply = smhi(steps=(1, 1, 6))
        reply["timeSeries"][1]["intervalParametersStartTime"] = begins
        block, (reason,) = parts(reply)
        assert reason.startswith("1 of 3 steps: no whole hours end at `time`")
        assert block.interval_hours.tolist() == [1, 1, 6]
        for column in ("precipitation_mm", "precipitation_probability"):
            assert [value is None for value in block.values[column]] == [False, True, False]
        assert block.values["temperature_c"] == [12.5] * 3

    @given(st.integers(-2, 52).map(lambda half_hours: 1800 * half_hours) | st.integers(-10_000, 100_000))
    def test_whole_hours_up_to_a_day_are_one_and_no_others(self, seconds: int) -> None:
        reply = smhi(steps=(1,))
        begins = START + timedelta(hours=1, seconds=-seconds)
        reply["timeSeries"][0]["intervalParametersStartTime"] = f"{begins:%Y-%m-%dT%H:%M:%SZ}"
        block, reasons = parts(reply)
        told = seconds in range(3600, 86_401, 3600)
        assert block.interval_hours.tolist() == [seconds // 3600 if told else 1]
        assert block.values["precipitation_mm"] == [0.3 if told else None]
        assert len(reasons) == (not told)


class TestMissing:
    def test_9999_is_missing_in_any_field(self) -> None:
        reply = smhi(steps=(1, 1))
        reply["timeSeries"][0]["data"] = dict.fromkeys(reply["timeSeries"][0]["data"], 9999)
        reply["timeSeries"][1]["data"] |= {"visibility_in_air": 9999.0, "symbol_code": 9999}
        body = encoded(reply)
        source = Source("x", CYCLE.floor(START), Asked((HERE,), START), body)
        result = assemble(PROVIDER, [source])
        assert (len(result.rows), result.without_values, len(result.quarantine)) == (1, 1, 0)
        assert result.rows[["visibility_m", "weather_code"]].isna().all(axis=None)
        assert result.rows["temperature_c"].tolist() == [12.5]

    @pytest.mark.parametrize("data", [None, [], "x", {}, {"air_temperature": None}])
    def test_a_step_without_values_is_none(self, data: Any) -> None:
        reply = smhi(steps=(1, 1))
        reply["timeSeries"][0]["data"] = data
        assert one(reply).values["temperature_c"] == [None, 12.5]

    @pytest.mark.parametrize("field", ["precipitation_amount_mean", "probability_of_precipitation"])
    def test_amounts_and_chances_may_be_absent(self, field: str) -> None:
        reply = smhi(steps=(1,))
        del reply["timeSeries"][0]["data"][field]
        block = one(reply)
        missing = [column for column, values in block.values.items() if values == [None]]
        assert len(missing) == 1

    @pytest.mark.parametrize("step", [None, "noon", {}, {"time": "2026-08-01T01:00:00"}, {"time": 1}])
    def test_a_step_without_a_time_costs_no_other(self, step: Any) -> None:
        reply = smhi(steps=(1, 1, 1))
        reply["timeSeries"][1] = step
        block, (reason,) = parts(reply)
        assert len(block.valid_time) == 2 and reason.startswith("step 1")


class TestReply:
    def test_it_was_issued_when_it_was_made(self) -> None:
        assert one(smhi()).issue_time == datetime(2026, 7, 31, 23, 46, 26, tzinfo=UTC)
        assert one({**smhi(), "createdTime": None}).issue_time is None
        block, (reason,) = parts({**smhi(), "createdTime": "soon"})
        assert block.issue_time is None and reason.startswith("createdTime")

    def test_another_place_is_refused(self) -> None:
        with pytest.raises(PayloadError, match=r"wrong place: here was asked .* 11 km away"):
            parts(smhi(46.6, 7.0))
        assert one(smhi(46.51, 7.01)).grid_latitude == 46.51

    @pytest.mark.parametrize(
        ("reply", "told"),
        [
            ({"status": 500, "message": "Internal"}, "no `timeSeries`: .* 'status, message'"),
            ({}, "no `timeSeries`"),
            (smhi(steps=()), "holds no step"),
            ({**smhi(), "timeSeries": {"time": 1}}, "holds no step"),
            ({**smhi(), "geometry": {"coordinates": [[7.0, 46.5]]}}, "not of SMHI's structure"),
            ({**smhi(), "geometry": {"coordinates": ["east", None]}}, "no usable coordinates"),
            ({**smhi(), "geometry": None}, "not of SMHI's structure"),
        ],
    )
    def test_what_is_no_forecast_says_so(self, reply: Any, told: str) -> None:
        with pytest.raises(PayloadError, match=told):
            parts(reply)


def test_its_terms_want_a_change_named_and_one_connection_for_each_user() -> None:
    assert PROVIDER.attribution == "Source: SMHI (CC BY 4.0), modified"
    assert PROVIDER.concurrency == 1
