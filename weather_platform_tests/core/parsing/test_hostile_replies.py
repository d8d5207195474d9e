"""Whatever a body holds, it is rows or a reason, and costs no other."""

from functools import cache
from typing import Any

import orjson
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weather_platform.core.parsing.parse import Parsed, assemble, read
from weather_platform.core.providers.registry import PROVIDERS
from weather_platform.core.providers.spec import Asked, PayloadError
from weather_platform_tests.core.parsing.parsed import HERE, REPLIES, parsed, source
from weather_platform_tests.replies import EXAMPLES, START, encoded, open_meteo


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"<!DOCTYPE html><html>502</html>", "HTML"),
        (encoded(REPLIES["open_meteo"])[:200], "cut short"),
        (b"Bad API Request", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"{}", "no `hourly`"),
        (b"null", "expected an object"),
        (b"[" * 2000, "not JSON|cut short"),
    ],
)
def test_a_body_that_cannot_be_read_is_one_line_and_loses_no_other(body: bytes, reason: str) -> None:
    bad, good = source(body, name="bad"), source(open_meteo(hours=2), name="good")
    result = assemble(PROVIDERS["open_meteo"], [bad, good])
    assert len(result.rows) == 2
    (line,) = result.quarantine.to_dict("records")
    assert (line["object"], line["row"], line["column"]) == ("bad", -1, "")
    assert pd.Series([line["reason"]]).str.contains(reason).all()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, width=32)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def positions(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(deeper for key, child in children for deeper in positions(child, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with another at one place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy


@settings(max_examples=100)
@given(st.sampled_from(sorted(EXAMPLES)), st.data())
def test_whatever_stands_in_a_reply_no_reader_fails_otherwise_than_with_a_reason(
    provider: str, data: Any
) -> None:
    path = data.draw(st.sampled_from(positions(REPLIES[provider])))
    parsed(replaced(REPLIES[provider], path, data.draw(JSON)), provider=provider)


@cache
def unspoilt(provider: str) -> Parsed:
    return parsed(REPLIES[provider], provider=provider)


@settings(max_examples=100)
@given(st.sampled_from(sorted(EXAMPLES)), st.data())
def test_one_bad_step_costs_no_other(provider: str, data: Any) -> None:
    """Whatever stands in a step, or in its place. What would be another hour's may cost that one too."""
    steps = REPLIES[provider]
    for name in EXAMPLES[provider].steps:
        steps = steps[name]
    path = data.draw(st.sampled_from([path for path in positions(steps) if path]))
    whole = unspoilt(provider)
    spoilt = parsed(
        replaced(REPLIES[provider], (*EXAMPLES[provider].steps, *path), data.draw(JSON)), provider=provider
    )
    kept = spoilt.rows["valid_time"].isin(whole.rows["valid_time"]).sum()
    assert kept >= len(whole.rows) - 2 - spoilt.dropped_past + whole.dropped_past


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(EXAMPLES)), st.binary(max_size=60) | JSON.map(orjson.dumps))
def test_any_bytes_are_rows_or_a_reason(provider: str, body: bytes) -> None:
    try:
        read(PROVIDERS[provider], body, Asked((HERE,), START))
    except PayloadError as error:
        assert str(error)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(EXAMPLES)), st.integers(0, 10_000))
def test_a_body_cut_anywhere_gives_no_rows(provider: str, cut: int) -> None:
    body = encoded(REPLIES[provider])
    result = assemble(PROVIDERS[provider], [source(body[: cut % len(body)])])
    assert result.rows.empty
    assert len(result.quarantine) == 1


def test_a_place_without_corners_spoils_its_reply_alone() -> None:
    good = source(REPLIES["nws"], name="good")
    nowhere = {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "coordinates": [[]]}]}
    result = assemble(PROVIDERS["nws"], [source({**REPLIES["nws"], "geometry": nowhere}, name="bad"), good])
    assert len(result.rows)
    assert result.quarantine["object"].tolist() == ["bad"]
