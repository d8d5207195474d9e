"""What assets show people of themselves."""

import pandas as pd

from weather_platform.defs.common import in_markdown


def test_what_is_missing_in_a_table_is_empty() -> None:
    table = pd.DataFrame(
        {
            "version": ["1", "2"],
            "until": pd.to_datetime(["2026-08-01T00:00Z", None]),
            "dropped": [float("nan"), 3.0],
            "note": pd.array(["x", None], dtype="string"),
        }
    )
    text = str(in_markdown(table).value)
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    assert lines == [["1", "2026-08-01 00:00:00+00:00", "", "x"], ["2", "", "3", ""]]
