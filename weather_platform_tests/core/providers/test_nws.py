"""The US National Weather Service: look-up, raw layers, hourly periods."""

from typing import Any

import numpy as np
import pytest

from weather_platform.core.places import Place
from weather_platform.core.providers.nws import PROVIDER
from weather_platform.core.providers.spec import Asked, Block, Horizon, PayloadError
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


@pytest.mark.parametrize("office", ["../../evil", "LW", "http://x", None])
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
    assert block.interval_hours[rows[6]] == 6  # type: ignore[index]
    assert block.interval_hours[rows[5]] == 1  # type: ignore[index]


def test_a_probability_of_another_interval_than_the_amount_is_left_out() -> None:
    reply = nws_gridpoint(hours=12)
    layer = reply["properties"]["probabilityOfPrecipitation"]
    layer["values"] = [
        {"validTime": f"2026-08-01T{h:02d}:00:00+00:00/PT3H", "value": 10 * h} for h in (0, 3, 6)
    ]
    block = one(reply)
    assert block.values["precipitation_probability"][3] == 0
    assert block.values["precipitation_probability"][6] is None
    assert block.interval_hours[3] == 3  # type: ignore[index]


@pytest.mark.parametrize(
    "span", ["2026-08-01T00:00:00+00:00/PT90M", "2026-08-01T00:00:00+00:00", "2026-08-01T00:00:00/PT1H"]
)
def test_odd_intervals_are_refused(span: str) -> None:
    reply = nws_gridpoint(hours=2)
    reply["properties"]["temperature"]["values"][0]["validTime"] = span
    with pytest.raises(PayloadError):
        one(reply)


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
    assert block.values["precipitation_probability"] == [None, pytest.approx(0.71)]


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
