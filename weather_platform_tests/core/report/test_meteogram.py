"""A place's forecast as a picture: whatever is forecast can be drawn, and what differs looks different."""

from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from weather_platform.core.quantities.targets import KNOWN
from weather_platform.core.report.meteogram import meteogram
from weather_platform_tests.core.report.test_outlook import said

UTC = ZoneInfo("UTC")
PNG = b"\x89PNG"


def height_of(png: bytes) -> int:
    return int.from_bytes(png[20:24], "big")


def test_a_panel_a_variable_and_two_for_an_amount() -> None:
    rain = said("precipitation_mm", [0.0, 3.0], chance=0.4)
    rows = pd.concat([said("temperature_c", [1.0, 2.0]), said("wind_speed_m_s", [5.0, 4.0]), rain])
    every = ["temperature_c", "wind_speed_m_s", "precipitation_mm"]
    pictures = [meteogram(rows, every[:count], "here", UTC) for count in (1, 2, 3)]
    assert all(picture.startswith(PNG) for picture in pictures)
    one, two, three = map(height_of, pictures)
    assert three - two == 2 * (two - one) > 0
    assert meteogram(rows, [*every[:1], "cloud_cover"], "here", UTC) == pictures[0], "not forecast here"


@pytest.mark.parametrize("variable", list(KNOWN))
def test_whatever_is_forecast_can_be_drawn_in_any_zone_and_unit_without_feeds_too(variable: str) -> None:
    rows = pd.concat(
        [said(variable, [0.5, 0.2], chance=0.3), said(variable, [0.5] * 3, chance=0.3, feeds=0)[2:]]
    )
    plain = meteogram(rows, [variable], "a $ b_c", UTC)
    assert plain.startswith(PNG)
    assert meteogram(rows, [variable], "a $ b_c", ZoneInfo("Asia/Kathmandu")) != plain
    assert meteogram(rows[:2], [variable], "a $ b_c", UTC) != plain
    told = KNOWN[variable].label.rsplit(", ", 1)[1]
    if told in ("°C", "m/s", "mm", "hPa"):
        assert meteogram(rows, [variable], "a $ b_c", UTC, "us") != plain
