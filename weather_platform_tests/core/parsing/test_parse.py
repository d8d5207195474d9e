"""Bytes to rows: what stays, what is set aside, what is dropped."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pytest

from weather_platform.core.contracts.forecast import FORECAST, QUARANTINE
from weather_platform.core.fetching.payloads import Damaged
from weather_platform.core.parsing import parse
from weather_platform.core.parsing.parse import Source, assemble, parse_payloads
from weather_platform.core.parsing.quarantine import with_damaged
from weather_platform.core.partitions import CYCLE
from weather_platform.core.places import Place
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Asked
from weather_platform.core.tables.schema import empty
from weather_platform_tests.core.fetching.test_payloads import meta_of
from weather_platform_tests.core.parsing.parsed import HERE, REPLIES, parsed, source
from weather_platform_tests.replies import EXAMPLES, START, encoded, nws_points, open_meteo


def test_every_provider_has_a_reply_that_it_is_tried_on() -> None:
    assert set(PROVIDERS) - set(EXAMPLES) == set(), "write one into weather_platform_tests.replies.EXAMPLES"


@pytest.mark.parametrize("provider", EXAMPLES)
def test_every_provider_gives_rows_by_the_contract(provider: str) -> None:
    rows = parsed(REPLIES[provider], provider=provider).rows
    assert len(rows)
    assert set(rows["provider"]) == {provider}
    assert (rows["feed"] == rows["provider"] + "/" + rows["model"]).all()
    assert (rows["lead_hours"] == (rows["valid_time"] - rows["fetched_at"]) / pd.Timedelta(hours=1)).all()


def test_units_end_in_the_contracts() -> None:
    reply = open_meteo(hours=1)
    reply["hourly"] |= {"temperature_2m": [50.0], "wind_speed_10m": [36.0], "relative_humidity_2m": [40]}
    reply["hourly_units"] |= {"temperature_2m": "°F", "wind_speed_10m": "km/h"}
    row = parsed(reply).rows.iloc[0]
    assert row["temperature_c"] == pytest.approx(10.0)
    assert row["wind_speed_m_s"] == pytest.approx(10.0)
    assert row["relative_humidity"] == pytest.approx(0.4)


def test_what_is_at_a_bound_is_within_it() -> None:
    """An overcast sky, a fog and a dry calm are of every day."""
    reply = open_meteo(hours=3)
    reply["hourly"] |= {"cloud_cover": [100, 0, 101], "relative_humidity_2m": [100, 100, 100]}
    reply["hourly"] |= {"wind_speed_10m": [0, 0, 0], "precipitation": [0, 0, 0]}
    result = parsed(reply, START - timedelta(minutes=5))
    assert result.rows["cloud_cover"].tolist() == [1.0, 0.0]
    assert result.quarantine["column"].tolist() == ["cloud_cover"]


def test_replies_in_several_units_are_each_in_their_own() -> None:
    sources = []
    for name, unit, value in (("a", "°F", 50.0), ("b", "°C", 11.0), ("c", "K", 285.15)):
        reply = open_meteo(hours=1)
        reply["hourly"]["temperature_2m"], reply["hourly_units"]["temperature_2m"] = [value], unit
        sources.append(source(reply, name=name, place=Place(name, HERE.latitude, HERE.longitude)))
    rows = assemble(PROVIDERS["open_meteo"], sources).rows
    assert rows["temperature_c"].tolist() == pytest.approx([10, 11, 12])


def test_hours_already_past_are_dropped_and_counted() -> None:
    result = parsed(open_meteo(hours=6), START + timedelta(hours=2, minutes=30))
    assert result.dropped_past == 3
    assert result.rows["lead_hours"].tolist() == [0.5, 1.5, 2.5]
    assert result.quarantine.empty


def test_null_is_missing_and_never_zero() -> None:
    reply = open_meteo(hours=2)
    reply["hourly"]["precipitation"] = [None, 0.0]
    assert np.isnan(parsed(reply).rows["precipitation_mm"][0])
    assert parsed(reply).rows["precipitation_mm"][1] == 0


def test_what_one_reply_lacks_is_missing_beside_one_that_has_it() -> None:
    other, whole = open_meteo(hours=1), open_meteo(hours=1)
    del other["hourly"]["precipitation"]
    places = [Place(name, HERE.latitude, HERE.longitude) for name in ("a", "b")]
    sources = [
        source(reply, name=at.location_id, place=at) for reply, at in zip((other, whole), places, strict=True)
    ]
    assert assemble(PROVIDERS["open_meteo"], sources).rows["precipitation_mm"].isna().tolist() == [
        True,
        False,
    ]


def test_steps_in_any_order_are_the_rows_of_those_in_order() -> None:
    straight, turned = open_meteo(hours=5), open_meteo(hours=5)
    turned["hourly"] = {name: values[::-1] for name, values in turned["hourly"].items()}
    places = [Place(name, HERE.latitude, HERE.longitude) for name in ("a", "b")]
    rows = [
        assemble(PROVIDERS["open_meteo"], [source(reply, place=at) for at in places]).rows
        for reply in (straight, turned)
    ]
    assert len(rows[0]) == 2 * 5
    pd.testing.assert_frame_equal(rows[0].reset_index(drop=True), rows[1].reset_index(drop=True))


def test_a_reply_is_known_to_the_microsecond_and_no_place_is_as_high_as_it_says() -> None:
    fetched_at = START - timedelta(microseconds=1)
    row = parsed(open_meteo(hours=1) | {"elevation": 99_999}, fetched_at).rows.iloc[0]
    assert row["fetched_at"] == fetched_at
    assert np.isnan(row["elevation_m"])


def test_amounts_over_more_than_a_day_are_set_aside() -> None:
    reply = open_meteo(hours=3)
    reply["hourly"]["time"] = [f"{START + timedelta(hours=30 * i):%Y-%m-%dT%H:%M}" for i in range(3)]
    assert set(parsed(reply).quarantine["column"]) == {"interval_hours"}


def test_look_ups_hold_no_forecast_and_no_fault() -> None:
    body = encoded(nws_points())
    meta = replace(meta_of(body), provider="nws", role="lookup")
    found = parse_payloads(PROVIDERS["nws"], [(meta, body)])
    assert found.rows.empty and found.quarantine.empty


def test_a_row_of_nothing_but_a_bad_value_is_set_aside_by_its_place_in_the_object() -> None:
    first, second = open_meteo(hours=3), open_meteo(hours=3)
    for name, values in second["hourly"].items():
        if name != "time":
            values[1] = "x" * 1000 if name == "temperature_2m" else None
    asked = Asked((HERE, Place("there", HERE.latitude, HERE.longitude)), START)
    both = Source("x", CYCLE.floor(START), asked, encoded([first, second]))
    plain = source(open_meteo(hours=3), name="y", place=Place("further", 46.5, 7.0))
    (line,) = assemble(PROVIDERS["open_meteo"], [both, plain]).quarantine.to_dict("records")
    assert (line["object"], line["row"], line["column"]) == ("x", 3 + 1, "temperature_c")
    assert line["value"] == "x" * 200


def test_a_truth_value_is_no_number_whatever_is_read_after_it() -> None:
    reply = open_meteo(hours=2)
    reply["hourly"]["temperature_2m"] = [1.5, True]
    plain = source(open_meteo(hours=2), name="y", place=Place("there", 46.5, 7.0))
    found = assemble(PROVIDERS["open_meteo"], [source(reply), plain])
    assert found.quarantine["value"].tolist() == ["True"]


def test_replies_that_cannot_be_read_stand_beside_what_was_set_aside_of_others() -> None:
    found = with_damaged("nws", empty(QUARANTINE), [Damaged(START, "x", "its SHA-256 differs")])
    assert found[["source", "object", "row", "reason"]].to_numpy().tolist() == [
        ["nws", "x", -1, "its SHA-256 differs"]
    ]


def test_a_row_of_nulls_is_no_row_even_with_a_weather_code() -> None:
    reply = open_meteo(hours=2)
    for name, values in reply["hourly"].items():
        if name != "time":
            values[1] = None
    reply["hourly"]["weather_code"] = [3, 3]
    result = parsed(reply)
    assert (len(result.rows), len(result.quarantine), result.dropped_past) == (1, 0, 0)
    assert result.rows["weather_code"][0] == "3"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (-999, "outside -95 to 65"),
        ("n/a", "not a number"),
        ("", "not a number"),
        ("NaN", "not a number"),
        (True, "not a number"),
        ([1], "not a number"),
        ({"value": 1}, "not a number"),
    ],
)
def test_a_bad_value_sends_its_row_to_quarantine_and_no_other(value: Any, reason: str) -> None:
    reply = open_meteo(hours=3)
    reply["hourly"]["temperature_2m"][1] = value
    result = parsed(reply)
    assert len(result.rows) == 2
    (line,) = result.quarantine.to_dict("records")
    assert (line["row"], line["column"], line["reason"], line["object"]) == (1, "temperature_c", reason, "x")
    assert orjson.loads(line["record"])["location_id"] == "here"


@pytest.mark.parametrize("bare", ["-Infinity", "1e999", "-1.5E+400", "1" + "0" * 400])
def test_a_number_that_no_float_holds_costs_its_row_and_a_bare_nan_is_no_value(bare: str) -> None:
    """Found by trying: with one of either the whole reply, of fifty places perhaps, was no JSON."""
    reply = open_meteo(hours=3)
    reply["hourly"]["temperature_2m"] = [1.5, 987.25, 2.5]
    reply["hourly"]["cloud_cover"] = [986.25, 10, 10]
    body = encoded(reply).replace(b"987.25", bare.encode()).replace(b"986.25", b"NaN")
    result = parsed(body.replace(b'"here"', b'"NaN 1e999 \\" NaN"'))
    assert result.rows["temperature_c"].tolist() == [1.5, 2.5]
    assert result.rows["cloud_cover"].isna().tolist() == [True, False]
    assert result.quarantine[["row", "column"]].to_numpy().tolist() == [[1, "temperature_c"]]


def test_numbers_as_text_are_numbers() -> None:
    reply = open_meteo(hours=2)
    reply["hourly"]["temperature_2m"] = ["12.5", " -3 "]
    assert parsed(reply).rows["temperature_c"].tolist() == [12.5, -3.0]


def as_text(value: Any) -> Any:
    """The same with every number of a body as text."""
    if isinstance(value, dict):
        return {name: as_text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_text(each) for each in value]
    return str(value) if type(value) in (int, float) else value


@pytest.mark.parametrize("provider", sorted({*EXAMPLES} - {"open_meteo", "nws"}))
def test_places_and_times_as_text_are_those_that_they_are_as_numbers(provider: str) -> None:
    told = parsed(as_text(REPLIES[provider]), provider=provider)
    assert told.quarantine.empty
    pd.testing.assert_frame_equal(told.rows, parsed(REPLIES[provider], provider=provider).rows)


def test_a_bad_value_of_a_past_hour_is_not_reported() -> None:
    reply = open_meteo(hours=3)
    reply["hourly"]["temperature_2m"][0] = -999
    assert parsed(reply, START + timedelta(minutes=30)).quarantine.empty


def test_two_faults_of_one_row_are_two_lines() -> None:
    reply = open_meteo(hours=2)
    reply["hourly"]["temperature_2m"][1], reply["hourly"]["pressure_msl"][1] = 99, 12
    result = parsed(reply)
    assert result.quarantine["column"].tolist() == ["pressure_msl_hpa", "temperature_c"]
    assert len(result.rows) == 1


def test_of_two_fetches_in_a_cycle_the_later_counts_and_the_earlier_fills() -> None:
    early, late = START + timedelta(minutes=10), START + timedelta(hours=2, minutes=10)
    first, second = open_meteo(hours=4, seed=1), open_meteo(hours=4, seed=2)
    for order in ((early, late), (late, early)):
        by_time = {early: first, late: second}
        result = assemble(PROVIDERS["open_meteo"], [source(by_time[t], t, str(t)) for t in order])
        rows = result.rows
        assert rows["fetched_at"].tolist() == [early, early, late]
        assert rows["temperature_c"][2] == second["hourly"]["temperature_2m"][3]
        assert not rows.duplicated(list(FORECAST.key)).any()


def test_an_hour_of_the_next_place_takes_nothing_from_one_that_was_fetched_twice() -> None:
    at = [Place(name, HERE.latitude, HERE.longitude) for name in ("a", "a", "b")]
    early, late = START - timedelta(minutes=10), START - timedelta(minutes=5)
    sources = [
        source(open_meteo(hours=1, seed=i), time, str(i), place)
        for i, (place, time) in enumerate(zip(at, (early, late, late), strict=True))
    ]
    rows = assemble(PROVIDERS["open_meteo"], sources).rows
    assert rows[["location_id", "fetched_at"]].to_numpy().tolist() == [["a", late], ["b", late]]


def test_batches_give_what_one_batch_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [Place(name, 46.5, 7.0) for name in ("c", "a", "b")]
    times = [START, START + timedelta(hours=1), START + CYCLE.length]
    sources = [
        source(open_meteo(hours=9, seed=i), t, f"{p}{t}", p) for t in times for i, p in enumerate(places)
    ]
    whole = assemble(PROVIDERS["open_meteo"], sources)
    monkeypatch.setattr(parse, "BATCH_ROWS", 10)
    for order in (sources, sources[::-1]):
        parts = assemble(PROVIDERS["open_meteo"], order)
        pd.testing.assert_frame_equal(whole.rows.reset_index(drop=True), parts.rows.reset_index(drop=True))
        assert whole.dropped_past == parts.dropped_past
    assert whole.rows.equals(whole.rows.sort_values(list(FORECAST.key)))


def test_nothing_gives_empty_frames_of_the_contracts() -> None:
    result = assemble(PROVIDERS["nws"], [])
    assert list(result.rows.columns) == list(FORECAST.column_names)
    assert list(result.quarantine.columns) == list(QUARANTINE.column_names)
