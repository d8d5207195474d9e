"""What providers say of a failure is quoted, and no key that they echo with it."""

import re

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.providers.words import MOST_BYTES, harmless, words

KEY = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            {"error": {"code": 2007, "message": "API key has exceeded calls per month quota."}},
            "2007 API key has exceeded calls per month quota.",
        ),
        (
            {"error": True, "reason": "Daily API request limit exceeded. Please try again tomorrow."},
            "Daily API request limit exceeded. Please try again tomorrow.",
        ),
        ({"cod": 401, "message": "Invalid API key."}, "Invalid API key."),
        ({"title": "Not Found", "status": 404, "detail": "Not\nfound"}, "Not found"),
        ({"code": "E7", "message": "Slow down"}, "Slow down"),
        ({"code": 429001, "type": "Too Many Calls", "message": "Slow down"}, "429001 Slow down"),
        ({"message": f"no {KEY}: api_key=a+b appid= c&d Token%3De"}, "no …: api_key=… appid= … Token%3D…"),
        ({"message": "\u202ea\x1b[31m <b>![x](y)</b>"}, "a31m b!x(y)/b"),
        ({"message": "0123456\u200b789abc"}, "…"),
    ],
)
def test_the_fields_that_say_why_are_quoted_in_one_line(body: object, said: str) -> None:
    assert words(orjson.dumps(body)) == said


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<html>", b"[]", b"{", b'"message"', b'{"message": 1}', b'{"error": "x"}', b'{"error": {}}'),
        *(b'{"message": " "}', b'{"code": 7}', b'{"error": {"message": []}}', b"\xff", b"[" * 4000),
        orjson.dumps({"message": "x " * MOST_BYTES}),
    ],
)
def test_everything_else_says_nothing(body: bytes) -> None:
    assert words(body) == ""


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_line_is_short_and_printable_and_has_no_key(before: str, after: str) -> None:
    for text in (f"{before}{KEY}{after}", f"{before} appid=k.e.y{after}"):
        line = harmless(text)
        assert len(line) <= 120
        assert line.isprintable()
        assert not re.search(r"[A-Za-z0-9_-]{12}", line)
        assert "k.e.y" not in line


def test_no_part_of_a_key_is_left_by_the_cut() -> None:
    for length in range(100, 130):
        assert "0" not in harmless("x " * (length // 2) + KEY)
