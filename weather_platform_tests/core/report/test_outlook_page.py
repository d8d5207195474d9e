"""The forecast's page: every place in its table, the first ones drawn, and no name that is taken for HTML."""

import re

import pandas as pd
import pytest

from weather_platform.core.report import outlook_page as module
from weather_platform.core.report.outlook import called
from weather_platform.core.report.outlook_page import outlook_page, pictures
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
TARGETS = ["temperature_c", "wind_speed_m_s", "precipitation_mm", "cloud_cover"]


def page(**how: object) -> str:
    settings: dict = {"simulated": False, "attributions": ["Data by one", "Data by one"]}
    return outlook_page(ROWS, TARGETS, PLACES, pictures(ROWS, TARGETS, PLACES), **(settings | how))


def test_each_place_is_a_line_with_a_picture_in_the_order_of_its_names() -> None:
    text = page()
    lines = re.findall(r'<tr><td><a href="#(\w)">(.*?)</a></td>(.*?)</tr>', text)
    assert [(place, name) for place, name, _ in lines] == [("b", "Ålesund &lt;b&gt;"), ("a", "Zürich")]
    assert re.findall("<td>(.*?)</td>", lines[0][2]) == ["12.0 to 14.0", "12.0 to 14.0", ""]
    assert re.findall("<td>(.*?)</td>", lines[1][2])[2] == "40 %"
    assert re.findall(r"<th>(.*?)</th>", text) == [
        "place",
        "Temperature, °C",
        "Wind speed, m/s",
        "Chance of ≥ 0.1 mm",
    ]
    assert re.findall(r'<img id="(\w)" src="data:image/png;base64,', text) == ["b", "a"]
    assert "As known 2026-08-20 18:00 UTC, 2 places" in text
    assert text.count("Data by one") == 1
    assert "http" not in re.sub(r"data:image[^\"]*", "", text), "self-contained"


def test_what_is_made_up_says_so() -> None:
    assert "Simulated." in page(simulated=True) and "Simulated." not in page()


def test_of_many_places_some_are_drawn_and_all_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_DRAWN", 1)
    text = page()
    assert re.findall(r'<img id="(\w)"', text) == ["b"]
    assert "<td>Zürich</td>" in text and "Drawn below are the first 1;" in text


def test_a_place_is_called_by_its_name_and_without_one_by_its_id() -> None:
    places = pd.DataFrame({"location_id": ["x", "y", "z"], "name": ["B", None, "A"]})
    assert list(called(places, {"x", "y", "z", "w"}).items()) == [
        ("z", "A"),
        ("x", "B"),
        ("w", "w"),
        ("y", "y"),
    ]
