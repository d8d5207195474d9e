"""Bright Sky: what is asked, which of a reply's hours are forecasts, of which station, in which units."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.parsing.parse import Source, assemble
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.brightsky import PROVIDER
from weather_platform.core.providers.spec import Asked, Block, Fault, Horizon, PayloadError
from weather_platform_tests.replies import START, brightsky, encoded

HERE = Place("here", 46.5, 7.0)
SI = {"units": "si"}


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


class TestAsking:
    def test_a_request_says_where_what_and_in_which_units(self) -> None:
        (request,) = PROVIDER.requests([Place("berlin", 52.52437, 13.41053, 43.0)], Horizon(120))
        assert (request.name, request.path) == ("berlin", "/weather")
        assert request.params == {
            "lat": "52.5244",
            "lon": "13.4105",
            "max_dist": "50000",
            "units": "si",
            "tz": "Etc/UTC",
        }

    @pytest.mark.parametrize(
        ("hours", "last"), [(30, "2026-08-02T18:00"), (120, "2026-08-06T12:00"), (384, "2026-08-11T06:00")]
    )
    def test_each_cycle_asks_from_its_start_as_far_as_it_wants_at_its_end(
        self, hours: int, last: str
    ) -> None:
        (request,) = PROVIDER.requests([HERE], Horizon(hours))
        made = request.of(START + timedelta(hours=6))
        assert made.params == {**request.params, "date": "2026-08-01T06:00", "last_date": last}
        assert (made.name, made.places) == (request.name, request.places)

    @pytest.mark.parametrize(
        ("latitude", "longitude", "covered"),
        [
            (52.52, 13.41, True),
            (47.41, 10.98, True),
            (54.9, 8.3, True),
            (51.05, 5.87, True),
            (59.9, 10.7, False),
            (40.7, -74.0, False),
            (47.1, 11.0, False),
            (50.0, 19.9, False),
        ],
    )
    def test_only_where_stations_are_dense(self, latitude: float, longitude: float, covered: bool) -> None:
        assert PROVIDER.covers(Place("x", latitude, longitude)) is covered


class TestUnits:
    def test_si_as_asked_for(self) -> None:
        block = one(brightsky(hours=3), params=SI)
        assert scaled(block, "temperature_c") == pytest.approx(12.0)
        assert scaled(block, "dew_point_c") == pytest.approx(7.0)
        assert scaled(block, "pressure_msl_hpa") == pytest.approx(1013.2)
        assert scaled(block, "cloud_cover") == 0.75
        assert scaled(block, "precipitation_probability") == 0.4
        assert (scaled(block, "wind_speed_m_s"), scaled(block, "wind_gust_m_s")) == (5.5, 13.0)
        assert (scaled(block, "precipitation_mm"), scaled(block, "visibility_m")) == (0.3, 11500)
        assert block.values["weather_code"] == ["cloudy", "cloudy"]

    @pytest.mark.parametrize("params", [{"units": "dwd"}, {"lat": "46.5"}])
    def test_whoever_asked_for_none_has_those_of_germanys_service(self, params: dict[str, str]) -> None:
        assert scaled(one(brightsky(hours=3), params=params), "wind_speed_m_s") == pytest.approx(5.5 / 3.6)

    def test_a_file_without_a_request_or_a_temperature_is_taken_as_served_by_default(self) -> None:
        reply = brightsky(hours=3)
        for hour in reply["weather"]:
            hour["temperature"] = None
        assert scaled(one(reply), "wind_speed_m_s") == pytest.approx(5.5 / 3.6)

    @pytest.mark.parametrize("unknown", [[], [None], ["n/a"], [-999.0]])
    @given(celsius=st.lists(st.floats(-60, 55), min_size=2, max_size=5))
    def test_a_file_without_a_request_is_judged_by_its_temperatures(
        self, unknown: list[Any], celsius: list[float]
    ) -> None:
        for offset in (0.0, 273.15):
            reply = brightsky(hours=len(celsius) + len(unknown) + 1)
            told = [value + offset for value in celsius] + unknown
            for hour, value in zip(reply["weather"][1:], told, strict=True):
                hour["temperature"] = value
            block = one(reply)
            assert scaled(block, "temperature_c") == pytest.approx(celsius[0], abs=1e-9)
            assert block.scale["wind_speed_m_s"][0] == pytest.approx(1 if offset else 1 / 3.6)


class TestHours:
    def test_observed_hours_are_passed_over_and_the_others_end_their_intervals(self) -> None:
        block = one(brightsky(hours=4))
        assert block.valid_time.tolist() == [datetime(2026, 8, 1, hour) for hour in (1, 2, 3)]  # noqa: DTZ001
        assert block.interval_hours == 1
        assert (block.model, block.grid_latitude, block.elevation_m) == ("mosmix", 46.5, 500.0)

    @pytest.mark.parametrize("kind", ["historical", "current", "synop", "brand_new", None])
    def test_a_source_that_is_not_of_forecasts_has_none(self, kind: str | None) -> None:
        reply = brightsky()
        reply["sources"][1]["observation_type"] = kind
        assert parts(reply) == ([], [])

    def test_nothing_at_all_is_no_forecast_and_no_fault(self) -> None:
        assert parts(brightsky() | {"weather": []}) == ([], [])
        assert parts({"weather": [], "sources": []}) == ([], [])

    def test_an_hour_whose_source_is_not_listed_is_set_aside_alone(self) -> None:
        reply = brightsky(hours=4)
        reply["weather"][2]["source_id"] = 7
        (block,), reasons = parts(reply)
        assert len(block.valid_time) == 2
        assert reasons == ["hour 2: its source '7' is not among the reply's `sources`"]

    @pytest.mark.parametrize(
        "bad", [None, "noon", {"source_id": 2252}, {"source_id": 2252, "timestamp": "2026-08-01T02:00:00"}]
    )
    def test_an_hour_that_cannot_be_read_costs_no_other(self, bad: Any) -> None:
        reply = brightsky(hours=4)
        reply["weather"][2] = bad
        (block,), (reason,) = parts(reply)
        assert len(block.valid_time) == 2 and reason.startswith("hour 2")

    def test_the_hour_that_a_clock_shows_twice_is_two(self) -> None:
        reply = brightsky(hours=4)
        local = ("2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00")
        for hour, text in zip(reply["weather"][1:], local, strict=True):
            hour["timestamp"] = text
        times = np.array(["2026-10-25T00", "2026-10-25T01", "2026-10-25T02"], dtype="datetime64[s]")
        assert one(reply).valid_time.tolist() == times.tolist()

    def test_null_is_missing_and_never_zero(self) -> None:
        reply = brightsky(hours=4)
        reply["weather"][2]["precipitation"] = None
        body = encoded(reply)
        rows = assemble(PROVIDER, [Source("x", CYCLE.floor(START), Asked((HERE,), START), body)]).rows
        assert rows["relative_humidity"].isna().all()
        assert rows["precipitation_mm"].isna().tolist() == [False, True, False]


class TestPlace:
    def test_what_a_further_station_fills_in_is_left_out(self) -> None:
        reply = brightsky(hours=5)
        far = reply["sources"][1] | {"id": 99, "lat": 46.8, "height": 2400.0, "distance": 33000.0}
        reply["sources"].append(far)
        reply["weather"][1]["fallback_source_ids"] = {"pressure_msl": 99}
        reply["weather"][4]["source_id"] = 99
        block = one(reply)
        assert block.values["pressure_msl_hpa"] == [None, 101320, 101320]
        assert (block.grid_latitude, block.elevation_m) == (46.5, 500.0)

    def test_a_station_out_of_reach_is_another_place(self) -> None:
        with pytest.raises(PayloadError, match=r"wrong place: here was asked .* 56 km away"):
            parts(brightsky(47.0, 7.0))
        (station,), _ = parts(brightsky(46.9, 7.0))
        assert station.place == HERE

    @pytest.mark.parametrize(
        ("error", "told"),
        [
            ({"title": "404 Not Found", "detail": "No sources match your criteria"}, "No sources match"),
            ({"title": "400 Bad Request"}, "400 Bad Request"),
            ({"detail": [{"loc": ["query", "date"], "msg": "Field required"}]}, "Field required"),
            ({"weather": {"temperature": 1.0}, "sources": []}, "weather, sources"),
        ],
    )
    def test_an_error_is_told_in_its_own_words(self, error: Any, told: str) -> None:
        with pytest.raises(PayloadError, match=told):
            parts(error)


def test_its_terms_credit_germanys_weather_service() -> None:
    assert PROVIDER.attribution == "Quelle: Deutscher Wetterdienst"
