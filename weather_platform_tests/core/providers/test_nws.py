"""The US National Weather Service: look-up, raw layers, hourly periods."""

from typing import Any

import numpy as np
import pytest

from weather_platform.core.places import Place
from weather_platform.core.providers.nws import PROVIDER
from weather_platform.core.providers.spec import Asked, Block, Fault, Horizon, PayloadError
from weather_platform_tests.replies import START, encoded, nws_gridpoint, nws_points

DC = Place("dc", 38.89, -77.03, country="US")
HOURLY = {
    "number": 1,
    "startTime": "2026-08-01T00:00:00-04:00",
    "endTime": "2026-08-01T01:00:00-04:00",
    "temperature": 77,
    "temperatureUnit": "F",
    "probabilityOfPrecipitation": {"unitCode": "wmoUnit:percent", "value": 71},
    "dewpoint": {"unitCode": "unit:degC", "value": 5},
    "relativeHumidity": {"unitCode": "wmoUnit:percent", "value": None},
    "windSpeed": "6 to 9 mph",
    "windDirection": "SW",
    "shortForecast": "Light Rain",
}


def one(reply: Any) -> Block:
    (block,) = PROVIDER.parse(encoded(reply), Asked((DC,), START))
    assert isinstance(block, Block)
    return block


def test_it_covers_the_united_states_only() -> None:
    assert PROVIDER.covers(DC)
    assert PROVIDER.covers(Place("san_juan", 18.47, -66.1, country="PR"))
    assert not PROVIDER.covers(Place("oslo", 59.9, 10.7, country="NO"))
    assert not PROVIDER.covers(Place("somewhere", 38.89, -77.03))


def test_the_lookup_leads_to_the_gridpoint() -> None:
    (lookup,) = PROVIDER.requests([Place("dc", 38.89, -77.03, country="US")], Horizon(120))
    assert (lookup.path, lookup.role) == ("/points/38.89,-77.03", "lookup")
    assert PROVIDER.follow is not None
    request = PROVIDER.follow(lookup, encoded(nws_points("LWX", 97, 71)))
    assert request is not None
    assert (request.path, request.name, request.role) == (
        "/gridpoints/LWX/97,71",
        lookup.leads_to,
        "forecast",
    )


@pytest.mark.parametrize("office", ["../../evil", "LW", "LWX/../../evil", "http://x", None])
def test_a_lookup_cannot_lead_elsewhere(office: Any) -> None:
    (lookup,) = PROVIDER.requests([DC], Horizon(120))
    assert PROVIDER.follow is not None
    with pytest.raises(PayloadError, match="names no grid cell"):
        PROVIDER.follow(lookup, encoded(nws_points(office)))


def test_states_hold_over_their_interval_and_amounts_stand_at_its_end() -> None:
    reply = nws_gridpoint(hours=12)
    reply["properties"]["temperature"]["values"] = [
        {"validTime": "2026-08-01T00:00:00+00:00/PT12H", "value": 22.5}
    ]
    block = one(reply)
    assert block.values["temperature_c"][:12] == [22.5] * 12
    rows = {
        int(hour): row
        for row, hour in enumerate(
            (block.valid_time - np.datetime64(START.replace(tzinfo=None))) // np.timedelta64(1, "h")
        )
    }
    amounts = block.values["precipitation_mm"]
    assert {hour for hour, row in rows.items() if amounts[row] is not None} == {6, 12}
    assert block.interval_hours[rows[6]] == 6
    assert block.interval_hours[rows[5]] == 1


def test_a_probability_of_another_interval_than_the_amount_is_left_out() -> None:
    reply = nws_gridpoint(hours=12)
    layer = reply["properties"]["probabilityOfPrecipitation"]
    layer["values"] = [
        {"validTime": f"2026-08-01T{h:02d}:00:00+00:00/PT3H", "value": 10 * h} for h in (0, 3, 6)
    ]
    block = one(reply)
    assert block.values["precipitation_probability"][3] == 0
    assert block.values["precipitation_probability"][6] is None
    assert block.interval_hours[3] == 3


@pytest.mark.parametrize(
    "span",
    [
        "2026-08-01T00:00:00+00:00/PT90M",
        "2026-08-01T00:00:00+00:00",
        "2026-08-01T00:00:00/PT1H",
        pytest.param(f"2026-08-01T00:00:00+00:00/P{'1' * 5_000}D", id="longer than Python's integers"),
    ],
)
def test_an_odd_interval_costs_no_other(span: str) -> None:
    reply = nws_gridpoint(hours=2)
    reply["properties"]["temperature"]["values"][0]["validTime"] = span
    block, fault = PROVIDER.parse(encoded(reply), Asked((DC,), START))
    assert isinstance(block, Block)
    assert isinstance(fault, Fault)
    assert fault.reason.startswith("layer temperature, entry 0")
    known = [value is not None for value in block.values["temperature_c"]]
    assert sum(known) == len(reply["properties"]["temperature"]["values"]) - 1
    assert None not in block.values["relative_humidity"][:2]


def test_days_in_intervals_and_units_with_any_prefix() -> None:
    reply = nws_gridpoint(hours=2)
    layer = {"uom": "unit:degF", "values": [{"validTime": "2026-08-01T00:00:00+00:00/P1DT6H", "value": 77}]}
    reply["properties"]["apparentTemperature"] = layer
    block = one(reply)
    factor, offset = block.scale["apparent_temperature_c"]
    assert block.values["apparent_temperature_c"][29] * factor + offset == pytest.approx(25)
    assert block.values["apparent_temperature_c"].count(77) == 30


def test_snow_depth_is_ten_times_its_water() -> None:
    reply = nws_gridpoint(hours=6)
    span = "2026-08-01T00:00:00+00:00/PT6H"
    reply["properties"]["snowfallAmount"] = {
        "uom": "wmoUnit:mm",
        "values": [{"validTime": span, "value": 50}],
    }
    block = one(reply)
    row = block.values["snowfall_water_mm"].index(50)
    assert block.values["snowfall_water_mm"][row] * block.scale["snowfall_water_mm"][0] == pytest.approx(5)


def test_hourly_periods() -> None:
    second = HOURLY | {"startTime": "2026-08-01T01:00:00-04:00", "endTime": "2026-08-01T02:00:00-04:00"}
    block = one({"geometry": nws_gridpoint()["geometry"], "properties": {"periods": [HOURLY, second]}})
    assert block.model == "hourly"
    assert block.valid_time[0] == np.datetime64("2026-08-01T04:00:00")
    assert block.values["temperature_c"][0] == pytest.approx(25)
    assert block.values["wind_speed_m_s"][0] == pytest.approx(7.5 * 0.44704)
    assert block.values["wind_direction_deg"][0] == 225
    assert block.values["relative_humidity"][0] is None


def _chance(value: float, unit: str = "wmoUnit:percent") -> dict[str, Any]:
    return {"probabilityOfPrecipitation": {"unitCode": unit, "value": value}}


def test_a_chance_that_two_hours_have_alike_may_be_of_longer_and_is_left_out() -> None:
    block, reasons = _periods(_hourly(*map(_chance, (30, 30, 40, 20, 20, 0, 0, 50, 60))))
    assert reasons == []
    known = [None, None, None, pytest.approx(0.4), None, None, 0, 0, pytest.approx(0.5)]
    assert block.values["precipitation_probability"] == known
    block, _ = _periods(_hourly(*3 * [_chance(30, "wmoUnit:cubits")]))
    assert block.values["precipitation_probability"][1:] == ["30 wmoUnit:cubits"] * 2, "set aside, not lost"


def test_a_chance_belongs_to_the_row_where_its_hour_ends() -> None:
    hours = _hourly(*map(_chance, (10, 20, 30, 40)))
    whole, _ = _periods(hours)
    assert whole.values["precipitation_probability"] == [None, None, *map(pytest.approx, (0.2, 0.3))]
    del hours[2]
    gapped, _ = _periods(hours)
    assert gapped.values["precipitation_probability"] == [None, None, None]


def test_half_day_periods_are_refused() -> None:
    period = HOURLY | {"endTime": "2026-08-01T12:00:00-04:00"}
    with pytest.raises(PayloadError, match="not of one hour"):
        one({"geometry": nws_gridpoint()["geometry"], "properties": {"periods": [period]}})


def test_problem_json_is_an_error() -> None:
    with pytest.raises(PayloadError, match="Unable to provide data"):
        one(
            {
                "title": "Data Unavailable For Requested Point",
                "status": 404,
                "detail": "Unable to provide data",
            }
        )


def test_a_layer_of_an_unknown_unit_costs_no_other() -> None:
    reply = nws_gridpoint(hours=6)
    reply["properties"]["temperature"]["uom"] = "wmoUnit:cubits"
    block, fault = PROVIDER.parse(encoded(reply), Asked((DC,), START))
    assert isinstance(block, Block)
    assert isinstance(fault, Fault)
    assert "layer temperature" in fault.reason
    assert set(block.values["temperature_c"]) == {None}
    assert None not in block.values["relative_humidity"][:6]


def test_a_time_or_height_that_cannot_be_read_costs_no_row() -> None:
    reply = nws_gridpoint(hours=6)
    reply["properties"] |= {"updateTime": "soon", "elevation": {"unitCode": None, "value": 3}}
    block, *faults = PROVIDER.parse(encoded(reply), Asked((DC,), START))
    assert isinstance(block, Block)
    assert (block.issue_time, block.elevation_m, len(faults)) == (None, None, 2)
    assert block.values["temperature_c"][0] is not None


def test_a_long_dry_spell_is_dry_in_all_its_parts() -> None:
    reply = nws_gridpoint(hours=72)
    span = "2026-08-01T00:00:00+00:00"
    reply["properties"]["quantitativePrecipitation"]["values"] = [
        {"validTime": f"{span}/P2DT6H", "value": 0},
        {"validTime": "2026-08-03T06:00:00+00:00/PT6H", "value": 2.5},
    ]
    reply["properties"]["probabilityOfPrecipitation"]["values"] = [{"validTime": f"{span}/P3D", "value": 0}]
    block = one(reply)
    told = [
        (int(length), amount, chance)
        for length, amount, chance in zip(
            np.broadcast_to(block.interval_hours, len(block.valid_time)),
            block.values["precipitation_mm"],
            block.values["precipitation_probability"],
            strict=True,
        )
        if amount is not None
    ]
    assert told == [(24, 0, 0), (24, 0, 0), (6, 0, 0), (6, 2.5, 0)]


def _hourly(*changed: Any) -> list[Any]:
    """Periods of successive hours, each with what is changed in it."""
    return [
        change
        if change is None
        else HOURLY
        | {"startTime": f"2026-08-01T{hour:02d}:00:00Z", "endTime": f"2026-08-01T{hour + 1:02d}:00:00Z"}
        | change
        for hour, change in enumerate(changed)
    ]


def _periods(periods: list[Any]) -> tuple[Block, list[str]]:
    geometry = nws_gridpoint()["geometry"]
    reply = {"geometry": geometry, "properties": {"periods": periods}}
    block, *faults = PROVIDER.parse(encoded(reply), Asked((DC,), START))
    assert isinstance(block, Block)
    return block, [fault.reason for fault in faults if isinstance(fault, Fault)]


@pytest.mark.parametrize("bad", [None, {"startTime": None}, {"endTime": "2026-08-01T09:00:00Z"}])
def test_a_period_that_cannot_be_placed_costs_no_other(bad: Any) -> None:
    block, reasons = _periods(_hourly({}, bad, {}))
    assert len(block.valid_time) == 2
    assert [reason.startswith("period 1") for reason in reasons] == [True]


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        ({"windSpeed": "Calm"}, "wind_speed_m_s"),
        ({"temperature": "77"}, "temperature_c"),
        ({"temperature": True}, "temperature_c"),
        ({"temperatureUnit": "cubits"}, "temperature_c"),
        ({"dewpoint": {"unitCode": None, "value": 5}}, "dew_point_c"),
    ],
)
def test_a_value_that_cannot_be_read_costs_its_row_only(bad: Any, column: str) -> None:
    block, reasons = _periods(_hourly({}, bad, {}))
    assert reasons == []
    values = block.values[column]
    assert isinstance(values[1], str)
    assert isinstance(values[0], float)
    with pytest.raises(ValueError, match="could not convert"):
        float(values[1])


def test_quantities_behind_the_feature_flag() -> None:
    wind = {"unitCode": "wmoUnit:km_h-1", "value": 9}
    gusty = {"unitCode": "wmoUnit:km_h-1", "minValue": 9, "maxValue": 27}
    block, _ = _periods(_hourly({"windSpeed": wind}, {"windSpeed": gusty}))
    assert block.values["wind_speed_m_s"] == [pytest.approx(2.5), pytest.approx(5.0)]


def test_a_look_up_ends_in_no_zero() -> None:
    (lookup,) = PROVIDER.requests([Place("phl", 40.0, -75.1, country="US")], Horizon(120))
    assert lookup.path == "/points/40,-75.1"
