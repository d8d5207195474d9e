"""Open-Meteo's reader on replies with the quirks that its contract and real recordings show."""

from datetime import timedelta

import numpy as np
import pytest

from weather_platform.core.places import Place
from weather_platform.core.providers.open_meteo import PLACES_PER_REQUEST, PROVIDER
from weather_platform.core.providers.spec import Asked, Block, Fault, Horizon, PayloadError
from weather_platform_tests.replies import START, encoded, open_meteo

HERE = Place("here", 46.5, 7.0)
THERE = Place("there", -33.9, 18.4)
ASKED = Asked((HERE,), START)


def one(reply: object, asked: Asked = ASKED) -> Block:
    (block,) = PROVIDER.parse(encoded(reply), asked)
    assert isinstance(block, Block)
    return block


def with_fault(reply: object) -> tuple[Block, str]:
    """The one block that can be used, and why something else cannot."""
    parts = PROVIDER.parse(encoded(reply), ASKED)
    (block,) = (part for part in parts if isinstance(part, Block))
    (fault,) = (part for part in parts if isinstance(part, Fault))
    return block, fault.reason


def test_requests_batch_places_and_ask_for_all_models_in_one() -> None:
    places = [Place(f"p{i}", 1.0, 2.0) for i in range(PLACES_PER_REQUEST + 1)]
    first, second = PROVIDER.requests(places, Horizon(120))
    assert (len(first.places), len(second.places)) == (PLACES_PER_REQUEST, 1)
    assert first.params["models"] == "ecmwf_ifs025,gfs_seamless,icon_seamless"
    assert len(first.params["latitude"].split(",")) == PLACES_PER_REQUEST
    assert first.quota_weight > PLACES_PER_REQUEST * second.quota_weight / 2
    assert first.name != second.name


def test_a_place_added_to_the_panel_is_a_new_request() -> None:
    (before,), (again,), (after,) = (
        PROVIDER.requests(places, Horizon(120)) for places in ([HERE], [HERE], [HERE, THERE])
    )
    assert before.name == again.name
    assert before.name != after.name


def test_units_are_read_from_the_reply() -> None:
    reply = open_meteo(hours=2)
    reply["hourly_units"] |= {"wind_speed_10m": "km/h", "temperature_2m": "°F"}
    block = one(reply)
    assert block.scale["wind_speed_m_s"] == pytest.approx((1 / 3.6, 0))
    assert block.scale["temperature_c"] == pytest.approx((5 / 9, -160 / 9))


def test_an_unknown_unit_is_not_guessed_and_costs_no_other_series() -> None:
    reply = open_meteo(hours=2)
    reply["hourly_units"]["temperature_2m"] = "furlong"
    block, reason = with_fault(reply)
    assert "furlong" in reason
    assert "temperature_c" not in block.values
    assert "wind_speed_m_s" in block.values


def test_a_variable_that_the_model_does_not_serve_is_left_out() -> None:
    reply = open_meteo(hours=2)
    reply["hourly"]["visibility"], reply["hourly_units"]["visibility"] = [None, None], "undefined"
    assert "visibility_m" not in one(reply).values


def test_local_times_move_by_one_constant_offset_even_across_a_dst_change() -> None:
    reply = open_meteo(hours=3)
    # Madrid on 2026-10-25: the clock goes back at 01:00Z, but the series keeps the offset of the request.
    reply["hourly"]["time"] = ["2026-10-25T01:00", "2026-10-25T02:00", "2026-10-25T03:00"]
    reply["utc_offset_seconds"] = 7200
    expected = np.array(["2026-10-24T23", "2026-10-25T00", "2026-10-25T01"], dtype="datetime64[s]")
    assert (one(reply).valid_time == expected).all()


def test_unixtime_is_utc_whatever_the_offset() -> None:
    reply = open_meteo(hours=2)
    reply["hourly_units"]["time"], reply["utc_offset_seconds"] = "unixtime", 7200
    reply["hourly"]["time"] = [int(START.timestamp()), int(START.timestamp()) + 3600]
    assert one(reply).valid_time[0] == np.datetime64("2026-08-01T00:00:00")


def test_each_model_is_its_own_block_and_previous_days_are_not_forecasts() -> None:
    reply = open_meteo(hours=2, models=("ecmwf_ifs025", "gfs_seamless"))
    reply["hourly"]["temperature_2m_previous_day1_gfs_seamless"] = [99.0, 99.0]
    reply["hourly"]["cloud_cover_low_gfs_seamless"] = [99.0, 99.0]
    blocks = PROVIDER.parse(encoded(reply), ASKED)
    assert {block.model for block in blocks if isinstance(block, Block)} == {"ecmwf_ifs025", "gfs_seamless"}


@pytest.mark.parametrize(
    ("models", "params", "expected"),
    [
        ((), {}, "best_match"),
        (("icon_seamless",), {}, "icon_seamless"),
        ((), {"models": "icon_eu"}, "icon_eu"),
    ],
)
def test_a_single_model_is_named_by_the_request(
    models: tuple[str, ...], params: dict[str, str], expected: str
) -> None:
    assert one(open_meteo(hours=2), Asked((HERE,), START, models, params)).model == expected


def test_several_places_come_in_request_order_without_an_id_on_the_first() -> None:
    replies = [open_meteo(46.5, 7.0, 2), open_meteo(-33.9, 18.4, 2) | {"location_id": 1}]
    blocks = PROVIDER.parse(encoded(replies), Asked((HERE, THERE), START))
    assert [block.place for block in blocks if isinstance(block, Block)] == [HERE, THERE]


def test_a_wrong_place_loses_only_its_own_part() -> None:
    replies = [open_meteo(46.5, 7.0, 2), open_meteo(46.5, 7.0, 2) | {"location_id": 1}]
    good, bad = PROVIDER.parse(encoded(replies), Asked((HERE, THERE), START))
    assert isinstance(good, Block)
    assert isinstance(bad, Fault)
    assert "wrong place" in bad.reason


def test_fewer_places_than_asked_for_are_refused() -> None:
    with pytest.raises(PayloadError, match="2 places were asked for, but the reply holds 1"):
        PROVIDER.parse(encoded([open_meteo(hours=2)]), Asked((HERE, THERE), START))


def test_snow_depth_becomes_water_and_showers_are_rain() -> None:
    reply = open_meteo(hours=3)
    reply["hourly"] |= {"rain": [1.0, 0.5, None], "showers": [0.5, 0.0, 1.0], "snowfall": [7.0, 0.0, None]}
    reply["hourly_units"] |= {"rain": "mm", "showers": "mm", "snowfall": "cm"}
    block = one(reply)
    assert block.values["rain_mm"][:2] == [1.5, 0.5]
    assert np.isnan(block.values["rain_mm"][2])
    assert block.scale["snowfall_water_mm"][0] * 7.0 == pytest.approx(10.0)


def test_rain_stands_alone_where_the_model_tells_no_showers() -> None:
    reply = open_meteo(hours=2)
    reply["hourly"] |= {"rain": [1.0, 0.5], "showers": [None, None]}
    reply["hourly_units"] |= {"rain": "mm", "showers": "mm"}
    assert one(reply).values["rain_mm"] == [1.0, 0.5]


def test_three_hourly_steps_are_not_passed_as_hourly() -> None:
    reply = open_meteo(hours=3)
    reply["hourly"]["time"] = [f"{START + timedelta(hours=3 * i):%Y-%m-%dT%H:%M}" for i in range(3)]
    assert one(reply).interval_hours == 3


def test_a_series_shorter_than_the_times_costs_no_other() -> None:
    reply = open_meteo(hours=3)
    reply["hourly"]["temperature_2m"].pop()
    block, reason = with_fault(reply)
    assert "temperature_2m" in reason
    assert "temperature_c" not in block.values
    assert len(block.values["wind_speed_m_s"]) == 3


def test_rain_is_unknown_where_its_showers_cannot_be_read() -> None:
    reply = open_meteo(hours=3)
    reply["hourly"] |= {"rain": [1, 1, 1], "showers": [1, 1]}
    reply["hourly_units"] |= {"rain": "mm", "showers": "mm"}
    block, reason = with_fault(reply)
    assert "showers" in reason
    assert "rain_mm" not in block.values


@pytest.mark.parametrize("bad", [None, "noon", 7, "2026-08-01T01:00Z", "2026-08-01T01:00+02:00"])
def test_an_hour_without_a_time_costs_no_other(bad: object) -> None:
    reply = open_meteo(hours=4)
    reply["hourly"]["temperature_2m"] = [1.0, 2.0, 3.0, 4.0]
    reply["hourly"]["time"][1] = bad
    block, reason = with_fault(reply)
    assert "hour 1" in reason
    assert block.values["temperature_c"] == [1.0, 3.0, 4.0]
    assert np.diff(block.valid_time).astype("timedelta64[h]").astype(int).tolist() == [2, 1]


def test_local_times_without_an_offset_are_refused() -> None:
    reply = open_meteo(hours=2)
    reply.pop("utc_offset_seconds", None)
    assert one(reply | {"timezone": "GMT"}).valid_time[0] == one(open_meteo(hours=2)).valid_time[0]
    for wrong in ({"timezone": "Europe/Berlin"}, {"utc_offset_seconds": 10**12}):
        with pytest.raises(PayloadError, match="utc_offset_seconds"):
            one(reply | wrong)


def test_a_series_that_cannot_be_read_costs_its_place_no_model() -> None:
    reply = open_meteo(hours=2)
    hourly, units = reply["hourly"], reply["hourly_units"]
    for name in ("temperature_2m_icon_seamless", "temperature_2m_gfs_seamless"):
        hourly[name], units[name] = hourly["temperature_2m"], "°C"
    units["temperature_2m_icon_seamless"] = "furlong"
    reply["hourly"] = {key: hourly[key] for key in hourly if key == "time" or "seamless" in key}
    block, reason = with_fault(reply)
    assert (block.model, "furlong" in reason) == ("gfs_seamless", True)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ({"error": True, "reason": "Daily API request limit exceeded."}, "Daily API request limit"),
        ({"reason": "Minutely API request limit exceeded."}, "Minutely"),
        ({"daily": {}, "latitude": 1}, "no `hourly` series"),
        (open_meteo(hours=1) | {"hourly_units": None}, "units are never guessed"),
        (open_meteo(hours=1) | {"latitude": None}, "no usable coordinates"),
        (open_meteo(hours=1) | {"location_id": 4}, "out of order"),
        ([], "1 places were asked for"),
        ("text", "expected an object"),
    ],
)
def test_what_is_no_forecast_is_refused_with_its_reason(reply: object, reason: str) -> None:
    with pytest.raises(PayloadError, match=reason):
        PROVIDER.parse(encoded(reply), ASKED)


def test_a_request_weighs_as_it_is_counted_and_begins_with_the_hour_that_has_begun() -> None:
    places = [Place(name, 46.5, 7.0) for name in ("a", "b")]
    (two_days,) = PROVIDER.requests(places, Horizon(48))
    (four_weeks,) = PROVIDER.requests(places, Horizon(28 * 24))
    (one_model,) = PROVIDER.requests(places, Horizon(48, ("gfs_seamless",)))
    assert two_days.params["forecast_hours"] == "49"
    variables = len(two_days.params["hourly"].split(","))
    weights = [each.quota_weight for each in (two_days, four_weeks, one_model)]
    assert weights == pytest.approx([2 * 3 * variables / 10, 4 * 3 * variables / 10, 2 * variables / 10])
