"""Columns of foreign JSON values."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.parsing.wire_values import may_hold_booleans, numbers, texts

NUMBERS = st.none() | st.integers(-(2**52), 2**52) | st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(NUMBERS))
def test_numbers_and_their_texts_are_the_same_numbers(raw: list[Any]) -> None:
    expected = [math.nan if value is None else float(value) for value in raw]
    as_text = [None if value is None else repr(value) for value in raw]
    for given_values in (raw, as_text):
        values, not_numbers = numbers(given_values)
        np.testing.assert_array_equal(values, expected)
        assert not_numbers is None or not not_numbers.any()


@pytest.mark.parametrize("odd", ["x", "", "nan", "inf", True, [], {}, "1,5", "0x10", 2**64])
def test_what_is_no_number_is_marked_alone(odd: Any) -> None:
    values, not_numbers = numbers([1.5, odd, None])
    if odd == 2**64:
        assert values[1] == 2.0**64
        return
    assert not_numbers is not None
    assert not_numbers.tolist() == [False, True, False]
    assert np.isnan(values[1])


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([3, None, 61], ["3", None, "61"]),
        ([3.0, None], ["3", None]),
        ([3.5], ["3.5"]),
        (["rain", None, 3], ["rain", None, "3"]),
        ([None], [None]),
        ([{"id": 1}], ["{'id': 1}"]),
        ([3, 2**60 + 1], ["3", "1152921504606846977"]),
    ],
)
def test_codes_as_text(raw: list[Any], expected: list[str | None]) -> None:
    assert texts(raw).to_pylist() == expected


def test_booleans_are_seen_in_the_bytes() -> None:
    assert may_hold_booleans(b'{"a":true}')
    assert not may_hold_booleans(b'{"a":null}')
