"""The forecast's page: every place in its table, the first ones drawn, and no name that is taken for HTML."""

import re

import pandas as pd
import pytest

from weather_platform.core.report import outlook_page as module
from weather_platform.core.report.outlook import called
from weather_platform.core.report.outlook_page import outlook_page, pictures
from weather_platform_tests.core.report.test_days import said_of_days
from weather_platform_tests.core.report.test_outlook import said

PLACES = {"b": "Ålesund <b>", "a": "Zürich"}
ROWS = pd.concat(
    [
        said(name, [12.0, 14.0], place=place)
        for place in PLACES
        for name in ("temperature_c", "wind_speed_m_s")
    ]
    + [said("precipitation_mm", [0.0], place="a", chance=0.4)]
)
DAYS = pd.concat(
    [
        said_of_days("temperature_c_min", [2.0, 3.0], place="a"),
        said_of_days("temperature_c_max", [12.0, 13.0], place="a", feeds=[3, 0]),
        said_of_days("precipitation_mm_sum", [4.0], place="a", chance=0.25),
    ]
)
TARGETS = ["temperature_c", "wind_speed_m_s", "precipitation_mm", "cloud_cover"]


def page(**how: object) -> str:
    settings: dict = {"simulated": False, "attributions": ["Data by one", "Data by one"]}
    return outlook_page(ROWS, DAYS, TARGETS, PLACES, pictures(ROWS, TARGETS, PLACES), **(settings | how))


def test_each_place_is_a_line_with_a_picture_in_the_order_of_its_names() -> None:
    text = page()
    lines = re.findall(r'<tr><td><a href="#(\w)">(.*?)</a></td>(.*?)</tr>', text)
    assert [(place, name) for place, name, _ in lines] == [("b", "Ålesund &lt;b&gt;"), ("a", "Zürich")]
    assert re.findall("<td>(.*?)</td>", lines[0][2]) == ["12.0 to 14.0", "12.0 to 14.0", ""]
    assert re.findall("<td>(.*?)</td>", lines[1][2])[2] == "40 %"
    assert re.findall(r"<th>(.*?)</th>", text.split("Place by place")[0]) == [
        "place",
        "Temperature, °C",
        "Wind speed, m/s",
        "Chance of ≥ 0.1 mm",
    ]
    assert re.findall(r'<section id="(\w)"><img src="data:image/png;base64,', text) == ["b", "a"]
    assert "As known 2026-08-20 18:00 UTC, 2 places" in text
    assert text.count("Data by one") == 1
    assert "http" not in re.sub(r"data:image[^\"]*", "", text), "self-contained"


def test_what_is_made_up_says_so() -> None:
    assert "Simulated." in page(simulated=True) and "Simulated." not in page()


def test_of_many_places_some_are_drawn_and_all_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_DRAWN", 1)
    text = page()
    assert re.findall(r'<section id="(\w)"', text) == ["b"]
    assert "<td>Zürich</td>" in text and "Drawn below are the first 1;" in text


def test_a_place_is_called_by_its_name_and_without_one_by_its_id() -> None:
    places = pd.DataFrame({"location_id": ["x", "y", "z"], "name": ["B", None, "A"]})
    assert list(called(places, {"x", "y", "z", "w"}).items()) == [
        ("z", "A"),
        ("x", "B"),
        ("w", "w"),
        ("y", "y"),
    ]


def test_below_each_picture_stand_its_days_with_the_range_below_the_median() -> None:
    text = page()
    tables = re.findall(r'<table class="days" aria-label="(.*?)">(.*?)</table>', text, re.DOTALL)
    assert [name for name, _ in tables] == ["Zürich day by day"], "the other place has no whole day"
    lines = re.findall(r"<tr><td>(.*?)</td>(.*?)</tr>", tables[0][1])
    assert [day for day, _ in lines] == ["2026-08-21", "2026-08-22"]
    cells = re.findall(r"<td>(.*?)(?:<small>(.*?)</small>)?</td>", lines[0][1])
    assert cells == [
        ("2.0", "1.2 to 2.8"),
        ("12.0", "11.2 to 12.8"),
        ("25 %", ""),
        ("4.0", "3.2 to 4.8"),
        ("", ""),
    ]
    assert lines[1][1].endswith("<td>no feed</td>")
    headings = re.findall(r'<th(?: colspan="(\d)")?[^>]*>([^<]*)</th>', tables[0][1])
    assert headings[:4] == [
        ("", "day"),
        ("2", "Temperature, °C"),
        ("2", "Precipitation, mm"),
        ("", ""),
    ]
