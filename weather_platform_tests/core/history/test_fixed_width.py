"""Lines of fixed layout: numbers come back, and a bad field says no more than Python would."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.history.fixed_width import integers, lines_of


@given(st.lists(st.integers(-99_999, 999_999), min_size=1, max_size=50))
def test_integers_of_fixed_fields_come_back(numbers: list[int]) -> None:
    text = "".join(f"{number:7d}{-number:8d}\n" for number in numbers).encode()
    found = integers(lines_of(text, 15).cells, [(0, 7), (8, 15)])
    assert found.value[:, 0].tolist() == numbers
    assert not found.unreadable.any()


@given(st.lists(st.text("0123456789 -+xA.", min_size=6, max_size=6), min_size=1, max_size=30))
def test_one_bad_field_says_no_more_of_the_others_than_python(fields: list[str]) -> None:
    text = "".join(f"{field}\n" for field in fields).encode()
    found = integers(lines_of(text, 6).cells, [(0, 6)])
    for field, value, bad in zip(fields, found.value[:, 0], found.unreadable[:, 0], strict=True):
        body = field.lstrip(" ")
        plain = body.lstrip("+-") if body[:1] in "+-" and len(body) - len(body.lstrip("+-")) == 1 else body
        if not body:
            assert np.isnan(value) and not bad
        elif plain.isdigit():
            assert value == int(body) and not bad
        else:
            assert bad and np.isnan(value)


def test_lines_of_other_lengths_are_named_and_the_rest_is_read() -> None:
    lines = lines_of(b"123\r\n12\n\n456", 3)
    assert integers(lines.cells, [(0, 3)]).value[:, 0].tolist() == [123, 456]
    assert (lines.row.tolist(), lines.malformed) == ([0, 2], [(1, "12")])
    assert lines.texts.to_pylist() == ["123\r\n", "456"]


def test_blanks_are_added_or_stripped_without_harm_and_nothing_else_is() -> None:
    lines = lines_of(b"12  \n12\n12    \n1\n12  x\n12", 4, blank=2)
    assert [bytes(cells) for cells in lines.cells] == [b"12  "] * 4
    assert (lines.row.tolist(), lines.malformed) == ([0, 1, 2, 5], [(3, "1"), (4, "12  x")])
