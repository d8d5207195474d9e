"""What assets show people of themselves."""

import html
import re

import pandas as pd
import pytest
from markdown_it import MarkdownIt

from weather_platform.defs.common import as_list, in_markdown, without_markdown

HOSTILE = [
    "a|b\n| **all is well** | `x` |",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1)) ![p](http://evil/x.png)",
    "x\n# big\r\n- <img src=http://evil/a.png>",
    "\\| \\[x](y) \\<b>",
    "~~gone~~ &lt;b&gt;",
    "temperature_c of wind_speed_m_s",
]


def test_what_is_missing_in_a_table_is_empty() -> None:
    table = pd.DataFrame(
        {
            "version": ["1", "2"],
            "until": pd.to_datetime(["2026-08-01T00:00Z", ""]),
            "dropped": [float("nan"), 3.0],
            "note": pd.array(["x", None], dtype="string"),
        }
    )
    text = str(in_markdown(table).value)
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    assert lines == [["1", "2026-08-01 00:00:00+00:00", "", "x"], ["2", "", "3", ""]]


def _rendered(markdown: str) -> list[str]:
    """The text of each cell or entry that a page shows; tags of our own are all that there may be."""
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)
    page = re.sub(r"</?(table|thead|tbody|tr|ul)>\n?", "", page)
    found = re.findall(r"<(?:td|th|li)(?: style=\S+)?>(.*?)</(?:td|th|li)>\n?", page)
    assert re.sub(r"<(td|th|li)(?: style=\S+)?>[^<>]*</(td|th|li)>\n?", "", page) == ""
    return [html.unescape(text) for text in found]


def _in_a_line(text: str) -> str:
    return " ".join(text.split())


def test_text_from_outside_makes_no_row_link_or_image_of_a_table() -> None:
    table = pd.DataFrame({"file_name": HOSTILE, "rows": range(len(HOSTILE))})
    head, cells = _rendered(str(in_markdown(table).value))[:2], _rendered(str(in_markdown(table).value))[2:]
    assert head == ["file_name", "rows"]
    assert cells[::2] == [_in_a_line(text) for text in HOSTILE]
    assert cells[1::2] == [str(number) for number in range(len(HOSTILE))]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_outside_is_one_entry_of_a_list(text: str) -> None:
    assert _rendered(as_list([text])) == [_in_a_line(text)]
    assert without_markdown(as_list([text])) == f"- {_in_a_line(text)}"
