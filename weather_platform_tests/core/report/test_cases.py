"""The example that a report shows: which cycle and place, under what title, and a wind by its direction."""

from datetime import timedelta

import numpy as np
import pandas as pd

from weather_platform.core.features.target import with_target
from weather_platform.core.quantities.wind import EASTWARD, NORTHWARD
from weather_platform.core.report.cases import example, newest_verified, title_of
from weather_platform.core.report.compass import newest_direction
from weather_platform_tests.core.synthetic import long_lived


def winds() -> pd.DataFrame:
    """Both components of a forecast that turns through north, with two feeds and the truth."""
    times = pd.date_range("2026-03-01T03:00Z", periods=8, freq="3h")
    rows = pd.DataFrame(
        {"valid_time": times, "cycle": times[0], "location_id": "here", "place": "Here", "feeds_present": 2}
    )
    rows = rows.assign(model_version="7")
    turning = np.radians(np.linspace(330, 390, 8))
    parts = []
    for name, way in ((EASTWARD, np.sin(turning)), (NORTHWARD, np.cos(turning))):
        columns = dict.fromkeys(("q50", "observed", "value__alpha__fine", "value__beta__coarse"), -5 * way)
        parts.append(rows.assign(variable=name, **columns))
    return pd.concat(parts, ignore_index=True)


def test_the_example_is_the_place_where_most_happened_of_those_mostly_verified() -> None:
    """A dry place that lacks no hour shows less than a wet one that lacks one."""
    seen = winds()
    rain = seen[seen["variable"] == EASTWARD].assign(variable="precipitation_mm")
    wet = rain.assign(location_id="wet", observed=[np.nan, *[3.0] * 7])
    gone = rain.assign(location_id="gone", observed=[np.nan] * 4 + [50.0] * 4)
    older = rain.assign(observed=99.0, cycle=rain["cycle"] - timedelta(hours=6))
    chosen = example(pd.concat([wet, rain.assign(observed=0.0), gone, older]), "precipitation_mm")
    assert chosen is not None
    assert set(chosen["location_id"]) == {"wet"}


def test_only_the_newest_cycles_that_can_be_examples_are_read() -> None:
    """All cycles of six days were, which for a thousand places are some gigabytes."""
    made, variables = long_lived(), ["temperature_c", "precipitation_mm"]
    truth = made.world.observations[made.world.observations["time"] < made.world.cycles[-1]]
    rows = made.pairs.drop(columns=["observed", "observed_known_at", "truth_source"])
    (first,) = newest_verified(rows, truth, variables)
    dark = rows.assign(feeds_present=rows["feeds_present"].where(rows["cycle"] != first, 0))
    (second,) = newest_verified(dark, truth, variables)
    assert second < first < made.world.cycles[-1]
    for told, newest in ((rows, first), (dark, second)):
        seen = with_target(told, truth, variables)
        for name in variables:
            chosen = example(seen, name)
            assert chosen is not None and set(chosen["cycle"]) == {newest}


def test_the_example_of_a_temperature_is_where_it_changed_most() -> None:
    """It was the hottest place, where a forecast is easiest."""
    seen = winds()
    mild = seen[seen["variable"] == EASTWARD].assign(variable="temperature_c")
    tropics = mild.assign(location_id="tropics", observed=[29.0, 30.0] * 4)
    inland = mild.assign(location_id="inland", observed=np.linspace(-4, 9, 8))
    chosen = example(pd.concat([mild.assign(observed=20.0), inland, tropics]), "temperature_c")
    assert chosen is not None and set(chosen["location_id"]) == {"inland"}


def test_the_title_of_an_example_has_room_for_its_cycle() -> None:
    """Of a place with a long name all that stood behind it was cut off."""
    rows = winds().head(1)
    assert title_of(rows.assign(place="Ciudad Autónoma de Buenos Aires, Aeroparque")).startswith(
        "Ciudad Autónoma de Buenos A…, forecast of 20"
    )
    assert title_of(rows.assign(place="San Francisco")).startswith("San Francisco, forecast of 20")


def test_the_direction_of_a_wind_is_drawn_once_from_both_components() -> None:
    seen = winds()
    image = newest_direction(seen, EASTWARD)
    assert image is not None
    assert image.startswith(b"\x89PNG")
    assert newest_direction(seen, NORTHWARD) is None
    assert newest_direction(seen[seen["variable"] == EASTWARD], EASTWARD) is None
