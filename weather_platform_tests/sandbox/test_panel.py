"""The panel: built in and complete, and which place answers for a coordinate."""

from pathlib import Path

import pytest

from weather_platform.core.panel.places_file import read_panel as read_as_the_platform
from weather_platform.sandbox.panel import MOST_PLACES, read_panel
from weather_platform_tests.sandbox.conftest import Get


def test_the_built_in_panel_spans_the_earth_and_suits_every_provider() -> None:
    panel = read_panel()
    assert len(panel) >= 20
    assert sum(country == "US" for country in panel.countries) == 5
    assert (panel.latitude > 60).any()
    assert (panel.latitude < -30).any()
    assert tuple(read_as_the_platform()["location_id"]) == tuple(sorted(panel.location_ids))


def test_a_coordinate_near_a_place_is_that_place_and_a_far_one_has_its_own_offset() -> None:
    panel = read_panel()
    berlin = panel.location_ids.index("berlin")
    near, far = panel.spot(52.53, 13.40), panel.spot(51.0, 13.0)
    assert (near.index, near.temperature_offset_k) == (berlin, 0)
    assert far.index == berlin
    assert far.temperature_offset_k != 0
    assert panel.spot(51.0, 13.0) == far


def test_a_place_beyond_the_panel_is_answered_too(get: Get) -> None:
    reply = get(
        "/open_meteo/v1/forecast", latitude="51", longitude="13", hourly="temperature_2m", forecast_days="1"
    )
    assert len([value for value in reply.json()["hourly"]["temperature_2m"] if value is not None]) > 20


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("location_id,latitude\na,1\n", "no column longitude"),
        ("location_id,latitude,longitude\n", "no places"),
        ("location_id,latitude,longitude\na,1,2\na,3,4\n", "occurs twice"),
        ("location_id,latitude,longitude\na,1,200\n", "line 2"),
        (
            "location_id,latitude,longitude\n"
            + "".join(f"p{i},1,{i % 180}\n" for i in range(MOST_PLACES + 1)),
            "at most",
        ),
    ],
)
def test_what_is_no_panel_is_refused_with_a_remedy(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "places.csv"
    file.write_text(text)
    with pytest.raises(ValueError, match=reason):
        read_panel(file)
