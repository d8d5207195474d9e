"""What is exported is text to a spreadsheet, whatever was dropped; numbers stay numbers."""

import math

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from weather_platform.core.export import neutralised
from weather_platform.core.tables.dtypes import TEXT

cells = st.text(alphabet="=+-@\t\r\n＝＋'\"1.5 %*,;aA|!()", max_size=12)
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text.rstrip("* %").replace(",", "")))
    except ValueError:
        return False


@given(st.lists(st.tuples(cells, st.none() | st.floats(allow_nan=False)), min_size=1, max_size=8), cells)
def test_no_exported_text_is_a_formula_and_none_is_lost(
    rows: list[tuple[str, float | None]], heading: str
) -> None:
    names = [f"{heading}x", "number"]
    frame = pd.DataFrame(rows, columns=names).astype({names[0]: TEXT, "number": float})
    safe = neutralised(frame)
    assert list(safe.shape) == list(frame.shape)
    for text in [*safe.iloc[:, 0], *safe.columns]:
        assert not text.startswith(FORMULAS) or is_number(text)
    pairs = zip(safe.iloc[:, 0], frame.iloc[:, 0], strict=True)
    restored = [text if text == was else text.removeprefix("'") for text, was in pairs]
    assert restored == frame.iloc[:, 0].tolist()
    pd.testing.assert_series_equal(safe["number"], frame["number"])


def test_numbers_stay_and_formulas_do_not() -> None:
    frame = pd.DataFrame({"a": ["=1+1", "-6.9 % *", "+1,200", "-2*3", "@SUM(A1)", "ok", None], "=b": -1.5})
    assert neutralised(frame)["a"].tolist()[:6] == ["'=1+1", "-6.9 % *", "+1,200", "'-2*3", "'@SUM(A1)", "ok"]
    assert neutralised(frame)["'=b"].tolist() == [-1.5] * 7
    assert neutralised(frame.iloc[:0]).empty and neutralised(pd.DataFrame()).empty


def test_a_number_without_end_is_text_at_once() -> None:
    """Looking for a number's end from every one of its digits would take an hour here."""
    long = "-" + "1" * 2_000_000 + "x"
    frame = pd.DataFrame({"a": [long, "-" + "1" * 39, "-" + "1" * 40]})
    assert neutralised(frame)["a"].tolist() == [f"'{long}", "-" + "1" * 39, "'-" + "1" * 40]
